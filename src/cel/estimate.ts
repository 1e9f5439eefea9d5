/**
 * What an expression may cost at least and at most, from what is declared of its variables: how long their texts and lists
 * may be. Kubernetes refuses validation rules of custom resources that may cost too much.
 *
 * A part of an expression has a path (`self`, `spec`, `@items`) while it is read from a variable, by which its size is
 * looked up. Sizes of what is computed are carried along with the part that computes it.
 */
import { estimateCall, type CallEstimate, type Part } from './estimate-call.ts';
import type { Checked } from './check.ts';
import type { Declared, Environment } from './environment.ts';
import type { Call, Comprehension, Expression } from './expression.ts';
import { add, exactly, times, spanning, unlimited, zero, type Range } from './range.ts';
import { textSize } from './libraries/operators.ts';
import { isOptional, type Type } from './type.ts';
import { isBytes } from './value.ts';

export type CostEstimate = Range;

/** Sizes of the keys and values that a computed list or map holds. */
interface EntrySize {
  readonly container: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

interface Local {
  readonly path: readonly string[];
  readonly size?: Range | undefined;
  readonly entries?: EntrySize | undefined;
}

export function estimateCost(checked: Checked, environment: Environment): CostEstimate {
  return new Estimator(checked, environment).cost(checked.expression);
}

const one = exactly(1);
const listCost = exactly(10);
const mapCost = exactly(30);
const objectCost = exactly(40);

class Estimator {
  readonly #checked: Checked;
  readonly #environment: Environment;
  readonly #costs = new Map<Expression, Range>();
  readonly #paths = new Map<Expression, readonly string[]>();
  readonly #sizes = new Map<Expression, Range>();
  readonly #entries = new Map<Expression, EntrySize>();
  readonly #locals: (readonly [name: string, local: Local])[] = [];

  constructor(checked: Checked, environment: Environment) {
    this.#checked = checked;
    this.#environment = environment;
  }

  cost(expression: Expression): Range {
    const known = this.#costs.get(expression);
    if (known !== undefined) return known;
    const cost = this.#costOf(expression);
    this.#costs.set(expression, cost);
    return cost;
  }

  #costOf(expression: Expression): Range {
    switch (expression.kind) {
      case 'literal':
        return zero;
      case 'identifier':
        this.#paths.set(expression, this.#local(expression)?.path ?? [expression.name]);
        return one;
      case 'select':
        return this.#select(expression.operand, expression);
      case 'call':
        return this.#call(expression);
      case 'list': {
        const costs = expression.items.map(({ value }) => this.cost(value));
        const value = this.#widest(expression.items.map((item) => item.value));
        this.#entries.set(expression, { container: 'list', key: one, value });
        return add(listCost, ...costs);
      }
      case 'map': {
        const costs = expression.entries.flatMap((entry) => [this.cost(entry.key), this.cost(entry.value)]);
        const key = this.#widest(expression.entries.map((entry) => entry.key));
        const value = this.#widest(expression.entries.map((entry) => entry.value));
        this.#entries.set(expression, { container: 'map', key, value });
        return add(mapCost, ...costs);
      }
      case 'object':
        return add(objectCost, ...expression.fields.map(({ value }) => this.cost(value)));
      case 'comprehension':
        return this.#isBinding(expression) ? this.#binding(expression) : this.#loop(expression);
    }
  }

