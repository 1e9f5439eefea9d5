/**
 * Turns a checked expression into nested functions that evaluate it. Errors are thrown; && and || and loops that test
 * catch them, for there an error may not matter. Each step counts what it costs.
 */
import { callCost } from './call-cost.ts';
import type { Checked } from './check.ts';
import type { Call, Comprehension, Expression, ListLiteral, MapLiteral, ObjectLiteral, Select } from './expression.ts';
import { CostLimitError, EvaluationError } from './errors.ts';
import type { Overload } from './function.ts';
import { indexed, itemAt } from './libraries/operators.ts';
import { optionalItem } from './libraries/optionals.ts';
import { accumulatorName } from './macro.ts';
import { formatType } from './type.ts';
import { isOfType, typeOfValue } from './type-of-value.ts';
import { boxed, fail, isList, isMap, mapOf, noSuchOverload, type Value } from './value.ts';

/** One evaluation under way. */
export interface Frame {
  /** Undefined: the variable has no value. */
  readonly variable: (name: string) => Value | undefined;
  /** What loops bind; an error where `all` or `exists` met one. */
  readonly locals: (Value | EvaluationError)[];
  readonly limit: number;
  cost: number;
}

export type Step = (frame: Frame) => Value;

/** Names of loop variables, by their place among the locals. */
type Scope = readonly string[];

export function plan(checked: Checked): Step {
  return planned({ ...checked, steps: new Map() }, checked.expression, []);
}

/** Parts that an expression has twice are planned once, or long chains of macros would double the work at each link. */
interface Planning extends Checked {
  readonly steps: Map<Expression, Step>;
}

function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) throw new CostLimitError('operation cancelled: actual cost limit exceeded');
}

function planned(checked: Planning, expression: Expression, scope: Scope): Step {
  const known = checked.steps.get(expression);
  if (known !== undefined) return known;
  const step = planNew(checked, expression, scope);
  checked.steps.set(expression, step);
  return step;
}

function planNew(checked: Planning, expression: Expression, scope: Scope): Step {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'identifier':
      return plannedIdentifier(checked, expression, expression.name, scope);
    case 'select':
      return plannedSelect(checked, expression, scope);
    case 'call':
      return plannedCall(checked, expression, scope);
    case 'list':
      return plannedList(checked, expression, scope);
    case 'map':
      return plannedMap(checked, expression, scope);
    case 'object':
      return plannedObject(checked, expression, scope);
    case 'comprehension':
      return plannedLoop(checked, expression, scope);
  }
}

function plannedIdentifier(checked: Planning, expression: Expression, name: string, scope: Scope): Step {
  const reference = checked.references.get(expression);
  if (reference?.kind === 'type') {
    const value: Value = { kind: 'type', type: reference.type };
    return () => value;
  }
  if (reference?.kind === 'variable') {
    const variable = reference.name;
    return (frame) => {
      charge(frame, 1);
      const value = frame.variable(variable);
      return value === undefined ? fail(`no such attribute(s): ${variable}`) : value;
    };
  }
  const slot = scope.lastIndexOf(name);
  return (frame) => {
    charge(frame, 1);
    const value = frame.locals[slot];
    if (value instanceof EvaluationError) throw value;
    return value === undefined ? fail(`no such attribute(s): ${name}`) : value;
  };
}

/** Values that fields are read from at no cost of their own; reading from others counts as one more step. */
const isPath = ({ kind }: Expression): boolean => kind === 'identifier' || kind === 'select';

function plannedSelect(checked: Planning, expression: Select, scope: Scope): Step {
  if (checked.references.has(expression)) return plannedIdentifier(checked, expression, '', scope);
  const { field, testOnly } = expression;
  const operand = planned(checked, expression.operand, scope);
  if (testOnly) return (frame) => hasField(operand(frame), field);
  const cost = isPath(expression.operand) || isIndex(expression.operand) ? 1 : 2;
  return (frame) => {
    const value = operand(frame);
    charge(frame, cost);
    return selected(value, field);
  };
}

const isIndex = (expression: Expression): boolean =>
  expression.kind === 'call' && (expression.name === '_[_]' || expression.name === '_?._');

function hasField(value: Value, field: string): boolean {
  const box = boxed(value);
  if (box?.kind === 'map') return box.get(field) !== undefined;
  if (box?.kind !== 'optional') return noSuchOverload();
  return box.value !== undefined && hasField(box.value, field);
}

