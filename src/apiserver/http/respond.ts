/** Answers and errors on their way to the socket: what a request gets back, in the encoding that it asked for. */
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { ApiError } from '../../api/api-error.ts';
import type { Answer, ApiRequest } from '../request.ts';
import type { Served } from '../registry/served.ts';
import type { Delivered } from '../pipeline.ts';
import { OverloadError } from '../fairness/overload-error.ts';
import { lengthOf, writeBody } from './body-writer.ts';
import { isPacked, packedHeaders, writePacked } from './compress.ts';
import { flushHeaders } from './flush-headers.ts';
import { isOnlyCreated } from '../registry/served.ts';
import { negotiate, negotiateError, type Negotiated } from './negotiate.ts';
import { isPretty } from './pretty.ts';
import { encode, render, type Rendered } from './render.ts';
import { streamWatch } from './watch-stream.ts';

export type Outgoing = ServerResponse | Http2ServerResponse;

export interface Exchange {
  readonly request: ApiRequest;
  readonly warnings: readonly string[];
  /** Counts an event of so many bytes that a watcher of the resource is sent. */
  readonly watchEvents: (served: Served) => (bytes: number) => void;
}

/** Sends an answer in the encoding and form that its client asked for. */
export async function send(
  exchange: Exchange,
  answer: Answer,
  outgoing: Outgoing,
  now: () => number,
): Promise<Delivered> {
  const { request } = exchange;
  setWarnings(outgoing, exchange.warnings);
  switch (answer.type) {
    case 'hijacked':
      return { status: 101 };
    case 'raw':
      await sendRaw(answer, request, outgoing);
      return { status: answer.status };
    case 'watch': {
      const negotiated = negotiate(request.accept, {
        pretty: false,
        watch: true,
        custom: answer.served.itemsCarryType,
      });
      (outgoing as ServerResponse).writeHead(200, {
        'content-type': watchContentType(negotiated),
        'cache-control': 'no-cache, private',
      });
      flushHeaders(outgoing);
      const count = exchange.watchEvents(answer.served);
      const output = {
        write: (chunk: Buffer | string, taken: () => void) => {
          (outgoing as ServerResponse).write(chunk, taken);
          count(chunk.length);
        },
        queuedBytes: () => ('stream' in outgoing ? outgoing.stream.writableLength : outgoing.writableLength),
        end: () => void outgoing.end(),
        drop: () => void ('stream' in outgoing ? outgoing.stream : outgoing).destroy(),
      };
      const { query, signal } = request;
      await streamWatch(output, { ...answer, negotiated, query, now, signal });
      return { status: 200 };
    }
    default: {
      const negotiated = negotiate(request.accept, {
        pretty: isPretty(request.query, request.userAgent),
        custom: answer.served?.itemsCarryType === true,
        withoutTable: answer.served !== undefined && isOnlyCreated(answer.served),
      });
      const rendered = await render(answer, { negotiated, query: request.query, nowMs: now() });
      const status = answer.type === 'list' ? 200 : answer.status;
      const bytes = lengthOf(rendered.pieces);
      await sendPieces(outgoing, status, rendered, bytes, request);
      return { status, bytes };
    }
  }
}

const watchContentType = ({ mediaType }: Negotiated): string =>
  mediaType === 'application/json' ? mediaType : `${mediaType};stream=watch`;

function sendPieces(
  outgoing: Outgoing,
  status: number,
  { contentType, pieces }: Rendered,
  length: number,
  request: Pick<ApiRequest, 'method' | 'incoming'>,
): void | Promise<void> {
  const packed = isPacked(acceptEncodingOf(request), length);
  (outgoing as ServerResponse).writeHead(status, {
    'content-type': contentType,
    ...(packed ? packedHeaders : { 'content-length': length }),
    'cache-control': 'no-cache, private',
  });
  if (request.method === 'HEAD') outgoing.end();
  else return packed ? writePacked(outgoing as ServerResponse, pieces) : writeBody(outgoing, pieces, length);
}

const acceptEncodingOf = ({ incoming }: Pick<ApiRequest, 'incoming'>): string =>
  String(incoming?.headers['accept-encoding'] ?? '');

async function sendRaw(
  answer: Extract<Answer, { type: 'raw' }>,
  request: ApiRequest,
  outgoing: Outgoing,
): Promise<void> {
  const { body } = answer;
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  if (isWhole && answer.document === true && isPacked(acceptEncodingOf(request), body.length)) {
    const vary = [answer.headers['vary'], packedHeaders.vary].filter((name) => name !== undefined).join(', ');
    (outgoing as ServerResponse).writeHead(answer.status, { ...answer.headers, ...packedHeaders, vary });
    return writePacked(outgoing as ServerResponse, [typeof body === 'string' ? body : Buffer.from(body)]);
  }
  (outgoing as ServerResponse).writeHead(answer.status, answer.headers);
  if (isWhole) {
    outgoing.end(request.method === 'HEAD' ? '' : body);
    return;
  }
  flushHeaders(outgoing);
  for await (const chunk of body) {
    if (request.signal.aborted) break;
    if (!(outgoing as ServerResponse).write(chunk)) await drained(outgoing, request.signal);
  }
  outgoing.end();
}

function drained(outgoing: Outgoing, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export interface ErrorStyle {
  readonly accept: string;
  readonly pretty: boolean;
  readonly headOnly: boolean;
}

/** Sends an error as a Status object. */
export async function sendError(
  error: ApiError,
  style: ErrorStyle,
  outgoing: Outgoing,
  warnings: readonly string[],
): Promise<void> {
  if (outgoing.headersSent) return void outgoing.end();
  setWarnings(outgoing, warnings);
  const retryAfter = error.details?.retryAfterSeconds;
  if (retryAfter !== undefined) outgoing.setHeader('retry-after', String(retryAfter));
  if (error instanceof OverloadError) return sendPlain(outgoing, error.code, error.message);
  const rendered = await encode(error.toStatus(), negotiateError(style.accept, style.pretty));
  await sendPieces(outgoing, error.code, rendered, lengthOf(rendered.pieces), {
    method: style.headOnly ? 'HEAD' : 'GET',
  });
}

/** An error that is told without a Status. */
function sendPlain(outgoing: Outgoing, status: number, text: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  (outgoing as ServerResponse).writeHead(status, headers);
  outgoing.end(`${text}\n`);
}

/** All warnings of an answer together; those beyond are cut short, as Kubernetes does. */
const maxWarningCharacters = 4096;
const maxWarningWhenMany = 256;

/** Warning headers as RFC 7234 has them: `299 - "text"`. */
function setWarnings(outgoing: Outgoing, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const total = warnings.reduce((sum, { length }) => sum + length, 0);
  let left = maxWarningCharacters;
  const texts: string[] = [];
  for (const text of warnings) {
    const shown = total > maxWarningCharacters ? text.slice(0, maxWarningWhenMany) : text;
    left -= shown.length;
    if (left < 0) break;
    texts.push(`299 - "${headerText(shown)}"`);
  }
  outgoing.setHeader('warning', texts);
}

/** UTF-8, whose bytes Node takes as Latin-1 characters; control characters may not stand in a header. */
function headerText(text: string): string {
  const quoted = text.replaceAll(/[\\"]/g, '\\$&').replaceAll(/\p{Cc}+/gu, ' ');
  return Buffer.from(quoted).toString('latin1');
}
