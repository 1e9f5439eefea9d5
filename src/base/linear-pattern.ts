/**
 * Regular expressions in Go's dialect, in time linear in the text: no pattern can hold the server up. Compiled ones are
 * kept, for the same few are used again and again.
 */
import { createRequire } from 'node:module';
import type { RE2JS as Compiled } from 're2js';

export interface LinearPattern {
  test(text: string): boolean;
  /** The first matches; a negative limit: all of them. */
  all(text: string, limit: number): string[];
}

/** Loaded with the first pattern. */
let compile: ((source: string) => Compiled) | undefined;
const known = new Map<string, LinearPattern | string>();
const maxKnown = 2000;

/** The pattern, or why it cannot be read, in Go's words. */
export function readPattern(source: string): LinearPattern | string {
  let found = known.get(source);
  if (found === undefined) {
    if (known.size === maxKnown) known.clear();
    known.set(source, (found = compileOnce(source)));
  }
  return found;
}

/** Why a pattern cannot be read; undefined: it can. */
export function patternProblem(source: string): string | undefined {
  const found = readPattern(source);
  return typeof found === 'string' ? found : undefined;
}

const atEnd = 'trailing backslash at end of expression';

function compileOnce(source: string): LinearPattern | string {
  const { RE2JS } = createRequire(import.meta.url)('re2js') as typeof import('re2js');
  compile ??= (each) => RE2JS.compile(each);
  try {
    return linear(compile(source));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // Go lets groups share a name.
    if (why.includes('duplicate capture group name')) return compileOnce(source.replaceAll(/\(\?P?<\w+>/g, '('));
    return why.endsWith(atEnd) ? `${why}: \`\`` : why;
  }
}

function linear(pattern: Compiled): LinearPattern {
  return {
    test: (text) => pattern.test(text),
    all(text, limit) {
      const found: string[] = [];
      const matcher = pattern.matcher(text);
      while (found.length !== limit && matcher.find()) found.push(matcher.group() ?? '');
      return found;
    },
  };
}