function selected(value: Value, field: string): Value {
  const box = boxed(value);
  if (box?.kind === 'map') return box.get(field) ?? fail(`no such key: ${field}`);
  return box?.kind === 'optional' ? optionalItem(value, field) : noSuchOverload();
}

function plannedCall(checked: Planning, expression: Call, scope: Scope): Step {
  const { name, args } = expression;
  if (name === '_?._') return plannedOptionalField(checked, expression, scope);
  const reference = checked.references.get(expression);
  if (reference?.kind !== 'call') throw new Error(`the call of ${name} was not checked`);
  const steps = reference.args.map((arg) => planned(checked, arg, scope));
  const [first, second, third] = steps as [Step, Step, Step];
  switch (reference.overloads[0]?.name) {
    case '_&&_':
      return logical(first, second, false);
    case '_||_':
      return logical(first, second, true);
    case '_?_:_':
      return (frame) => {
        const condition = first(frame);
        if (typeof condition !== 'boolean') return noSuchOverload();
        return condition ? second(frame) : third(frame);
      };
    case '@not_strictly_false':
      return notStrictlyFalse(first);
    case '_[_]':
      return plannedIndex(first, second, args[1] as Expression);
    case '_+_':
      return isAccumulator(reference.args[0]) ? appending(first, second) : strict(reference.overloads, steps);
    case 'or':
    case 'orValue':
      return otherwise(first, second, reference.overloads[0].name);
    default:
      return strict(reference.overloads, steps);
  }
}

