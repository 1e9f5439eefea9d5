/** Answers and errors on their way to the socket: what a request gets back, in the encoding that it asked for. */
import type { ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { ApiError } from '../../api/api-error.ts';
import type { Answer, ApiRequest } from '../request.ts';
import type { Served } from '../registry/served.ts';
import type { WatchFigures } from '../metrics/storage-metrics.ts';
import type { Delivered } from '../pipeline.ts';
import { OverloadError } from '../fairness/overload-error.ts';
import { lengthOf, maxWholeBytes, writeBlocks } from './body-writer.ts';
import { isPacked, packedHeaders, writePacked } from './compress.ts';
import { flushHeaders, type Outgoing } from './flush-headers.ts';
import { isOnlyCreated } from '../registry/served.ts';
import { negotiate, negotiateError, type Negotiated } from './negotiate.ts';
import type { Outlet } from './outlet.ts';
import { isPretty } from './pretty.ts';
import { encode, readInclude, render, type Rendered } from './render.ts';
import { errorFrame, streamWatch } from './watch-stream.ts';

export interface Exchange {
  readonly request: ApiRequest;
  readonly warnings: readonly string[];
  /** The figures of a watch that begins. */
  readonly watch: (request: ApiRequest, served: Served) => WatchFigures;
}

/** Sends an answer in the encoding and form that its client asked for. */
export async function send(exchange: Exchange, answer: Answer, outlet: Outlet, now: () => number): Promise<Delivered> {
  const { request } = exchange;
  setWarnings(outlet, exchange.warnings);
  switch (answer.type) {
    case 'hijacked':
      return { status: 101 };
    case 'raw':
      await sendRaw(answer, request, outlet);
      return { status: answer.status };
    case 'refused-watch': {
      const { served, error } = answer;
      const negotiated = negotiate(request.accept, { pretty: false, watch: true, custom: served.itemsCarryType });
      if (negotiated.form === 'table') readInclude(request.query);
      const frame = errorFrame(negotiated, error, served);
      const outgoing = outlet.stream() as ServerResponse;
      outgoing.writeHead(200, watchHeaders(negotiated)).end(frame);
      return { status: 200 };
    }
    case 'watch': {
      const negotiated = negotiate(request.accept, {
        pretty: false,
        watch: true,
        custom: answer.served.itemsCarryType,
      });
      const { query } = request;
      if (negotiated.form === 'table') readInclude(query);
      const outgoing = outlet.stream();
      (outgoing as ServerResponse).writeHead(200, watchHeaders(negotiated));
      flushHeaders(outgoing);
      const figures = exchange.watch(request, answer.served);
      const begunMs = performance.now();
      const output = {
        write: (chunk: Buffer | string, taken: () => void) => {
          (outgoing as ServerResponse).write(chunk, taken);
          figures.sent(chunk.length);
        },
        queuedBytes: () => ('stream' in outgoing ? outgoing.stream.writableLength : outgoing.writableLength),
        end: () => void outgoing.end(),
        drop: () => {
          figures.dropped();
          ('stream' in outgoing ? outgoing.stream : outgoing).destroy();
        },
      };
      const begun = query.has('sendInitialEvents')
        ? { begun: () => figures.begun((performance.now() - begunMs) / 1000) }
        : {};
      await streamWatch(output, { ...answer, negotiated, query, now, signal: request.lifetime.signal, ...begun });
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
      await sendPieces(outlet, status, rendered, bytes, request);
      return { status, bytes };
    }
  }
}

const uncached = { 'cache-control': 'no-cache, private' } as const;

const watchHeaders = ({ mediaType }: Negotiated) => ({
  'content-type': mediaType === 'application/json' ? mediaType : `${mediaType};stream=watch`,
  ...uncached,
});

function sendPieces(
  outlet: Outlet,
  status: number,
  { contentType, pieces }: Rendered,
  length: number,
  request: Pick<ApiRequest, 'method' | 'incoming'>,
): void | Promise<void> {
  const headOnly = request.method === 'HEAD';
  if (isPacked(acceptEncodingOf(request), length)) {
    const outgoing = outlet.stream() as ServerResponse;
    outgoing.writeHead(status, { 'content-type': contentType, ...packedHeaders, ...uncached });
    if (!headOnly) return writePacked(outgoing, pieces);
    outgoing.end();
    return;
  }
  const headers = { 'content-type': contentType, 'content-length': length, 'cache-control': 'no-cache, private' };
  if (headOnly || length <= maxWholeBytes) return outlet.whole(status, headers, headOnly ? [] : pieces, length);
  const outgoing = outlet.stream();
  (outgoing as ServerResponse).writeHead(status, headers);
  return writeBlocks(outgoing, pieces);
}

const acceptEncodingOf = ({ incoming }: Pick<ApiRequest, 'incoming'>): string =>
  String(incoming?.headers['accept-encoding'] ?? '');

async function sendRaw(answer: Extract<Answer, { type: 'raw' }>, request: ApiRequest, outlet: Outlet): Promise<void> {
  const { body, status } = answer;
  // Nothing is kept by those between that does not say so itself.
  const headers = 'cache-control' in answer.headers ? answer.headers : { ...answer.headers, ...uncached };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
    if (answer.document === true && isPacked(acceptEncodingOf(request), bytes.length)) {
      const vary = [headers['vary'], packedHeaders.vary].filter((name) => name !== undefined).join(', ');
      const outgoing = outlet.stream() as ServerResponse;
      outgoing.writeHead(status, { ...headers, ...packedHeaders, vary });
      return writePacked(outgoing, [bytes]);
    }
    const bodiless = status === 304 || status === 204;
    const sized = bodiless ? headers : { ...headers, 'content-length': bytes.length };
    return outlet.whole(status, sized, request.method === 'HEAD' || bodiless ? [] : [bytes], bytes.length);
  }
  const outgoing = outlet.stream();
  (outgoing as ServerResponse).writeHead(status, headers);
  flushHeaders(outgoing);
  for await (const chunk of body) {
    if (request.lifetime.signal.aborted) break;
    if (!(outgoing as ServerResponse).write(chunk)) await drained(outgoing, request.lifetime.signal);
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
  outlet: Outlet,
  warnings: readonly string[],
): Promise<void> {
  if (outlet.begun) return void outlet.stream().end();
  setWarnings(outlet, warnings);
  const retryAfter = error.details?.retryAfterSeconds;
  if (retryAfter !== undefined) outlet.setHeader('retry-after', String(retryAfter));
  if (error instanceof OverloadError) return sendPlain(outlet, error.code, `${error.message}\n`);
  const rendered = await encode(error.toStatus(), negotiateError(style.accept, style.pretty));
  await sendPieces(outlet, error.code, rendered, lengthOf(rendered.pieces), {
    method: style.headOnly ? 'HEAD' : 'GET',
  });
}

/** An error that is told without a Status. */
function sendPlain(outlet: Outlet, status: number, text: string): void {
  const length = Buffer.byteLength(text);
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    ...uncached,
    'content-length': length,
  };
  outlet.whole(status, headers, [text], length);
}

/** All warnings of an answer together; those beyond are cut short, as Kubernetes does. */
const maxWarningCharacters = 4096;
const maxWarningWhenMany = 256;

/** Warning headers as RFC 7234 has them: `299 - "text"`. */
function setWarnings(outlet: Outlet, warnings: readonly string[]): void {
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
  outlet.setHeader('warning', texts);
}

/** UTF-8, whose bytes Node takes as Latin-1 characters; control characters may not stand in a header. */
function headerText(text: string): string {
  const quoted = text.replaceAll(/[\\"]/g, '\\$&').replaceAll(/\p{Cc}+/gu, ' ');
  return Buffer.from(quoted).toString('latin1');
}
