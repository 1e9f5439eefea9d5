import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json } from '../../api/schema.ts';
import { schemaErrors } from './validate-schema.ts';

const texts = (schema: JSONSchemaProps, value: Json, old?: Json): readonly string[] =>
  schemaErrors(schema, value, { path: '', root: '', old }).map(({ field, message }) => `${field}: ${message}`);
const at = (field: JSONSchemaProps): JSONSchemaProps => ({ type: 'object', properties: { f: field } });

const refused: readonly (readonly [string, JSONSchemaProps, Json, readonly string[]])[] = [
  ['another type', { type: 'string' }, 1, ['f: Invalid value: "integer": f in body must be of type string: "integer"']],
  [
    'a fraction',
    { type: 'integer' },
    1.5,
    [
      'f: Invalid value: "number": f in body must be of type integer: "number"',
      '<nil>: Invalid value: "": Checked value must be of type integer (default format) in f',
    ],
  ],
  [
    'a number beyond its format',
    { type: 'integer', format: 'int32' },
    3_000_000_000,
    ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in f'],
  ],
  ['null', { type: 'string' }, null, ['f: Invalid value: "null": f in body must be of type string: "null"']],
  [
    'neither integer nor string',
    { 'x-kubernetes-int-or-string': true },
    true,
    ['f: Invalid value: "boolean": f in body must be of type integer,string: "boolean"'],
  ],
  [
    'a value outside the enum',
    { type: 'integer', enum: [1, 2] },
    3,
    ['f: Unsupported value: 3: supported values: "1", "2"'],
  ],
  ['a text that is too long', { type: 'string', maxLength: 1 }, 'ab', ['f: Too long: may not be more than 1 bytes']],
  [
    'a text that is too short',
    { type: 'string', minLength: 3 },
    'ab',
    ['f: Invalid value: "ab": f in body should be at least 3 chars long'],
  ],
  [
    'a text without the pattern',
    { type: 'string', pattern: '^x' },
    'a',
    ['f: Invalid value: "a": f in body should match \'^x\''],
  ],
  [
    'a text without the format',
    { type: 'string', format: 'date' },
    '2020-13-01',
    ['f: Invalid value: "2020-13-01": f in body must be of type date: "2020-13-01"'],
  ],
  [
    'a number that is too small',
    { type: 'integer', minimum: 3 },
    2,
    ['f: Invalid value: 2: f in body should be greater than or equal to 3'],
  ],
  [
    'a number at an open limit',
    { type: 'number', maximum: 10, exclusiveMaximum: true },
    10,
    ['f: Invalid value: 10: f in body should be less than 10'],
  ],
  ['no multiple', { type: 'integer', multipleOf: 4 }, 6, ['f: Invalid value: 6: f in body should be a multiple of 4']],
  [
    'items of another type',
    { type: 'array', items: { type: 'integer' } },
    [1, 'two'],
    ['f[1]: Invalid value: "string": f[1] in body must be of type integer: "string"'],
  ],
  ['too many items', { type: 'array', maxItems: 1, items: {} }, [1, 2], ['f: Too many: 2: must have at most 1 items']],
  [
    'none of the alternatives',
    { anyOf: [{ required: ['a'] }, { required: ['b'] }], type: 'object' },
    {},
    ['<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)', 'f.a: Required value'],
  ],
  [
    'none of the alternatives, by the one that comes closest',
    {
      anyOf: [{ required: ['a'] }, { properties: { b: { type: 'string' } }, required: ['c'] }],
      oneOf: [{ required: ['a'] }, { properties: { b: { type: 'integer' } }, required: ['d'] }],
      type: 'object',
    },
    { b: 'x' },
    [
      '<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)',
      'f.c: Required value',
      '<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found none valid',
      'f.b: Invalid value: "string": f.b in body must be of type integer: "string"',
      'f.d: Required value',
    ],
  ],
  [
    'all numbers, by a limit that is no whole number',
    { type: 'integer', minimum: 1.5 },
    2,
    ['<nil>: Invalid value: "": Minimum boundary value must be of type integer (default format) in f'],
  ],
  [
    'a whole number beyond the whole part of a limit',
    { type: 'number', maximum: 2.5 },
    3,
    ['f: Invalid value: 3: f in body should be less than or equal to 2'],
  ],
  [
    'null among the choices',
    { type: 'string', nullable: true, enum: ['a', null] },
    null,
    ['f: Unsupported value: null: supported values: "a", "null"'],
  ],
  [
    'two of the exclusive alternatives',
    { oneOf: [{ required: ['a'] }, { required: ['a', 'b'] }], type: 'object' },
    { a: 1, b: 1 },
    ['<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
  ],
  [
    'what is excluded',
    { not: { required: ['a'] }, type: 'object' },
    { a: 1 },
    ['<nil>: Invalid value: "": "f" must not validate the schema (not)'],
  ],
];

for (const [what, schema, value, expected] of refused) {
  test(`schemaErrors() refuses ${what}`, () => assert.deepEqual(texts(at(schema), { f: value }), expected));
}

test('schemaErrors() names missing fields after what is wrong with those that are there', () => {
  const inner: JSONSchemaProps = { type: 'object', required: ['x'] };
  const schema: JSONSchemaProps = { type: 'object', properties: { o: inner }, required: ['a'] };
  assert.deepEqual(texts(schema, { o: {} }), ['o.x: Required value', 'a: Required value']);
});

test('schemaErrors() accepts null where it is allowed', () => {
  assert.deepEqual(texts(at({ type: 'string', nullable: true }), { f: null }), []);
});

test('schemaErrors() does not hold against an update what it did not change', () => {
  const schema: JSONSchemaProps = {
    type: 'object',
    properties: { a: { type: 'string', maxLength: 3 }, b: { type: 'string' } },
  };
  assert.deepEqual(texts(schema, { a: 'long value', b: 'y' }, { a: 'long value', b: 'x' }), []);
  assert.deepEqual(texts(schema, { a: 'longer value' }, { a: 'long value' }), [
    'a: Too long: may not be more than 3 bytes',
  ]);
});

test('schemaErrors() matches items of keyed lists by their keys when it looks for changes', () => {
  const item: JSONSchemaProps = { type: 'object', properties: { v: { type: 'string', maxLength: 1 } } };
  const schema = at({
    type: 'array',
    items: item,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
  });
  const old = { f: [{ k: 'one', v: 'long' }] };
  assert.deepEqual(
    texts(
      schema,
      {
        f: [
          { k: 'two', v: 's' },
          { k: 'one', v: 'long' },
        ],
      },
      old,
    ),
    [],
  );
  assert.deepEqual(texts(schema, { f: [{ k: 'two', v: 'long' }] }, old), [
    'f[0].v: Too long: may not be more than 1 bytes',
  ]);
});
