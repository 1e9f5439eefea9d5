/**
 * Regular expressions in Go's dialect, in time linear in the text: no pattern can hold the server up. Compiled ones are
 * kept, for the same few are used again and again.
 */
import { createRequire } from 'node:module';
import type { RE2JS as Pattern } from 're2js';
import { method, type Overload } from '../function.ts';
import { fail } from '../value.ts';

/** Loaded with the first pattern. */
let compile: ((source: string) => Pattern) | undefined;
const compiled = new Map<string, Pattern | string>();
const maxCompiled = 2000;

/** Why a pattern cannot be read; undefined: it can. */
export function patternProblem(source: string): string | undefined {
  const found = lookUp(source);
  return typeof found === 'string' ? found : undefined;
}

/** Throws an EvaluationError when the pattern cannot be read. */
export function linearPattern(source: string): {
  test(text: string): boolean;
  all(text: string, limit: number): string[];
} {
  const pattern = lookUp(source);
  if (typeof pattern === 'string') return fail(pattern);
  return {
    test: (text) => pattern.test(text),
    all: (text, limit) => {
      const found: string[] = [];
      const matcher = pattern.matcher(text);
      while (found.length !== limit && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
  };
}

function lookUp(source: string): Pattern | string {
  let found = compiled.get(source);
  if (found === undefined) {
    if (compiled.size === maxCompiled) compiled.clear();
    compiled.set(source, (found = compileOnce(source)));
  }
  return found;
}

function compileOnce(source: string): Pattern | string {
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof import('re2js');
  compile ??= (each) => RE2JS.compile(each);
  try {
    return compile(source);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-regex-library */
export const regularExpressions: readonly Overload[] = [
  method(
    'string_find_string',
    'find',
    'string, string',
    'string',
    (text: string, pattern: string) => linearPattern(pattern).all(text, 1)[0] ?? '',
  ),
  method('string_find_all_string', 'findAll', 'string, string', 'list(string)', (text: string, pattern: string) =>
    linearPattern(pattern).all(text, -1),
  ),
  method(
    'string_find_all_string_int',
    'findAll',
    'string, string, int',
    'list(string)',
    (text: string, pattern: string, limit: bigint) => linearPattern(pattern).all(text, limit < 0n ? -1 : Number(limit)),
  ),
];
