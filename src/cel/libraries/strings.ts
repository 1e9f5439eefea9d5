/**
 * Functions of texts: those of the language, and those of cel-go's extension. Positions count code points.
 * https://github.com/google/cel-go/tree/master/ext#strings
 */
import { global, method, type Overload } from '../function.ts';
import { fail, type Value } from '../value.ts';
import { countSteps } from '../walk-limit.ts';
import { formatText } from '../format-text.ts';
import { textSize } from './operators.ts';
import { linearPattern } from './regular-expression.ts';

const outOfRange = (index: bigint | number): never => fail(`index out of range: ${index}`);

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  if (index < 0n || index > characters.length) return outOfRange(index);
  return characters[Number(index)] ?? '';
}

/** The place of a text in code points, from one in units. */
const codePoints = (text: string, units: number): number => (units < 0 ? -1 : textSize(text.slice(0, units)));

function unitsOf(text: string, index: bigint): number {
  if (index < 0n || index >= textSize(text)) return outOfRange(index);
  let units = 0;
  for (let left = Number(index); left > 0; left--) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

function indexOf(text: string, part: string, from = 0n): bigint {
  if (part === '') return from;
  if (from === 0n && text === '') return outOfRange(0);
  return BigInt(codePoints(text, text.indexOf(part, unitsOf(text, from))));
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  if (part === '') return from ?? BigInt(textSize(text));
  if (from === undefined && textSize(text) < textSize(part)) return -1n;
  const start = from ?? BigInt(textSize(text) - 1);
  return BigInt(codePoints(text, text.lastIndexOf(part, unitsOf(text, start))));
}

function substring(text: string, start: bigint, end?: bigint): string {
  const characters = [...text];
  const size = BigInt(characters.length);
  if (end !== undefined && start > end) return fail(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) return outOfRange(start);
  if (end !== undefined && (end < 0n || end > size)) return outOfRange(end);
  return characters.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

function replace(text: string, from: string, to: string, times = -1n): string {
  countSteps(text.length + occurrences(text, from) * to.length);
  if (times < 0n) return from === '' ? surround(text, to, -1n) : text.split(from).join(to);
  if (from === '') return surround(text, to, times);
  const parts = split(text, from, times + 1n);
  return parts.join(to);
}

const occurrences = (text: string, part: string): number =>
  part === '' ? text.length + 1 : text.split(part).length - 1;

/** A text put before each character and after the last, so often at most; negative: without limit. */
function surround(text: string, mark: string, times: bigint): string {
  const places = [...text, ''];
  const marked = times < 0n || times > BigInt(places.length) ? places.length : Number(times);
  return places.map((character, i) => (i < marked ? mark + character : character)).join('');
}

function split(text: string, separator: string, limit = -1n): readonly string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return parts;
  const kept = parts.slice(0, Number(limit) - 1);
  return [...kept, parts.slice(kept.length).join(separator)];
}

function join(items: readonly Value[], separator = ''): string {
  const texts = items.map((item) => (typeof item === 'string' ? item : fail(`join: invalid input: ${String(item)}`)));
  countSteps(texts.reduce((size, text) => size + text.length + separator.length, 0));
  return texts.join(separator);
}

const lower = (text: string): string => text.replaceAll(/[A-Z]+/g, (part) => part.toLowerCase());
const upper = (text: string): string => text.replaceAll(/[a-z]+/g, (part) => part.toUpperCase());

/** What Go takes for space. */
const spaces: ReadonlySet<string> = new Set(
  '\t\n\v\f\r \x85\xA0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000',
);

function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && spaces.has(text.charAt(start))) start++;
  while (end > start && spaces.has(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

const quotes: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

const quote = (text: string): string =>
  `"${Array.from(text.toWellFormed(), (character) => quotes[character] ?? character).join('')}"`;

const matches = (text: string, pattern: string): boolean => linearPattern(pattern).test(text);

export const strings: readonly Overload[] = [
  method('contains_string', 'contains', 'string, string', 'bool', (text: string, part: string) => text.includes(part)),
  method('ends_with_string', 'endsWith', 'string, string', 'bool', (text: string, part: string) => text.endsWith(part)),
  method('starts_with_string', 'startsWith', 'string, string', 'bool', (text: string, part: string) =>
    text.startsWith(part),
  ),
  global('matches', 'matches', 'string, string', 'bool', matches),
  method('matches_string', 'matches', 'string, string', 'bool', matches),
  method('string_char_at_int', 'charAt', 'string, int', 'string', charAt),
  method('string_index_of_string', 'indexOf', 'string, string', 'int', (text: string, part: string) =>
    indexOf(text, part),
  ),
  method('string_index_of_string_int', 'indexOf', 'string, string, int', 'int', indexOf),
  method('string_last_index_of_string', 'lastIndexOf', 'string, string', 'int', (text: string, part: string) =>
    lastIndexOf(text, part),
  ),
  method('string_last_index_of_string_int', 'lastIndexOf', 'string, string, int', 'int', lastIndexOf),
  method('string_lower_ascii', 'lowerAscii', 'string', 'string', lower),
  method('string_upper_ascii', 'upperAscii', 'string', 'string', upper),
  method('string_replace_string_string', 'replace', 'string, string, string', 'string', replace),
  method('string_replace_string_string_int', 'replace', 'string, string, string, int', 'string', replace),
  method('string_split_string', 'split', 'string, string', 'list(string)', split),
  method('string_split_string_int', 'split', 'string, string, int', 'list(string)', split),
  method('string_substring_int', 'substring', 'string, int', 'string', substring),
  method('string_substring_int_int', 'substring', 'string, int, int', 'string', substring),
  method('string_trim', 'trim', 'string', 'string', trim),
  method('string_format', 'format', 'string, list(dyn)', 'string', formatText),
  method('list_join', 'join', 'list(string)', 'string', (items: readonly Value[]) => join(items)),
  method('list_join_string', 'join', 'list(string), string', 'string', join),
  global('strings_quote', 'strings.quote', 'string', 'string', quote),
];
