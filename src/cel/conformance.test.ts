/**
 * The conformance tests of the language, as far as Kubernetes has what they test: no protobuf messages, and none of the
 * extensions that it leaves out. https://github.com/google/cel-spec/tree/master/tests/simple/testdata
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js';
import { compile } from './compile.ts';
import type { Environment } from './environment.ts';
import { equalValues, mapOf, uint, type Value } from './value.ts';
import { formatType, listType, mapType, optionalType, readType, type Type } from './type.ts';

type Suite = { readonly name: string; readonly suites?: readonly Suite[]; readonly tests?: readonly Case[] };

interface Case {
  readonly type?: string;
  /** All issues, as cel-go shows them. */
  readonly error?: string;
  readonly original: {
    readonly name: string;
    readonly expr: string;
    readonly value?: Wire;
    readonly evalError?: object;
    readonly bindings?: Readonly<Record<string, { readonly value: Wire }>>;
    readonly typeEnv?: readonly { readonly name: string; readonly ident?: { readonly type: WireType } }[];
    readonly disableCheck?: boolean;
    readonly disableMacros?: boolean;
    readonly container?: string;
    readonly checkOnly?: boolean;
    readonly typedResult?: { readonly result?: Wire };
  };
}

interface Wire {
  readonly int64Value?: string;
  readonly uint64Value?: string;
  readonly doubleValue?: number | string;
  readonly stringValue?: string;
  readonly bytesValue?: string;
  readonly boolValue?: boolean;
  readonly nullValue?: unknown;
  readonly typeValue?: string;
  readonly listValue?: { readonly values?: readonly Wire[] };
  readonly mapValue?: { readonly entries?: readonly { readonly key: Wire; readonly value: Wire }[] };
  readonly objectValue?: { readonly '@type': string };
}

interface WireType {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly dyn?: object;
  readonly listType?: { readonly elemType: WireType };
  readonly mapType?: { readonly keyType: WireType; readonly valueType: WireType };
  readonly abstractType?: { readonly name: string; readonly parameterTypes: readonly WireType[] };
}

/** Files about what Kubernetes does not have: messages, and extensions that it leaves out. */
const leftOut = new Set(
  ['proto2', 'proto3', 'proto2_ext', 'enums', 'wrappers', 'dynamic', 'unknowns', 'type_deduction'].concat([
    'math_ext',
    'encoders_ext',
    'bindings_ext',
    'block_ext',
    'network_ext',
    'type_deductions',
  ]),
);

function allCases(suite: Suite, path: string): readonly (readonly [string, Case])[] {
  const own = (suite.tests ?? []).map((each) => [`${path}/${each.original.name}`, each] as const);
  return [...own, ...(suite.suites ?? []).flatMap((each) => allCases(each, `${path}/${each.name}`))];
}

function valueOfWire(wire: Wire): Value | undefined {
  if (wire.int64Value !== undefined) return BigInt(wire.int64Value);
  if (wire.uint64Value !== undefined) return uint(BigInt(wire.uint64Value));
  if (wire.doubleValue !== undefined) return Number(wire.doubleValue);
  if (wire.stringValue !== undefined) return wire.stringValue;
  if (wire.bytesValue !== undefined) return new Uint8Array(Buffer.from(wire.bytesValue, 'base64'));
  if (wire.boolValue !== undefined) return wire.boolValue;
  if ('nullValue' in wire) return null;
  if (wire.listValue !== undefined) {
    const items = (wire.listValue.values ?? []).map(valueOfWire);
    return items.includes(undefined) ? undefined : (items as Value[]);
  }
  if (wire.mapValue !== undefined) {
    const entries = (wire.mapValue.entries ?? []).map(({ key, value }) => [valueOfWire(key), valueOfWire(value)]);
    return entries.flat().includes(undefined) ? undefined : mapOf(entries as [Value, Value][]);
  }
  return undefined;
}

const primitives: Readonly<Record<string, string>> = { INT64: 'int', UINT64: 'uint' };

function typeOfWire({ primitive, wellKnown, listType: list, mapType: map, abstractType }: WireType): Type {
  if (primitive !== undefined) return readType(primitives[primitive] ?? primitive.toLowerCase());
  if (wellKnown !== undefined) return readType(wellKnown === 'ANY' ? 'dyn' : wellKnown.toLowerCase());
  if (list !== undefined) return listType(typeOfWire(list.elemType));
  if (map !== undefined) return mapType(typeOfWire(map.keyType), typeOfWire(map.valueType));
  if (abstractType !== undefined) return optionalType(typeOfWire(abstractType.parameterTypes[0] ?? {}));
  return readType('dyn');
}

