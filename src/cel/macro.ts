/**
 * Macros: calls that become other expressions before types are checked. Their nodes point at the call.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros
 */
import type { Call, Comprehension, Expression } from './expression.ts';

/** What stands for the value that a loop builds up. */
export const accumulatorName = '@result';

interface Misuse {
  readonly why: string;
  readonly offset: number;
}

type Expand = (call: Call, target: Expression) => Expression | Misuse | undefined;

/** Undefined: the call is no macro. `bindings`: `cel.bind` is one. */
export function expandMacro(call: Call, bindings = false): Expression | Misuse | undefined {
  if (bindings && isBind(call)) return bind(call, call);
  const key = `${call.target === undefined ? '' : '.'}${call.name}/${call.args.length}`;
  return macros.get(key)?.(call, call.target ?? call);
}

const build = (offset: number) => ({
  call: (name: string, ...args: readonly Expression[]): Expression => ({ kind: 'call', name, args, offset }),
  method: (name: string, target: Expression): Expression => ({ kind: 'call', name, target, args: [], offset }),
  literal: (value: boolean | bigint): Expression => ({ kind: 'literal', value, offset }),
  list: (...items: readonly Expression[]): Expression => ({
    kind: 'list',
    items: items.map((value) => ({ value, optional: false })),
    offset,
  }),
  map: (): Expression => ({ kind: 'map', entries: [], offset }),
  identifier: (name: string): Expression => ({ kind: 'identifier', name, offset }),
  accumulator: (): Expression => ({ kind: 'identifier', name: accumulatorName, offset }),
});

type Build = ReturnType<typeof build>;
type Loop = Pick<Comprehension, 'initial' | 'condition' | 'step' | 'result'>;

/** A macro of one variable and of two: `range.name(v, …)` and `range.name(k, v, …)`. */
function loop(
  names: number,
  why: string,
  make: (make: Build, args: readonly Expression[], key: string) => Loop,
): Expand {
  return ({ args, offset }, range) => {
    const variables = args.slice(0, names);
    const bad = variables.find(({ kind }) => kind !== 'identifier');
    if (bad !== undefined) return { why, offset: bad.offset };
    const [variable = '', secondVariable] = variables.map((each) => (each.kind === 'identifier' ? each.name : ''));
    const hides = variables.find((each) => each.kind === 'identifier' && each.name === '__result__');
    if (hides !== undefined) {
      return { why: 'iteration variable overwrites accumulator variable', offset: hides.offset };
    }
    const parts = make(build(offset), args.slice(names), variable);
    const second = secondVariable === undefined ? {} : { secondVariable };
    return { kind: 'comprehension', range, variable, ...second, accumulator: accumulatorName, ...parts, offset };
  };
}

const simpleName = 'argument must be a simple name';
const noIdentifier = 'argument is not an identifier';
const expression = (args: readonly Expression[], i: number): Expression => args[i] as Expression;

const all = (names: number): Expand =>
  loop(names, simpleName, (make, args) => ({
    initial: make.literal(true),
    condition: make.call('@not_strictly_false', make.accumulator()),
    step: make.call('_&&_', make.accumulator(), expression(args, 0)),
    result: make.accumulator(),
  }));

const exists = (names: number): Expand =>
  loop(names, simpleName, (make, args) => ({
    initial: make.literal(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.accumulator())),
    step: make.call('_||_', make.accumulator(), expression(args, 0)),
    result: make.accumulator(),
  }));

const existsOne = (names: number): Expand =>
  loop(names, simpleName, (make, args) => ({
    initial: make.literal(0n),
    condition: make.literal(true),
    step: make.call(
      '_?_:_',
      expression(args, 0),
      make.call('_+_', make.accumulator(), make.literal(1n)),
      make.accumulator(),
    ),
    result: make.call('_==_', make.accumulator(), make.literal(1n)),
  }));

