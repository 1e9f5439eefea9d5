/**
 * The head of a plain HTTP/1.1 request, read from the bytes of one read of its socket.
 *
 * Only what almost every request looks like is read here, and strictly (RFC 9112): a known method, a path, header fields
 * that come once, a body of an announced length or none. About anything else — chunked bodies, upgrades, repeated fields,
 * a head in pieces, faults — this says nothing, and node:http decides.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { readHeaderFacts, type HeaderFacts } from './header-facts.ts';

/** What all requests tell, whatever protocol brought them. Names of headers are in lower case. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined };
}

export interface PlainHead {
  readonly method: string;
  readonly url: string;
  readonly fields: PlainFields;
  /** Bytes of the head: the body begins there. */
  readonly length: number;
}

/** Header fields, kept from one request of a connection to the next: most clients send the same. */
export interface PlainFields {
  /** As they came. */
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
  readonly facts: HeaderFacts;
  /** Bytes of the body. */
  readonly contentLength: number;
  /** The client wants the connection to end with the answer. */
  readonly last: boolean;
}

const maxHeadBytes = 16 * 1024;
const maxFields = 100;
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const target = /^\/[!-~]*$/;
/** Latin-1 without control characters but the tab. */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const digits = /^\d{1,15}$/;
/** Fields that change how a message is read or what becomes of its connection. */
const special: ReadonlySet<string> = new Set(['transfer-encoding', 'upgrade', 'expect', 'trailer', '__proto__']);

/** Undefined: not a plain request, or not all of its head. `before`: the fields of the request before. */
export function readPlainHead(bytes: Buffer, before: PlainFields | undefined): PlainHead | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0 || end > maxHeadBytes) return undefined;
  const text = bytes.toString('latin1', 0, end);
  const firstLine = text.indexOf('\r\n');
  if (firstLine < 0) return undefined;
  const methodEnd = text.indexOf(' ');
  const method = text.slice(0, methodEnd);
  if (!methods.has(method)) return undefined;
  const url = text.slice(methodEnd + 1, firstLine - ' HTTP/1.1'.length);
  if (!text.startsWith(' HTTP/1.1', firstLine - ' HTTP/1.1'.length) || !target.test(url)) return undefined;
  const fieldText = text.slice(firstLine + 2);
  const fields = before?.text === fieldText ? before : readFields(fieldText);
  return fields && { method, url, fields, length: end + 4 };
}

function readFields(text: string): PlainFields | undefined {
  const headers = Object.create(null) as IncomingHttpHeaders;
  const lines = text.split('\r\n');
  if (lines.length > maxFields) return undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!token.test(name) || !fieldValue.test(value) || special.has(name) || name in headers) return undefined;
    headers[name] = value;
  }
  const { connection = 'keep-alive', host, 'content-length': length = '0' } = headers;
  const wish = connection.toLowerCase();
  if (host === undefined || !digits.test(length) || !['keep-alive', 'close'].includes(wish)) return undefined;
  return { text, headers, facts: readHeaderFacts(headers), contentLength: Number(length), last: wish === 'close' };
}
