/**
 * Base64 as Go reads and writes it: the standard alphabet with padding, line breaks ignored. The error names the first
 * byte that does not fit.
 */

export class Base64Error extends Error {
  override readonly name = 'Base64Error';

  constructor(offset: number) {
    super(`illegal base64 data at input byte ${offset}`);
  }
}

const whole = /^[A-Za-z0-9+/]*={0,2}$/;
const alphabet = /[A-Za-z0-9+/]/;

/** The same bytes in canonical text; throws a Base64Error. */
export function canonicalBase64(text: string): string {
  const length = text.length;
  if (length % 4 === 0 && whole.test(text)) {
    if (!text.endsWith('=')) return text;
    return Buffer.from(text, 'base64').toString('base64');
  }
  return Buffer.from(checkQuanta(text), 'base64').toString('base64');
}

/** Walks group after group of four; answers the text without line breaks. */
function checkQuanta(text: string): string {
  let clean = '';
  let at = 0;
  while (at < text.length) {
    let inQuantum = 0;
    while (inQuantum < 4) {
      const char = text[at++];
      if (char === undefined) {
        if (inQuantum === 0) return clean;
        throw new Base64Error(at - 1 - inQuantum);
      }
      if (char === '\n' || char === '\r') continue;
      if (char === '=') return clean + checkPadding(text, at, inQuantum);
      if (!alphabet.test(char)) throw new Base64Error(at - 1);
      clean += char;
      inQuantum++;
    }
  }
  return clean;
}

/** What follows the first `=`, which stands before `at`. */
function checkPadding(text: string, at: number, inQuantum: number): string {
  if (inQuantum < 2) throw new Base64Error(at - 1);
  const rest = skipBreaks(text, at);
  if (inQuantum === 3) {
    if (rest < text.length) throw new Base64Error(rest);
    return '=';
  }
  if (rest >= text.length) throw new Base64Error(text.length);
  if (text[rest] !== '=') throw new Base64Error(rest);
  const end = skipBreaks(text, rest + 1);
  if (end < text.length) throw new Base64Error(end);
  return '==';
}

function skipBreaks(text: string, from: number): number {
  let at = from;
  while (text[at] === '\n' || text[at] === '\r') at++;
  return at;
}
