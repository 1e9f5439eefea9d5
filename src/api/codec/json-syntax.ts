/** What is wrong with text that is no JSON, in the words of Go's scanner. Walks it the slow way: nobody is in a hurry. */

/** The text of the first error. */
export function describeSyntaxError(text: string): string {
  const reader = { text, at: 0 };
  const error = readValue(reader, 0);
  if (error !== undefined) return error;
  skipSpace(reader);
  const rest = text.codePointAt(reader.at);
  return rest === undefined ? 'unexpected end of JSON input' : complain(reader, 'after top-level value');
}

interface Reader {
  readonly text: string;
  at: number;
}

const endOfInput = 'unexpected end of JSON input';

/** Undefined when the value is fine; the reader then stands behind it. */
function readValue(reader: Reader, depth: number): string | undefined {
  skipSpace(reader);
  const char = reader.text[reader.at];
  if (char === undefined) return endOfInput;
  if (depth > 10_000) return 'exceeded max depth';
  if (char === '{') return readObject(reader, depth);
  if (char === '[') return readList(reader, depth);
  if (char === '"') return readString(reader);
  if (char === '-' || isDigit(char)) return readNumber(reader);
  for (const literal of ['true', 'false', 'null']) if (char === literal[0]) return readLiteral(reader, literal);
  return complain(reader, 'looking for beginning of value');
}

function readObject(reader: Reader, depth: number): string | undefined {
  reader.at++;
  skipSpace(reader);
  if (reader.text[reader.at] === '}') {
    reader.at++;
    return undefined;
  }
  for (;;) {
    skipSpace(reader);
    const quote = reader.text[reader.at];
    if (quote === undefined) return endOfInput;
    if (quote !== '"') return complain(reader, 'looking for beginning of object key string');
    const key = readString(reader);
    if (key !== undefined) return key;
    skipSpace(reader);
    if (reader.text[reader.at] !== ':') return complain(reader, 'after object key');
    reader.at++;
    const value = readValue(reader, depth + 1);
    if (value !== undefined) return value;
    skipSpace(reader);
    const next = reader.text[reader.at];
    if (next !== ',' && next !== '}') return complain(reader, 'after object key:value pair');
    reader.at++;
    if (next === '}') return undefined;
  }
}

function readList(reader: Reader, depth: number): string | undefined {
  reader.at++;
  skipSpace(reader);
  if (reader.text[reader.at] === ']') {
    reader.at++;
    return undefined;
  }
  for (;;) {
    const value = readValue(reader, depth + 1);
    if (value !== undefined) return value;
    skipSpace(reader);
    const next = reader.text[reader.at];
    if (next !== ',' && next !== ']') return complain(reader, 'after array element');
    reader.at++;
    if (next === ']') return undefined;
  }
}

function readString(reader: Reader): string | undefined {
  for (reader.at++; ; reader.at++) {
    const char = reader.text[reader.at];
    if (char === undefined) return endOfInput;
    if (char === '"') {
      reader.at++;
      return undefined;
    }
    if (char < ' ') return complain(reader, 'in string literal');
    if (char !== '\\') continue;
    reader.at++;
    const escape = reader.text[reader.at];
    if (escape === undefined) return endOfInput;
    if (escape === 'u') {
      for (let i = 0; i < 4; i++) {
        reader.at++;
        if (!/[0-9a-fA-F]/.test(reader.text[reader.at] ?? ''))
          return complain(reader, 'in \\u hexadecimal character escape');
      }
    } else if (!'bfnrt\\/"'.includes(escape)) return complain(reader, 'in string escape code');
  }
}

function readNumber(reader: Reader): string | undefined {
  const { text } = reader;
  if (text[reader.at] === '-') {
    reader.at++;
    if (!isDigit(text[reader.at])) return complain(reader, 'in numeric literal');
  }
  if (text[reader.at] === '0') reader.at++;
  else skipDigits(reader);
  if (text[reader.at] === '.') {
    reader.at++;
    if (!isDigit(text[reader.at])) return complain(reader, 'after decimal point in numeric literal');
    skipDigits(reader);
  }
  if (text[reader.at] === 'e' || text[reader.at] === 'E') {
    reader.at++;
    if (text[reader.at] === '+' || text[reader.at] === '-') reader.at++;
    if (!isDigit(text[reader.at])) return complain(reader, 'in exponent of numeric literal');
    skipDigits(reader);
  }
  return undefined;
}

function readLiteral(reader: Reader, literal: string): string | undefined {
  for (const char of literal) {
    if (reader.text[reader.at] !== char) return complain(reader, `in literal ${literal} (expecting '${char}')`);
    reader.at++;
  }
  return undefined;
}

/** The complaint about the byte where the reader stands. */
function complain(reader: Reader, context: string): string {
  const char = reader.text[reader.at];
  if (char === undefined) return endOfInput;
  return `invalid character ${quoteByte(char)} ${context}`;
}

/** Go looks at bytes: what takes several is named by its first. */
function quoteByte(char: string): string {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  const [byte = 0] = Buffer.from(char, 'utf8');
  const quoted = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
  const control = /^\\u00(..)$/.exec(quoted)?.[1];
  return `'${control === undefined ? quoted : `\\x${control}`}'`;
}

function skipSpace(reader: Reader): void {
  while (' \t\r\n'.includes(reader.text[reader.at] ?? 'x')) reader.at++;
}

function skipDigits(reader: Reader): void {
  while (isDigit(reader.text[reader.at])) reader.at++;
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
