/** Cuts an expression into tokens. What no token can start with is reported, and skipped. */
import type { Issue, Source } from './issue.ts';

/** Operators are their own kind. */
export type TokenKind = string;

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** In code points. */
  readonly offset: number;
}

export const endOfInput = '<EOF>';

/** In the order in which sets of expected tokens are shown. */
export const tokenOrder: readonly TokenKind[] = (
  `${endOfInput} == != in < <= >= > && || [ ] { } ( ) . , - ! ? : + * / % true false null ` +
  'NUM_FLOAT NUM_INT NUM_UINT STRING BYTES IDENTIFIER ESC_IDENTIFIER'
).split(' ');

const operators = ['==', '!=', '<=', '>=', '&&', '||', ...'<>[]{}().,-!?:+*/%'];
const keywords: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

const escape = String.raw`\\(?:[abfnrtv"'\\?\`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;
const quoted = [
  String.raw`[rR]"""[^]*?"""`,
  String.raw`[rR]'''[^]*?'''`,
  String.raw`"""(?:${escape}|[^\\])*?"""`,
  String.raw`'''(?:${escape}|[^\\])*?'''`,
  String.raw`[rR]"[^"\n\r]*"`,
  String.raw`[rR]'[^'\n\r]*'`,
  String.raw`"(?:${escape}|[^\\"\n\r])*"`,
  String.raw`'(?:${escape}|[^\\'\n\r])*'`,
].join('|');

const sticky = (pattern: string): RegExp => new RegExp(pattern, 'y');
const patterns: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['hidden', sticky(String.raw`[\t \r\n\f]+|//[^\n]*`)],
  ['BYTES', sticky(`[bB](?:${quoted})`)],
  ['STRING', sticky(quoted)],
  ['NUM_FLOAT', sticky(String.raw`\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?`)],
  ['NUM_UINT', sticky('0x[0-9a-fA-F]+[uU]|[0-9]+[uU]')],
  ['NUM_INT', sticky('0x[0-9a-fA-F]+|[0-9]+')],
  ['IDENTIFIER', sticky('[A-Za-z_][A-Za-z0-9_]*')],
  ['ESC_IDENTIFIER', sticky('`[A-Za-z0-9_./ -]+`')],
];

/** An unfinished literal: how far it went before it could not go on. */
const unfinished = [
  sticky('`[A-Za-z0-9_./ -]*'),
  sticky(String.raw`[bB]?[rR]?"(?:\\.|[^\\"\n\r])*`),
  sticky(String.raw`[bB]?[rR]?'(?:\\.|[^\\'\n\r])*`),
];

export function tokenize(source: Source): { readonly tokens: readonly Token[]; readonly issues: readonly Issue[] } {
  const tokens: Token[] = [];
  const issues: Issue[] = [];
  const { text } = source;
  const simple = source.characters.length === text.length;
  let at = 0;
  let offset = 0;
  const advance = (length: number): void => {
    offset += simple ? length : textLength(text.slice(at, at + length));
    at += length;
  };
  while (at < text.length) {
    const found = tokenAt(text, at);
    if (found === undefined) {
      const length = badLength(text, at);
      const shown = escapedText(text.slice(at, at + length));
      issues.push(source.issue(`Syntax error: token recognition error at: '${shown}'`, offset));
      advance(length);
      continue;
    }
    if (found.kind !== 'hidden') tokens.push({ ...found, offset });
    advance(found.text.length);
  }
  tokens.push({ kind: endOfInput, text: endOfInput, offset });
  return { tokens, issues };
}

const textLength = (text: string): number => Array.from(text).length;

function tokenAt(text: string, at: number): { readonly kind: string; readonly text: string } | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    return { kind: kind === 'IDENTIFIER' && keywords.has(found) ? found : kind, text: found };
  }
  const operator = operators.find((each) => text.startsWith(each, at));
  return operator === undefined ? undefined : { kind: operator, text: operator };
}

/** How much of the text is given up: what a token began with, and the character at which it failed. */
function badLength(text: string, at: number): number {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if ('|&='.includes(character))
    return 1 + String.fromCodePoint(text.codePointAt(at + 1) ?? 0).length * Number(at + 1 < text.length);
  for (const pattern of unfinished) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    const bad = /\\(?![abfnrtv"'\\?`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})/.exec(found);
    if (bad === null) return Math.min(found.length + 1, text.length - at);
    return bad.index + escapeLength(found.slice(bad.index));
  }
  return character.length;
}

/** A backslash, what may follow it, and the first character that may not. */
function escapeLength(text: string): number {
  const digits = /^\\(?:[xX][0-9a-fA-F]?|u[0-9a-fA-F]{0,3}|U[0-9a-fA-F]{0,7}|[0-3][0-7]?)/.exec(text)?.[0].length ?? 1;
  return Math.min(digits + 1, text.length);
}

function escapedText(text: string): string {
  return text.replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}