  /** A range over the sizes of all. */
  #widest(parts: readonly Expression[]): Range {
    const [first, ...others] = parts.map((part) => this.sizeOrUnlimited(part));
    return first === undefined ? zero : others.reduce(spanning, first);
  }

  #local(expression: Expression): Local | undefined {
    if (expression.kind !== 'identifier') return undefined;
    return this.#locals.findLast(([name]) => name === expression.name)?.[1];
  }

  #path(expression: Expression): readonly string[] {
    return this.#local(expression)?.path ?? this.#paths.get(expression) ?? [];
  }

  #select(operand: Expression, expression: Expression & { kind: 'select' }): Range {
    const reference = this.#checked.references.get(expression);
    if (reference !== undefined) {
      if (reference.kind === 'variable') this.#paths.set(expression, [reference.name]);
      return one;
    }
    const cost = this.cost(operand);
    if (expression.testOnly) return cost;
    this.#paths.set(expression, [...this.#path(operand), expression.field]);
    const { kind } = this.#checked.typeOf(operand);
    return kind === 'map' || kind === 'object' || kind === 'parameter' ? add(cost, one) : cost;
  }

  #call(expression: Call): Range {
    const { name, args } = expression;
    if (name === 'dyn' && args.length === 1) {
      const arg = args[0] as Expression;
      const cost = add(one, this.cost(arg));
      this.#setSize(expression, this.#sizeOf(arg));
      this.#setEntries(expression, this.#entriesOf(arg));
      return cost;
    }
    if (name === '_?._') return add(one, ...args.map((arg) => this.cost(arg)));
    const reference = this.#checked.references.get(expression);
    if (reference?.kind !== 'call') return zero;
    const { overloads } = reference;
    const isMethod = overloads[0]?.isMethod === true;
    const given = isMethod ? args : reference.args;
    const argCosts = given.map((arg) => this.cost(arg));
    const parts = given.map((arg) => this.part(arg));
    const [receiver] = reference.args;
    const target = isMethod && receiver !== undefined ? this.cost(receiver) : zero;
    const targetPart = isMethod && receiver !== undefined ? this.part(receiver) : undefined;
    let cost: Range | undefined;
    let size: Range | undefined;
    for (const { id } of overloads) {
      const found = this.#overload({
        expression,
        name: overloads[0]?.name ?? name,
        id,
        target: targetPart,
        parts,
        argCosts,
      });
      cost = cost === undefined ? found.cost : spanning(cost, found.cost);
      if (found.size !== undefined) size = size === undefined ? found.size : spanning(size, found.size);
      const [container] = given;
      if ((id === 'index_list' || id === 'index_map') && container !== undefined) {
        size = this.#entriesOf(container)?.value;
        this.#paths.set(expression, [...this.#path(container), id === 'index_list' ? '@items' : '@values']);
      }
      size ??= this.#sizeOf(expression);
    }
    this.#setSize(expression, size);
    return add(target, cost ?? zero);
  }

  #overload(call: {
    readonly expression: Call;
    readonly name: string;
    readonly id: string;
    readonly target: Part | undefined;
    readonly parts: readonly Part[];
    readonly argCosts: readonly Range[];
  }): CallEstimate {
    const { expression, id, parts, argCosts } = call;
    const [first = zero, second = zero, third = zero] = argCosts;
    if (id === 'logical_and' || id === 'logical_or') {
      return { cost: { min: first.min, max: add(first, second).max } };
    }
    const [, a, b] = parts;
    if (id === 'conditional' && a?.expression !== undefined && b?.expression !== undefined) {
      const size = spanning(this.#ofPart(a), this.#ofPart(b));
      this.#setEntries(expression, joined(this.#entriesOf(a.expression), this.#entriesOf(b.expression)));
      return { cost: add(first, spanning(second, third)), size };
    }
    const all = add(zero, ...argCosts);
    if (['add_string', 'add_bytes', 'add_list'].includes(id)) {
      const [left, right] = parts as [Part, Part];
      const size = add(this.#ofPart(left), this.#ofPart(right));
      if (left.expression !== undefined && right.expression !== undefined) {
        this.#setEntries(expression, joined(this.#entriesOf(left.expression), this.#entriesOf(right.expression)));
      }
      return { cost: add(all, id === 'add_list' ? one : times(size, 0.1)), size };
    }
    const { cost, size } = estimateCall(call.name, id, call.target, parts, (path) => this.#declaredSize(path));
    return { cost: add(cost, all), size };
  }

  /** `[].map` that never turns: how a name is bound to a value. */
  #isBinding({ range, condition, accumulator }: Comprehension): boolean {
    return (
      range.kind === 'list' &&
      range.items.length === 0 &&
      condition.kind === 'literal' &&
      condition.value === false &&
      !accumulator.startsWith('@')
    );
  }

  #binding(expression: Comprehension): Range {
    const { range, initial, accumulator, result } = expression;
    const before = add(this.cost(range), this.cost(initial));
    this.#pushValue(accumulator, initial);
    const cost = add(before, this.cost(result));
    this.#locals.pop();
    this.#setSize(expression, this.#sizeOf(result));
    this.#setEntries(expression, this.#entriesOf(result));
    return cost;
  }

  #loop(expression: Comprehension): Range {
    const { range, initial, accumulator, condition, step, result } = expression;
    const before = add(this.cost(range), this.cost(initial));
    const depth = this.#locals.length;
    this.#pushValue(accumulator, initial);
    this.#pushRange(expression);
    const turn = add(this.cost(condition), this.cost(step));
    const entries = this.#entriesOf(step);
    this.#locals.length = depth + 1;
    const after = this.cost(result);
    this.#locals.length = depth;
    const turns = this.sizeOrUnlimited(range);
    if (initial.kind === 'literal') this.#setSize(expression, this.#sizeOf(initial));
    else if (initial.kind === 'list' || initial.kind === 'map') {
      this.#setSize(expression, turns);
      this.#setEntries(expression, entries);
    }
    return add(before, after, times(turns, turn));
  }

  #pushValue(name: string, value: Expression): void {
    const local = { path: this.#path(value), size: this.#sizeOf(value), entries: this.#entriesOf(value) };
    this.#locals.push([name, local]);
  }

  #pushRange({ range, variable, secondVariable }: Comprehension): void {
    const entries = this.#entriesOf(range);
    const container = entries?.container ?? this.#checked.typeOf(range).kind;
    const path = this.#path(range);
    const isList = container === 'list';
    const keys: Local = { path: [...path, isList ? '@indices' : '@keys'], size: entries?.key };
    const values: Local = { path: [...path, isList ? '@items' : '@values'], size: entries?.value };
    if (secondVariable === undefined) this.#locals.push([variable, isList ? values : keys]);
    else this.#locals.push([variable, keys], [secondVariable, values]);
  }

  part(expression: Expression): Part {
    const path = this.#path(expression);
    return {
      type: this.#checked.typeOf(expression),
      expression,
      path: path[0]?.startsWith('@') === true ? [] : path,
      size: this.#sizeOf(expression),
    };
  }

  #ofPart = ({ size }: Part): Range => size ?? unlimited;

  sizeOrUnlimited(expression: Expression): Range {
    return this.#sizeOf(expression) ?? unlimited;
  }

  #setSize(expression: Expression, size: Range | undefined): void {
    if (size !== undefined) this.#sizes.set(expression, size);
  }

  #setEntries(expression: Expression, entries: EntrySize | undefined): void {
    if (entries !== undefined) this.#entries.set(expression, entries);
  }

  #entriesOf(expression: Expression): EntrySize | undefined {
    return this.#entries.get(expression) ?? this.#local(expression)?.entries;
  }

  #sizeOf(expression: Expression): Range | undefined {
    const known = this.#sizes.get(expression) ?? literalSize(expression) ?? this.#declaredSize(this.#path(expression));
    if (known !== undefined) return known;
    if (isScalar(this.#checked.typeOf(expression))) return one;
    return this.#local(expression)?.size;
  }

  #declaredSize(path: readonly string[]): Range | undefined {
    const [name, ...steps] = path;
    let declared = name === undefined ? undefined : this.#environment.variables.get(name);
    for (const step of steps) declared = declared === undefined ? undefined : inside(declared, step);
    return declared?.maxSize === undefined ? undefined : { min: 0, max: declared.maxSize };
  }
}

function inside(declared: Declared, step: string): Declared | undefined {
  if (step === '@items' || step === '@values') return declared.items;
  return step === '@keys' ? declared.keys : (declared.fields?.get(step) ?? declared.members);
}

function joined(a: EntrySize | undefined, b: EntrySize | undefined): EntrySize | undefined {
  if (a === undefined || b === undefined) return undefined;
  return { container: a.container, key: spanning(a.key, b.key), value: spanning(a.value, b.value) };
}

function literalSize(expression: Expression): Range | undefined {
  if (expression.kind === 'list') return exactly(expression.items.length);
  if (expression.kind === 'map') return exactly(expression.entries.length);
  if (expression.kind !== 'literal') return undefined;
  const { value } = expression;
  if (typeof value === 'string') return exactly(textSize(value));
  return exactly(isBytes(value) ? value.length : 1);
}

const scalars: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

function isScalar(type: Type): boolean {
  return isOptional(type) ? isScalar(type.parameters[0] as Type) : scalars.has(type.kind);
}
