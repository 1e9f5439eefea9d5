/**
 * The client of components that share the API server's process: requests enter its pipeline without sockets or bytes,
 * with an identity that is authorized and admitted as any other. Objects come back shared, never copied.
 */
import { ApiError } from '../api/api-error.ts';
import type { JsonObject } from '../api/schema.ts';
import type { Client, RawRequest, RawResponse, WatchEvent, WatchOptions } from '../client/client.ts';
import { statusError } from '../client/status-error.ts';
import { createClient, type Sent } from '../client/verb-client.ts';
import { renderAnswer, valueOf, watchValues } from '../apiserver/answer-values.ts';
import type { ApiServer } from '../apiserver/api-server.ts';
import type { Answer, ApiRequest } from '../apiserver/request.ts';
import { readRequestInfo } from '../apiserver/request-info.ts';
import { authenticated, type User } from '../apiserver/user.ts';

export interface Caller {
  readonly user: User;
  /** Its part before the slash names the field manager. */
  readonly userAgent: string;
}

export function createInProcessClient(server: Pick<ApiServer, 'handle'>, caller: Caller): Client {
  const never = new AbortController().signal;
  const send = (sent: Sent, signal: AbortSignal): Promise<Answer> => server.handle(toRequest(caller, sent, signal));
  return createClient({
    async ask<R>(sent: Sent): Promise<R> {
      const value = valueOf(await send(sent, never));
      if (isFailure(value)) throw statusError(value, 500);
      return value as R;
    },
    async *watch<T>(sent: Sent, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
      const answer = await send(sent, options.signal);
      if (answer.type !== 'watch') throw new ApiError('InternalError', 'A watch was answered with something else');
      yield* watchValues(answer, options.signal) as AsyncIterable<WatchEvent<T>>;
    },
    request: (request) => sendRaw(server, caller, request, never),
  });
}

async function sendRaw(
  server: Pick<ApiServer, 'handle'>,
  caller: Caller,
  request: RawRequest,
  never: AbortSignal,
): Promise<RawResponse> {
  const built = {
    ...toRequest(caller, request, request.signal ?? never),
    accept: request.accept ?? 'application/json',
  };
  try {
    return await renderAnswer(await server.handle(built), built);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return {
      status: error.code,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(error.toStatus())),
    };
  }
}

function toRequest({ user, userAgent }: Caller, sent: Sent, signal: AbortSignal): ApiRequest {
  const mark = sent.path.indexOf('?');
  const path = mark < 0 ? sent.path : sent.path.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : sent.path.slice(mark + 1));
  return {
    info: readRequestInfo(sent.method, path, query),
    method: sent.method,
    query,
    user: authenticated(user),
    userAgent,
    accept: 'application/json',
    contentType: sent.contentType ?? 'application/json',
    body: sent.body === undefined ? { type: 'none' } : { type: 'value', value: sent.body },
    signal,
    warn: () => undefined,
  };
}

const isFailure = (value: unknown): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  (value as JsonObject)['kind'] === 'Status' &&
  (value as JsonObject)['status'] === 'Failure';
