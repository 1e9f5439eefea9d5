/** Regular expressions in rules: Go's dialect, in linear time. */
import { readPattern, type LinearPattern } from '../../base/linear-pattern.ts';
import { method, type Overload } from '../function.ts';
import { fail } from '../value.ts';

/** Throws an EvaluationError when the pattern cannot be read. */
export function linearPattern(source: string): LinearPattern {
  const pattern = readPattern(source);
  return typeof pattern === 'string' ? fail(pattern) : pattern;
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