/** What later versions of the library of texts format differently; Kubernetes has version 2. */
const laterFormats = /(infinity|NaN\/?.*) support/i;

function applies([path, { original }]: readonly [string, Case]): boolean {
  if (path.includes('/string_ext/format/') && laterFormats.test(original.name)) return false;
  const { expr, disableCheck, disableMacros, container, value, checkOnly, bindings = {} } = original;
  if (leftOut.has(path.split('/')[1] ?? '') || disableCheck || disableMacros || checkOnly) return false;
  if ((container ?? '') !== '' || /TestAllTypes|google\.protobuf|proto2|proto3|cel\.bind|\.reverse\(|`/.test(expr))
    return false;
  const wires = [...Object.values(bindings).map((bound) => bound.value), ...(value === undefined ? [] : [value])];
  return wires.every((wire) => valueOfWire(wire) !== undefined);
}

const cases = allCases(tests as unknown as Suite, '').filter(applies);

function problemOf({ original, type }: Case): string | undefined {
  const { expr, value, evalError, bindings = {}, typeEnv = [], typedResult } = original;
  const variables = new Map(typeEnv.map(({ name, ident }) => [name, { type: typeOfWire(ident?.type ?? {}) }]));
  const environment: Environment = { variables };
  const compiled = compile(expr, environment);
  if (!compiled.ok && compiled.issues.some(({ message }) => mixed.test(message))) return mixedTypes;
  if (!compiled.ok) return evalError === undefined ? compiled.text : undefined;
  const activation = Object.fromEntries(
    Object.entries(bindings).map(([name, bound]) => [name, valueOfWire(bound.value)] as const),
  );
  const outcome = compiled.program.evaluate(activation);
  if (evalError !== undefined) return outcome.ok ? 'no error' : undefined;
  if (!outcome.ok) return outcome.message;
  const wanted = valueOfWire(value ?? typedResult?.result ?? { boolValue: true });
  if (wanted !== undefined && !isSame(outcome.value, wanted)) return `found ${String(outcome.value)}`;
  const found = formatType(compiled.program.resultType);
  return type === undefined || found === type ? undefined : `type ${found}, not ${type}`;
}

/** Kubernetes wants one type for all items of a list, for all keys and for all values of a map. */
const mixed = /^expected type '.*' but found '.*'$/;

const mixedTypes = 'mixed types';

const isSame = (a: Value, b: Value): boolean =>
  typeof a === 'number' && typeof b === 'number' ? Object.is(a, b) || a === b : equalValues(a, b);

test('compile() and evaluate() do what the language demands', () => {
  const results = cases.map(([path, each]) => ({ path, expr: each.original.expr, problem: problemOf(each) }));
  const wrong = results.filter(({ problem }) => problem !== undefined && problem !== mixedTypes);
  assert.deepEqual(wrong, []);
  const passed = results.filter(({ problem }) => problem === undefined).length;
  assert.ok(passed >= 1166, `${passed} of ${results.length} passed`);
});

/** What these were recorded with differs: lower limits, no optionals, and lists and maps of mixed types. */
const otherSettings =
  /limit exceeded|exceeds limit|recursion depth|unsupported syntax '[.[]?\\?|overwrites accumulator/;

const lines = (text: string): readonly string[] =>
  text
    .replaceAll('<input>', '')
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').trim())
    .filter((line) => line !== '');

test("compile() words what is wrong, and marks where, as cel-go's own tests want it", () => {
  const recorded = allCases(parsing as unknown as Suite, '').filter(
    ([, { error = '', original }]) => !otherSettings.test(error) && !original.expr.includes('bar: "xyz"'),
  );
  const wrong = recorded.flatMap(([, { original, error = '' }]) => {
    const compiled = compile(original.expr, { variables: new Map() });
    const found = lines(compiled.ok ? '' : compiled.text);
    return found.join('\n') === lines(error).join('\n') ? [] : [{ expr: original.expr, found, wanted: lines(error) }];
  });
  assert.deepEqual(wrong, []);
  assert.ok(recorded.length >= 168, `${recorded.length} recorded`);
});
