/**
 * The headers of a request that is passed on to an extension server: those of the client without its credentials and what
 * belongs to one connection, and who asks as this server knows it. Nothing of that kind comes from the client.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { User } from '../user.ts';

const userHeader = 'x-remote-user';
const uidHeader = 'x-remote-uid';
const groupHeader = 'x-remote-group';
const extraPrefix = 'x-remote-extra-';

const ofOneConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** `upgrade`: the headers that ask for another protocol go along. */
export function passedOnHeaders(
  received: IncomingHttpHeaders,
  user: User,
  upgrade: boolean,
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined || name.startsWith(':') || isPrivate(name)) continue;
    if (ofOneConnection.has(name) && !(upgrade && (name === 'connection' || name === 'upgrade'))) continue;
    const kept = name === 'sec-websocket-protocol' ? withoutToken(String(value)) : value;
    if (kept !== '') passed[name] = kept;
  }
  return { ...passed, ...identityHeaders(user) };
}

export function identityHeaders({ name, uid, groups, extra = {} }: User): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { [userHeader]: name };
  if (uid !== undefined && uid !== '') headers[uidHeader] = uid;
  if (groups.length > 0) headers[groupHeader] = [...groups];
  for (const [key, values] of Object.entries(extra)) headers[extraPrefix + escapeKey(key)] = [...values];
  return headers;
}

/** What an extension server answers, without what belongs to its connection and leave for other origins. */
export function answeredHeaders(received: IncomingHttpHeaders): OutgoingHttpHeaders & Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value === undefined || ofOneConnection.has(name) || name.startsWith('access-control-')) continue;
    passed[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return passed;
}

function isPrivate(name: string): boolean {
  return (
    ['host', 'authorization', userHeader, uidHeader, groupHeader].includes(name) ||
    name.startsWith(extraPrefix) ||
    name.startsWith('impersonate-')
  );
}

/** Browsers send their token among the sub-protocols. */
function withoutToken(protocols: string): string {
  return protocols
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => !protocol.startsWith('base64url.bearer.authorization.k8s.io.'))
    .join(', ');
}

/** A header's name has few letters: the bytes of all others, and of the percent sign, are written as %XX. */
function escapeKey(key: string): string {
  let escaped = '';
  for (const byte of Buffer.from(key, 'utf8')) {
    const letter = String.fromCharCode(byte);
    escaped += /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(letter)
      ? letter
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}
