/**
 * What is wrong with a JSON text, in the words of Go's encoding/json: they are part of what clients see.
 */

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

/** undefined: the text is valid JSON. */
export function goJsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (text.trim() === '') return 'unexpected end of JSON input';
  const start = text.length - text.trimStart().length;
  const literal = literals[text[start] ?? ''];
  if (literal !== undefined) return literalError(text.slice(start), literal);
  if (!'{["-0123456789'.includes(text[start] ?? '')) {
    return `invalid character ${quoted(text[start] ?? '')} looking for beginning of value`;
  }
  return 'unexpected end of JSON input';
}

function literalError(text: string, literal: string): string {
  for (let index = 1; index < literal.length; index++) {
    const found = text[index];
    if (found === undefined) return 'unexpected end of JSON input';
    if (found !== literal[index]) {
      return `invalid character ${quoted(found)} in literal ${literal} (expecting ${quoted(literal[index] ?? '')})`;
    }
  }
  return `invalid character ${quoted(text.slice(literal.length).trimStart()[0] ?? '')} after top-level value`;
}

function quoted(character: string): string {
  return character === "'" ? "'\\''" : `'${character}'`;
}
