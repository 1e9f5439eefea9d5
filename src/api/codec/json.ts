/**
 * Reads JSON bodies: fast with the engine's parser, and with one look over the text for what that parser hides:
 * fields given twice, numbers whose text matters, nesting without end. Errors are Go's.
 *
 * The look only counts: as many keys in the text as in the value means that none was given twice, and only otherwise are
 * their paths searched.
 */
import { findDuplicates } from './duplicate-fields.ts';
import { NumberLiteral } from './decode-error.ts';
import { describeSyntaxError } from './json-syntax.ts';

export interface ParsedJson {
  /** Numbers with a fraction, an exponent or more than 15 digits are NumberLiterals; `decode` takes them. */
  readonly value: unknown;
  /** Paths of fields that were given more than once, each once; the last value stands. */
  readonly duplicates: readonly string[];
  readonly text: string;
}

/** The text is no JSON. The message is Go's, such as `unexpected end of JSON input`. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

const maxDepth = 1000;

/** Parses a body; bytes that are no UTF-8 become U+FFFD, as in Go. Throws a JsonSyntaxError. */
export function parseJson(body: Uint8Array): ParsedJson {
  const look = lookOver(body);
  let text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  if (look.surrogates) text = text.replace(loneSurrogates, (_match, pair?: string) => pair ?? '\\ufffd');
  if (look.depth > maxDepth) throw new JsonSyntaxError('exceeded max depth');
  let value: unknown;
  try {
    value = look.oddNumbers ? parseWithSources(text, keepOddNumbers) : JSON.parse(text);
  } catch {
    throw new JsonSyntaxError(describeSyntaxError(text));
  }
  const duplicates = look.keys === countKeys(value) ? none : findDuplicates(text);
  return { value, duplicates, text };
}

const none: readonly string[] = [];

/** Escaped surrogates: pairs are kept, single ones replaced. An even number of backslashes before them is no escape. */
const loneSurrogates =
  /(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u])|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** The engine hands each primitive's source text to the reviver (ES2026); the type library does not know it yet. */
const parseWithSources = JSON.parse as (text: string, reviver: Reviver) => unknown;

function keepOddNumbers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) return value;
  return /[.eE]|\d{16}/.test(context.source) ? new NumberLiteral(value, context.source) : value;
}

interface Look {
  readonly keys: number;
  readonly depth: number;
  readonly oddNumbers: boolean;
  readonly surrogates: boolean;
}

const quote = 0x22;
const backslash = 0x5c;

/** One pass over the bytes. What is no JSON gives a meaningless answer: the parser refuses it anyway. */
function lookOver(body: Uint8Array): Look {
  let keys = 0;
  let depth = 0;
  let deepest = 0;
  let digits = 0;
  let oddNumbers = false;
  let surrogates = false;
  const length = body.length;
  for (let i = 0; i < length; i++) {
    const byte = body[i] ?? 0;
    if (byte === quote) {
      for (i++; i < length; i++) {
        const inner = body[i];
        if (inner === quote) break;
        if (inner === backslash) {
          i++;
          if (body[i] === 0x75 && ((body[i + 1] ?? 0) | 0x20) === 0x64) surrogates = true;
        }
      }
      digits = 0;
    } else if (byte >= 0x30 && byte <= 0x39) {
      if (++digits > 15) oddNumbers = true;
    } else {
      if (byte === 0x3a) keys++;
      else if (byte === 0x7b || byte === 0x5b) {
        if (++depth > deepest) deepest = depth;
      } else if (byte === 0x7d || byte === 0x5d) depth--;
      else if (byte === 0x2e || (digits > 0 && (byte | 0x20) === 0x65)) oddNumbers = true;
      digits = 0;
    }
  }
  return { keys, depth: deepest, oddNumbers, surrogates };
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof NumberLiteral) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countKeys(item);
    return count;
  }
  const fields = value as Record<string, unknown>;
  for (const key in fields) {
    count++;
    const field = fields[key];
    if (typeof field === 'object' && field !== null) count += countKeys(field);
  }
  return count;
}

/** How an error shows the beginning of a body. */
export function summarizeBody(body: Uint8Array): string {
  const shown = 30;
  if (body.length === 0) return '<empty>';
  const start = Buffer.from(body.subarray(0, shown));
  const text = start.toString(start[0] === 0x7b ? 'utf8' : 'hex');
  return body.length > shown ? `${text} ...` : text;
}
