/**
 * Simple JSON paths, as printer columns, scale subresources and selectable fields name values: `.spec.list[0].name`,
 * `.metadata.annotations['a.b/c']`, `.spec.items[*].name`, `.status.conditions[?(@.type=="Ready")].status`.
 */
import type { Json, JsonObject } from '../../api/schema.ts';

export type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly type: 'all' }
  | { readonly type: 'filter'; readonly path: readonly Step[]; readonly operator: string; readonly value: Json };

/** @throws Error when the path is not one of these. */
export function parseJsonPath(text: string): readonly Step[] {
  const steps: Step[] = [];
  let rest = text.replace(/^\$?/, '');
  while (rest !== '') {
    const taken = takeStep(rest);
    if (taken === undefined) throw new Error(`unrecognized JSON path ${JSON.stringify(text)}`);
    if (taken.step !== undefined) steps.push(taken.step);
    rest = rest.slice(taken.length);
  }
  return steps;
}

interface Taken {
  readonly step: Step | undefined;
  readonly length: number;
}

function takeStep(rest: string): Taken | undefined {
  const field = /^\.((?:\\.|[^.[\]\\])+)/.exec(rest);
  if (field !== null) {
    const name = (field[1] ?? '').replaceAll(/\\(.)/g, '$1');
    return { step: name === '*' ? { type: 'all' } : { type: 'field', name }, length: field[0].length };
  }
  if (/^\.(?:$|\[)/.test(rest)) return { step: undefined, length: 1 };
  const filter = /^\[\?\(\s*@((?:[^=!<>]|\['[^']*'\])*?)\s*(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[^)]*?)\s*\)\]/.exec(rest);
  if (filter !== null) {
    const [whole, path = '', operator = '', literal = ''] = filter;
    return { step: { type: 'filter', path: parseJsonPath(path), operator, value: literalOf(literal) }, length: whole.length };
  }
  const bracket = /^\[(?:'([^']*)'|"([^"]*)"|(\*)|(-?\d+)|(-?\d*):(-?\d*))\]/.exec(rest);
  if (bracket === null) return undefined;
  const [whole, single, double, star, index, from, to] = bracket;
  const name = single ?? double;
  const step: Step =
    name !== undefined
      ? { type: 'field', name }
      : star !== undefined
        ? { type: 'all' }
        : index !== undefined
          ? { type: 'index', index: Number(index) }
          : { type: 'slice', from: numberOf(from), to: numberOf(to) };
  return { step, length: whole.length };
}

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text);

function literalOf(text: string): Json {
  if (/^(['"]).*\1$/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** All values that the path leads to. */
export function valuesAt(value: Json, steps: readonly Step[]): readonly Json[] {
  let values: readonly Json[] = [value];
  for (const step of steps) values = values.flatMap((each) => follow(each, step));
  return values;
}

function follow(value: Json, step: Step): readonly Json[] {
  if (step.type === 'field') {
    if (!isObject(value) || !Object.hasOwn(value, step.name)) return [];
    return [value[step.name] as Json];
  }
  if (step.type === 'all') return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  if (!Array.isArray(value)) return [];
  const items = value as readonly Json[];
  switch (step.type) {
    case 'index': {
      const item = items.at(step.index);
      return item === undefined ? [] : [item];
    }
    case 'slice':
      return items.slice(step.from, step.to);
    case 'filter':
      return items.filter((item) => valuesAt(item, step.path).some((found) => compares(found, step.operator, step.value)));
  }
}

function compares(found: Json, operator: string, value: Json): boolean {
  if (operator === '==') return found === value;
  if (operator === '!=') return found !== value;
  if (typeof found !== typeof value || found === null || value === null) return false;
  switch (operator) {
    case '<':
      return found < value;
    case '>':
      return found > value;
    case '<=':
      return found <= value;
    default:
      return found >= value;
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
