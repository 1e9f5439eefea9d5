import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';

/** Node's response, over either version of HTTP. */
export type Outgoing = ServerResponse | Http2ServerResponse;

/**
 * Sends the headers of an answer before there is a body. HTTP/2 sends them by itself.
 *
 * Headers are bytes, held as Latin-1 characters; over HTTP/1 Node's own `flushHeaders` would write each of them as UTF-8
 * once more. An empty write names the encoding, but joins the headers with what is written in the same turn.
 */
export function flushHeaders(outgoing: Outgoing): void {
  if ('flushHeaders' in outgoing) outgoing.write('', 'latin1');
}

/** The same for an answer whose headers are ASCII unless it warns: they go by themselves then. */
export function flushUsualHeaders(outgoing: Outgoing): void {
  if (!('flushHeaders' in outgoing)) return;
  if (outgoing.hasHeader('warning')) flushHeaders(outgoing);
  else outgoing.flushHeaders();
}
