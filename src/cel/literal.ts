/** Values that an expression states: numbers, strings, bytes. */
import { uint, type Value } from './value.ts';

export type Literal = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly why: string };

export const maxInt = 2n ** 63n - 1n;
export const minInt = -(2n ** 63n);
export const maxUint = 2n ** 64n - 1n;

export function readNumber(kind: string, text: string): Literal {
  if (kind === 'NUM_FLOAT') {
    const value = Number(text);
    return Number.isFinite(value) ? { ok: true, value } : { ok: false, why: 'invalid double literal' };
  }
  const negative = text.startsWith('-');
  const digits = BigInt(text.replace(/^-/, '').replace(/[uU]$/, ''));
  if (kind === 'NUM_UINT') {
    return digits > maxUint ? { ok: false, why: 'invalid uint literal' } : { ok: true, value: uint(digits) };
  }
  const value = negative ? -digits : digits;
  const fits = value >= minInt && value <= maxInt;
  return fits ? { ok: true, value } : { ok: false, why: 'invalid int literal' };
}

export function readString(text: string): Literal {
  const parts = unescape(text, false);
  if (parts === undefined) return { ok: false, why: 'invalid unicode code point' };
  return {
    ok: true,
    value: parts.map((part) => (typeof part === 'string' ? part : String.fromCodePoint(part))).join(''),
  };
}

/** Escapes of two digits are bytes, all else is UTF-8. */
export function readBytes(text: string): Literal {
  const parts = unescape(text.slice(1), true);
  if (parts === undefined) return { ok: false, why: 'invalid unicode code point' };
  const chunks = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part)));
  return { ok: true, value: new Uint8Array(Buffer.concat(chunks)) };
}

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escapes = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))/gsu;

/** Texts, and codes that \x and \nnn stand for. Undefined: an escape stands for no character. */
function unescape(literal: string, isBytes: boolean): readonly (string | number)[] | undefined {
  const raw = /^[rR]/.test(literal);
  const quoted = raw ? literal.slice(1) : literal;
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  const body = quoted
    .slice(width, quoted.length - width)
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n');
  if (raw || !body.includes('\\')) return [body];
  const parts: (string | number)[] = [];
  let at = 0;
  for (const found of body.matchAll(escapes)) {
    parts.push(body.slice(at, found.index));
    at = found.index + found[0].length;
    const [, hex, short, long, octal, character = ''] = found;
    const byte = hex === undefined ? octal : hex;
    if (byte !== undefined) parts.push(Number.parseInt(byte, hex === undefined ? 8 : 16));
    else if (short !== undefined || long !== undefined) {
      const code = Number.parseInt(short ?? long ?? '', 16);
      if (isBytes || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
      parts.push(String.fromCodePoint(code));
    } else parts.push(simple[character] ?? character);
  }
  parts.push(body.slice(at));
  return parts;
}
