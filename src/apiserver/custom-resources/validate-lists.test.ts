import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json } from '../../api/schema.ts';
import { duplicateItemErrors } from './validate-lists.ts';

const setOf = (type: string): JSONSchemaProps => ({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type } });
const keyed: JSONSchemaProps = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name', 'port'],
  items: { type: 'object' },
};
const messages = (schema: JSONSchemaProps, value: Json): readonly string[] =>
  duplicateItemErrors(schema, value, 'spec.list').map(({ field, message }) => `${field}: ${message}`);

test('duplicateItemErrors() names each later item of a set that equals an earlier one', () => {
  assert.deepEqual(messages(setOf('string'), ['a', 'b', 'a', 'a']), [
    'spec.list[2]: Duplicate value: "a"',
    'spec.list[3]: Duplicate value: "a"',
  ]);
  assert.deepEqual(
    messages(setOf('object'), [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ]),
    ['spec.list[1]: Duplicate value: {"b":2,"a":1}'],
  );
  assert.deepEqual(messages(setOf('string'), ['1', 1 as never, 'true', true as never]), []);
});

test('duplicateItemErrors() compares items of a keyed list by the keys they have', () => {
  const items = [{ name: 'a', port: 1 }, { name: 'a' }, { name: 'a', port: 1, extra: true }, { name: 'a' }];
  assert.deepEqual(messages(keyed, items), [
    'spec.list[2]: Duplicate value: {"name":"a","port":1}',
    'spec.list[3]: Duplicate value: {"name":"a"}',
  ]);
});

test('duplicateItemErrors() looks through long lists once', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `item ${index}`);
  assert.deepEqual(messages(setOf('string'), [...many, 'item 7']), ['spec.list[100000]: Duplicate value: "item 7"']);
});
