/**
 * Calls to servers that the API server asks about users: webhooks and OpenID Connect issuers. Every call has a time limit and
 * a limit on what is read of the answer; credentials are never part of an error.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/** Where a server is, whom it is trusted by and who we are to it. */
export interface RemoteServer {
  readonly url: string;
  /** PEM; default: what the system trusts. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
  /** The whole Authorization header, read for each call. */
  readonly authorization?: (() => Promise<string | undefined>) | undefined;
}

export interface RemoteAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The server could not be asked, or did not answer as it must. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  /** Whether another try may go better. */
  readonly transient: boolean;

  constructor(message: string, transient: boolean) {
    super(message);
    this.transient = transient;
  }
}

export interface RemoteCall {
  /** JSON to post; undefined = GET. */
  readonly body?: object;
  readonly timeoutMs: number;
}

const maxAnswerBytes = 4 * 1024 * 1024;

/** @throws RemoteError */
export async function callRemote(server: RemoteServer, { body, timeoutMs }: RemoteCall): Promise<RemoteAnswer> {
  const url = new URL(server.url);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const authorization = await server.authorization?.();
  const options: RequestOptions = {
    method: text === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(authorization === undefined ? {} : { authorization }),
    },
    signal: AbortSignal.timeout(timeoutMs),
    ...(url.protocol === 'https:' ? tlsOptions(server) : {}),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      reject(new RemoteError(reasonOf(error), error.code === 'ECONNRESET'));
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= maxAnswerBytes) return void parts.push(part);
        reject(new RemoteError('the answer is too large', false));
        response.destroy();
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(parts).toString('utf8'),
          headers: response.headers,
        }),
      );
      response.on('error', fail);
    });
    outgoing.on('error', fail);
    outgoing.end(text);
  });
}

function tlsOptions({ ca, cert, key, serverName, insecureSkipVerify }: RemoteServer): RequestOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  };
}

const reasonOf = (error: Error): string => (error.name === 'TimeoutError' ? 'the call timed out' : error.message);

/** The object in an answer. @throws RemoteError for a status of failure, or what is no JSON object. */
export function readAnswer({ status, body }: RemoteAnswer): Readonly<Record<string, unknown>> {
  if (status < 200 || status > 299) {
    throw new RemoteError(`the server answered with status ${status}`, [429, 500, 504].includes(status));
  }
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new RemoteError('the answer is no JSON object', false);
}
