import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { decode, zeroOf } from '../codec/decode.ts';
import { applyDefaults } from '../defaults.ts';
import type { KindType } from '../message.ts';
import { builtinResources } from '../resources.ts';
import { resolve, type AnyType, type Json, type JsonObject, type Scalar } from '../schema.ts';
import { compareValues, excludeFields } from './compare.ts';
import { difference, isEmpty, recursiveDifference, union, type FieldSet } from './field-set.ts';
import { fieldsOfNew } from './fields-of-new.ts';
import { formatFieldsV1 } from './fields-v1.ts';
import { setOfFields, unownedFields } from './ownership.ts';

/** The long way: what differs from the zero value. */
function byComparison(type: KindType, after: JsonObject, reset: FieldSet): JsonObject | undefined {
  const all = compareValues(type, zeroOf(type) as Json, after);
  const { added, modified, removed } = excludeFields(all, reset);
  const own = difference(recursiveDifference(difference(union(modified, added), removed), reset), unownedFields);
  return isEmpty(own) ? undefined : formatFieldsV1(own);
}

const scalars: Readonly<Record<Scalar, readonly Json[]>> = {
  string: ['a', 'b', ''],
  boolean: [true, false],
  int32: [0, 1, 80],
  int64: [0, 7],
  double: [0, 1.5],
  bytes: ['', 'YQ=='],
  quantity: ['1', '100m'],
  time: ['2026-01-02T03:04:05Z', null],
  microTime: ['2026-01-02T03:04:05.000006Z', null],
  duration: ['1s', '0s'],
  intOrString: [1, 'http'],
  rawObject: [{ a: 1 }, {}],
  json: [{ b: [1] }, null],
  fieldSet: [{ 'f:a': {} }],
};

/** Some value of the type, with fields left out, empty lists and items that are there twice. */
function valueOf(type: AnyType, random: () => number, depth: number): Json {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const actual = type.type === 'choice' ? undefined : resolve(type);
  if (actual === undefined || actual.type === 'choice') return null;
  if (actual.type === 'scalar') return pick(scalars[actual.scalar]);
  const many = depth > 5 ? 0 : Math.floor(random() * 4);
  if (actual.type === 'list') return Array.from({ length: many }, () => valueOf(actual.of, random, depth + 1));
  if (actual.type === 'map') {
    const names = ['x', 'y', 'a/b', '.'].slice(0, many);
    return Object.fromEntries(names.map((name) => [name, valueOf(actual.of, random, depth + 1)]));
  }
  const fields = Object.entries(actual.fields).filter(([name]) => name !== 'managedFields');
  const given = fields.filter(() => random() < (depth > 4 ? 0.15 : 0.6));
  return Object.fromEntries(given.map(([name, field]) => [name, valueOf(field.type, random, depth + 1)]));
}

test('fieldsOfNew() is what comparing with the zero value gives, for values of every kind', () => {
  const seed = Date.now() % 1_000_000;
  const source = seededRandom(seed);
  const random = (): number => source.next();
  for (const { kind: type } of builtinResources) {
    for (let round = 0; round < 6; round++) {
      const { value } = decode(type, valueOf(type, random, 0), { keepEmpty: round % 2 === 0 });
      const after = { ...(value as JsonObject), kind: type.kind, apiVersion: type.apiVersion };
      if (round > 2) applyDefaults(type, after);
      const reset = setOfFields(round === 5 ? [['status'], ['metadata', 'labels']] : []);
      const expected = byComparison(type, after, reset);
      const actual = fieldsOfNew(type, after, reset, unownedFields);
      assert.equal(JSON.stringify(actual), JSON.stringify(expected), `seed ${seed}, ${type.kind}`);
    }
  }
});