/** `&&` with `decided` false, `||` with true: one operand that decides is enough, whatever the other is. */
function logical(left: Step, right: Step, decided: boolean): Step {
  return (frame) => {
    let failure: EvaluationError | undefined;
    for (const step of [left, right]) {
      try {
        const value = step(frame);
        if (value === decided) return decided;
        if (typeof value !== 'boolean') failure ??= new EvaluationError('no such overload');
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return !decided;
  };
}

function notStrictlyFalse(operand: Step): Step {
  return (frame) => {
    charge(frame, 1);
    try {
      return operand(frame) !== false;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return true;
    }
  };
}

function plannedIndex(container: Step, index: Step, expression: Expression): Step {
  const isAttribute = isPath(expression);
  return (frame) => {
    const of = container(frame);
    const at = index(frame);
    charge(frame, isAttribute ? 0 : 1);
    return boxed(of)?.kind === 'optional' ? optionalItem(of, at) : indexed(of, at);
  };
}

function otherwise(first: Step, second: Step, name: string): Step {
  return (frame) => {
    const value = boxed(first(frame));
    charge(frame, 1);
    if (value?.kind !== 'optional') return noSuchOverload();
    if (value.value === undefined) return second(frame);
    return name === 'or' ? value : value.value;
  };
}

function plannedOptionalField(checked: Planning, { args }: Call, scope: Scope): Step {
  const operand = planned(checked, args[0] as Expression, scope);
  const field = args[1]?.kind === 'literal' ? args[1].value : null;
  return (frame) => {
    const value = operand(frame);
    charge(frame, 1);
    return optionalItem(value, field);
  };
}

const isAccumulator = (expression: Expression | undefined): boolean =>
  expression?.kind === 'identifier' && expression.name === accumulatorName;

/** `map` and `filter` build their list in place: nobody else has it yet. */
function appending(list: Step, added: Step): Step {
  return (frame) => {
    const [to, more] = [list(frame), added(frame)];
    charge(frame, 1);
    if (typeof to === 'bigint' && typeof more === 'bigint') return to + more;
    if (!isList(to) || !isList(more)) return noSuchOverload();
    (to as Value[]).push(...more);
    return to;
  };
}

function strict(overloads: readonly Overload[], steps: readonly Step[]): Step {
  const cost = callCost(overloads);
  return (frame) => {
    const args = steps.map((step) => step(frame));
    const overload = overloads.find(({ parameters }) => args.every((arg, i) => isOfType(arg, parameters[i] as never)));
    const result = overload === undefined ? noMatch(overloads, args) : overload.run(...args);
    charge(frame, cost(args, result));
    return result;
  };
}

function noMatch(overloads: readonly Overload[], args: readonly Value[]): never {
  const name = overloads[0]?.name ?? '';
  const isOperator = name.includes('_') || name.startsWith('@');
  const types = args.map((arg) => formatType(typeOfValue(arg)).replace(/\(.*/, '')).join(', ');
  return fail(isOperator ? 'no such overload' : `no such overload: ${name}(${types})`);
}

const listCost = 10;
const mapCost = 30;
const objectCost = 40;

const isConstant = (expression: Expression): boolean =>
  expression.kind === 'literal' ||
  (expression.kind === 'list' && expression.items.every(({ value, optional }) => !optional && isConstant(value))) ||
  (expression.kind === 'map' &&
    expression.entries.length > 0 &&
    expression.entries.every(({ key, value, optional }) => !optional && isConstant(key) && isConstant(value)));

/** Literals without variables are made once, and cost nothing. */
function once(step: Step): Step {
  let made: Value | undefined;
  return () => {
    const frame: Frame = { variable: () => undefined, locals: [], limit: Infinity, cost: 0 };
    made ??= step(frame);
    return made;
  };
}

function plannedList(checked: Planning, expression: ListLiteral, scope: Scope): Step {
  const items = expression.items.map(({ value, optional }) => ({ step: planned(checked, value, scope), optional }));
  const make: Step = (frame) => {
    const values: Value[] = [];
    for (const { step, optional } of items) {
      const value = optional ? unwrapped(step(frame), 'cannot initialize optional list element') : step(frame);
      if (value !== undefined) values.push(value);
    }
    charge(frame, listCost);
    return values;
  };
  return expression.items.length > 0 && isConstant(expression) ? once(make) : make;
}

function unwrapped(value: Value, what: string): Value | undefined {
  const box = boxed(value);
  return box?.kind === 'optional' ? box.value : fail(`${what} from non-optional value ${String(value)}`);
}

function plannedMap(checked: Planning, expression: MapLiteral, scope: Scope): Step {
  const entries = expression.entries.map(({ key, value, optional }) => ({
    key: planned(checked, key, scope),
    value: planned(checked, value, scope),
    optional,
  }));
  const make: Step = (frame) => {
    const values: [Value, Value][] = [];
    for (const entry of entries) {
      const key = entry.key(frame);
      const given = entry.value(frame);
      const value = entry.optional ? unwrapped(given, `cannot initialize optional entry '${String(key)}'`) : given;
      if (value !== undefined) values.push([key, value]);
    }
    charge(frame, mapCost);
    return mapOf(values);
  };
  return isConstant(expression) ? once(make) : make;
}

function plannedObject(checked: Planning, expression: ObjectLiteral, scope: Scope): Step {
  const fields = expression.fields.map(({ name, value, optional }) => ({
    name,
    step: planned(checked, value, scope),
    optional,
  }));
  return (frame) => {
    const values: [Value, Value][] = [];
    for (const { name, step, optional } of fields) {
      const value = optional ? unwrapped(step(frame), `cannot initialize optional entry '${name}'`) : step(frame);
      if (value !== undefined) values.push([name, value]);
    }
    charge(frame, objectCost);
    return mapOf(values, expression.typeName);
  };
}

function plannedLoop(checked: Planning, expression: Comprehension, scope: Scope): Step {
  const { accumulator, variable, secondVariable } = expression;
  const range = planned(checked, expression.range, scope);
  const initial = planned(checked, expression.initial, scope);
  const outer = [...scope, accumulator];
  const inner = [...outer, variable, ...(secondVariable === undefined ? [] : [secondVariable])];
  const condition = planned(checked, expression.condition, inner);
  const step = planned(checked, expression.step, inner);
  const result = planned(checked, expression.result, outer);
  const slot = scope.length;
  const isTest = expression.condition.kind === 'call';
  const isPair = secondVariable !== undefined;
  return (frame) => {
    const over = range(frame);
    const { locals } = frame;
    locals[slot] = initial(frame);
    for (const key of keysOf(over, isPair)) {
      locals[slot + 1] = key;
      if (isPair) locals[slot + 2] = itemAt(over, key) ?? null;
      if (condition(frame) !== true) break;
      locals[slot] = isTest ? tried(step, frame) : step(frame);
    }
    return result(frame);
  };
}

function keysOf(range: Value, isPair: boolean): readonly Value[] {
  if (isMap(range)) return range.keys();
  if (!isList(range)) return noSuchOverload();
  return isPair ? range.map((_, i) => BigInt(i)) : range;
}

/** `all` and `exists` go on after an error, for a later item may decide: the error is what they have built up so far. */
function tried(step: Step, frame: Frame): Value | EvaluationError {
  try {
    return step(frame);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return error;
  }
}
