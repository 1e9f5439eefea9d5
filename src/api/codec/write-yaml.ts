/**
 * YAML as Kubernetes writes it (sigs.k8s.io/yaml): keys in natural order, block style, lists not indented below their key,
 * strings plain where no reader could take them for something else, literal where they have several lines.
 */
import { resolvePlain } from './yaml.ts';

/** The document of a JSON value, with the final line break. */
export function writeYaml(value: unknown): string {
  const lines: string[] = [];
  writeNode(value, '', { lines, indent: 0, inSequence: false, inMapping: false });
  return `${lines.join('\n')}\n`;
}

interface Place {
  readonly lines: string[];
  /** Of the lines that follow the first. */
  readonly indent: number;
  /** The value stands right behind a dash. */
  readonly inSequence: boolean;
  /** The value stands behind a key. */
  readonly inMapping: boolean;
}

/** `start`: what stands before the value on its first line, such as `  key:` or `  -`. */
function writeNode(value: unknown, start: string, place: Place): void {
  const { lines } = place;
  if (Array.isArray(value)) {
    if (value.length === 0) lines.push(join(start, '[]'));
    else writeList(value, start, place);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, field]) => field !== undefined);
    if (entries.length === 0) lines.push(join(start, '{}'));
    else writeMap(entries, start, place);
  } else if (typeof value === 'string') writeText(value, start, place);
  else lines.push(join(start, typeof value === 'number' ? formatNumber(value) : String(value ?? null)));
}

const join = (start: string, text: string): string => (start === '' ? text : `${start} ${text}`);

function writeList(items: readonly unknown[], start: string, place: Place): void {
  const { lines } = place;
  const indent = place.inMapping ? place.indent - 2 : place.indent;
  if (place.inMapping) lines.push(start);
  items.forEach((item, i) => {
    const dash = i === 0 && place.inSequence ? `${start} -` : `${' '.repeat(indent)}-`;
    writeNode(item, dash, { lines, indent: indent + 2, inSequence: true, inMapping: false });
  });
}

function writeMap(entries: readonly (readonly [string, unknown])[], start: string, place: Place): void {
  const { lines, indent } = place;
  if (place.inMapping) lines.push(start);
  const sorted = [...entries].sort(([a], [b]) => compareKeys(a, b));
  sorted.forEach(([key, value], i) => {
    const first = i === 0 && place.inSequence;
    const margin = first ? `${start} ` : ' '.repeat(indent);
    const written = formatKey(key);
    const below = { lines, indent: indent + 2, inSequence: false, inMapping: true };
    if (Buffer.byteLength(key) <= maxSimpleKeyBytes) writeNode(value, `${margin}${written}:`, below);
    else {
      lines.push(`${margin}? ${written}`);
      writeNode(value, `${' '.repeat(indent)}:`, { ...below, inSequence: true, inMapping: false });
    }
  });
}

const maxSimpleKeyBytes = 128;

function formatKey(key: string): string {
  if (key === '') return '""';
  return key.includes('\n') ? quoteDouble(key) : formatLine(key);
}

function writeText(value: string, start: string, place: Place): void {
  if (!value.includes('\n') || !literalAllowed(value)) {
    place.lines.push(join(start, value.includes('\n') ? quoteDouble(value) : formatLine(value)));
    return;
  }
  const hint = /^[ \n]/.test(value) ? '2' : '';
  const chomp = !value.endsWith('\n') ? '-' : value === '\n' || value.endsWith('\n\n') ? '+' : '';
  place.lines.push(join(start, `|${hint}${chomp}`));
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const margin = ' '.repeat(Math.max(place.indent, 2));
  for (const line of body.split('\n')) place.lines.push(line === '' ? '' : margin + line);
}

/** A string of one line: plain, in single or in double quotes. */
function formatLine(value: string): string {
  if (
    value === '' ||
    resolvePlain(value) !== undefined ||
    base60.test(value) ||
    timestamp.test(value) ||
    value === '<<'
  ) {
    return quoteDouble(value);
  }
  if (special.test(value)) return quoteDouble(value);
  const indicators =
    /^(?:---|\.\.\.)/.test(value) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(value) ||
    /^[?:-](?:\s|$)/.test(value) ||
    /:(?:\s|$)|\s#/.test(value);
  const spaces = value.startsWith(' ') || value.endsWith(' ');
  return indicators || spaces ? `'${value.replaceAll("'", "''")}'` : value;
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const timestamp = /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?)?)?$/;

/** What the emitter takes for unprintable: all but letters, signs and spaces of the basic plane. */
const special = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|[\u2028\u2029]/;

function literalAllowed(value: string): boolean {
  return !special.test(value) && !value.endsWith(' ') && !/ \n/.test(value);
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function quoteDouble(value: string): string {
  let text = '';
  for (const char of value) {
    const escape = escapes[char];
    if (escape !== undefined) text += escape;
    else if (special.test(char)) text += escapeCode(char.codePointAt(0) ?? 0);
    else text += char;
  }
  return `"${text}"`;
}

function escapeCode(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** As Go's strconv does with format g: an exponent below 1e-4 and from 1e21. */
function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  const [mantissa = '', exponent] = (Math.abs(value) < 1e-4 ? value.toExponential() : String(value)).split('e');
  if (exponent === undefined) return mantissa;
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  return `${mantissa}e${exponent.startsWith('-') ? '-' : '+'}${digits}`;
}

/** Letters after everything else, numbers by their size. */
function compareKeys(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const [left = '', right = ''] = [x[i], y[i]];
    if (left === right) continue;
    const [leftLetter, rightLetter] = [isLetter(left), isLetter(right)];
    if (leftLetter !== rightLetter) return leftLetter ? 1 : -1;
    if (leftLetter) return compare(left, right);
    const inNumber = (left === '0' || right === '0') && /[1-9]\d*$/.test(x.slice(0, i).join(''));
    const [m = '', n = ''] = [x, y].map((runes) => /^\d*/.exec(runes.slice(i).join(''))?.[0]);
    const prefix = inNumber ? '1' : '';
    return Number(prefix + m) - Number(prefix + n) || m.length - n.length || compare(left, right);
  }
  return x.length - y.length;
}

const isLetter = (char: string): boolean => /\p{L}/u.test(char);
const compare = (a: string, b: string): number => (a < b ? -1 : 1);