/** The last argument makes the item; one before it decides whether there is one. */
function collecting(
  names: number,
  why: string,
  initial: (make: Build) => Expression,
  add: (make: Build, transform: Expression, key: string) => Expression,
): Expand {
  return loop(names, why, (make, args, key) => {
    const added = add(make, expression(args, args.length - 1), key);
    const step = args.length === 1 ? added : make.call('_?_:_', expression(args, 0), added, make.accumulator());
    return { initial: initial(make), condition: make.literal(true), step, result: make.accumulator() };
  });
}

const map = (names: number, why: string): Expand =>
  collecting(
    names,
    why,
    (make) => make.list(),
    (make, transform) => make.call('_+_', make.accumulator(), make.list(transform)),
  );

const filter: Expand = (call, range) =>
  loop(1, noIdentifier, (make, args) => ({
    initial: make.list(),
    condition: make.literal(true),
    step: make.call(
      '_?_:_',
      expression(args, 0),
      make.call('_+_', make.accumulator(), make.list(expression(call.args, 0))),
      make.accumulator(),
    ),
    result: make.accumulator(),
  }))(call, range);

const transformMap = collecting(
  2,
  simpleName,
  (make) => make.map(),
  (make, transform, key) => make.call('cel.@mapInsert', make.accumulator(), make.identifier(key), transform),
);

const transformMapEntry = collecting(
  2,
  simpleName,
  (make) => make.map(),
  (make, transform) => make.call('cel.@mapInsert', make.accumulator(), transform),
);

const has: Expand = ({ args, offset }) => {
  const operand = expression(args, 0);
  if (operand.kind !== 'select') return { why: 'invalid argument to has() macro', offset: operand.offset };
  return { ...operand, testOnly: true, offset };
};

/** A value bound to a name: a loop that never turns. */
function bound(name: string, initial: Expression, result: Expression, offset: number): Expression {
  const make = build(offset);
  return {
    kind: 'comprehension',
    range: make.list(),
    variable: '#unused',
    accumulator: name,
    initial,
    condition: make.literal(false),
    step: make.identifier(name),
    result,
    offset,
  };
}

const isBind = ({ name, args, target }: Call): boolean =>
  name === 'bind' && args.length === 3 && target?.kind === 'identifier' && target.name === 'cel';

const bind: Expand = ({ args, offset }) => {
  const [variable, value, result] = [expression(args, 0), expression(args, 1), expression(args, 2)];
  if (variable.kind === 'identifier') return bound(variable.name, value, result, offset);
  return { why: 'cel.bind() variable names must be simple identifiers', offset: variable.offset };
};

function optional(name: string, wraps: boolean): Expand {
  return ({ args, offset }, target) => {
    const [variable, transform] = [expression(args, 0), expression(args, 1)];
    if (variable.kind !== 'identifier') {
      return { why: `${name}() variable name must be a simple identifier`, offset: variable.offset };
    }
    const make = build(offset);
    const inner = bound(variable.name, make.method('value', target), transform, offset);
    const some = wraps ? make.call('optional.of', inner) : inner;
    return make.call('_?_:_', make.method('hasValue', target), some, make.call('optional.none'));
  };
}

const macros: ReadonlyMap<string, Expand> = new Map([
  ['has/1', has],
  ['.all/2', all(1)],
  ['.all/3', all(2)],
  ['.exists/2', exists(1)],
  ['.exists/3', exists(2)],
  ['.exists_one/2', existsOne(1)],
  ['.exists_one/3', existsOne(2)],
  ['.existsOne/3', existsOne(2)],
  ['.map/2', map(1, noIdentifier)],
  ['.map/3', map(1, noIdentifier)],
  ['.filter/2', filter],
  ['.transformList/3', map(2, simpleName)],
  ['.transformList/4', map(2, simpleName)],
  ['.transformMap/3', transformMap],
  ['.transformMap/4', transformMap],
  ['.transformMapEntry/3', transformMapEntry],
  ['.transformMapEntry/4', transformMapEntry],
  ['.optMap/2', optional('optMap', true)],
  ['.optFlatMap/2', optional('optFlatMap', false)],
]);
