/** Expressions in the Common Expression Language, with the functions that Kubernetes adds to it. */
import { Environment, Optional } from '@marcbachmann/cel-js';
import { isAddress, isCidr } from '../../api/names.ts';
import { goPattern } from './go-pattern.ts';

export interface Variables {
  readonly self: unknown;
  readonly oldSelf?: unknown;
}

export type Expression =
  | { readonly ok: true; evaluate(variables: Variables): unknown }
  | { readonly ok: false; readonly why: string };

/** Made when the first rule is met. */
let environment: Environment | undefined;
const compiled = new Map<string, Expression>();
const maxCompiled = 10_000;

/** Compiled once; `ok: false` when this engine cannot read the expression. */
export function compileExpression(source: string): Expression {
  let expression = compiled.get(source);
  if (expression === undefined) {
    if (compiled.size === maxCompiled) compiled.clear();
    compiled.set(source, (expression = compile(source)));
  }
  return expression;
}

function compile(source: string): Expression {
  try {
    environment ??= createEnvironment();
    const run = environment.parse(source);
    const { valid, error } = run.check();
    if (!valid) return { ok: false, why: error?.message ?? 'it does not compile' };
    return { ok: true, evaluate: (variables) => run({ oldSelf: undefined, ...variables }) as unknown };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** The old value for rules that take it as an optional. */
export function optionalValue(value: unknown): unknown {
  return value === undefined ? Optional.none() : Optional.of(value);
}

function createEnvironment(): Environment {
  const created = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  created.registerVariable('self', 'dyn').registerVariable('oldSelf', 'dyn');
  created.registerFunction('string.find(string): string', (text: string, pattern: string) => findIn(text, pattern));
  created.registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) =>
    findAll(text, pattern),
  );
  created.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, to),
  );
  created.registerFunction('string.charAt(int): string', (text: string, at: bigint) => text.charAt(Number(at)));
  created.registerFunction('isURL(string): bool', (text: string) => URL.canParse(text));
  created.registerFunction('isIP(string): bool', isAddress);
  created.registerFunction('isCIDR(string): bool', isCidr);
  created.registerFunction('list.sum(): dyn', (items: readonly (bigint | number)[]) => sum(items));
  created.registerFunction('list.min(): dyn', (items: readonly Comparable[]) => extreme(items, (a, b) => a < b));
  created.registerFunction('list.max(): dyn', (items: readonly Comparable[]) => extreme(items, (a, b) => a > b));
  created.registerFunction('list.isSorted(): bool', (items: readonly Comparable[]) =>
    items.every((item, i) => i === 0 || (items[i - 1] as Comparable) <= item),
  );
  created.registerFunction('list.indexOf(dyn): int', (items: readonly unknown[], item: unknown) =>
    BigInt(items.indexOf(item)),
  );
  created.registerFunction('list.lastIndexOf(dyn): int', (items: readonly unknown[], item: unknown) =>
    BigInt(items.lastIndexOf(item)),
  );
  return created;
}

type Comparable = bigint | number | string;

const findIn = (text: string, pattern: string): string => goPattern(pattern)?.exec(text)?.[0] ?? '';

function findAll(text: string, pattern: string): readonly string[] {
  const found = goPattern(pattern);
  return found === undefined
    ? []
    : [...text.matchAll(new RegExp(found.source, `${found.flags}g`))].map(([match]) => match);
}

function sum(items: readonly (bigint | number)[]): bigint | number {
  if (items.some((item) => typeof item === 'number'))
    return items.reduce<number>((total, item) => total + Number(item), 0);
  return items.reduce<bigint>((total, item) => total + BigInt(item), 0n);
}

function extreme(items: readonly Comparable[], isBetter: (a: Comparable, b: Comparable) => boolean): Comparable {
  const [first, ...others] = items;
  if (first === undefined) throw new Error('min/max called on empty list');
  return others.reduce((best, item) => (isBetter(item, best) ? item : best), first);
}
