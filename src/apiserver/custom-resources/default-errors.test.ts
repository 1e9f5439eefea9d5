import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { defaultErrors } from './default-errors.ts';

const texts = (properties: Readonly<Record<string, JSONSchemaProps>>): readonly string[] =>
  defaultErrors({ type: 'object', properties }, 'schema').map(({ field, message }) => `${field}: ${message}`);

test('defaultErrors() takes what the schema beside a default takes', () => {
  const sound: Readonly<Record<string, JSONSchemaProps>> = {
    a: { type: 'integer', minimum: 1, default: 1 },
    b: { type: 'array', items: { type: 'string', default: 'x' }, default: ['y'] },
    c: { type: 'object', properties: { d: { type: 'string' } }, default: { d: 'e' } },
    f: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, default: { g: 1 } },
    h: { type: 'object', additionalProperties: { type: 'string' }, default: { i: 'j' } },
    k: { 'x-kubernetes-int-or-string': true, default: '10%' },
  };
  assert.deepEqual(texts(sound), []);
});

test('defaultErrors() refuses another type, what is out of bounds, and what would be pruned', () => {
  const wrong: readonly (readonly [JSONSchemaProps, RegExp])[] = [
    [
      { type: 'string', default: 7 },
      /^schema\.properties\[a\]\.default: Invalid value: "integer": .*must be of type string/,
    ],
    [{ type: 'integer', minimum: 3, default: 1 }, /^schema\.properties\[a\]\.default: .*greater than or equal to 3$/],
    [
      { type: 'object', properties: { d: { type: 'string' } }, default: { x: 1 } },
      /^schema\.properties\[a\]\.default: Invalid value: \{"x":1\}: must not have unknown fields$/,
    ],
    [
      {
        type: 'array',
        items: { type: 'object', required: ['d'], properties: { d: { type: 'string' } } },
        default: [{}],
      },
      /^schema\.properties\[a\]\.default\.\[0\]\.d: Required value$/,
    ],
    [
      { type: 'object', properties: { d: { type: 'string', enum: ['x'], default: 'y' } } },
      /^schema\.properties\[a\]\.properties\[d\]\.default: Unsupported value: "y"/,
    ],
    [
      { type: 'object', 'x-kubernetes-embedded-resource': true, default: { kind: 'Pod' } },
      /^schema\.properties\[a\]\.default\.apiVersion: Required value$/,
    ],
  ];
  for (const [schema, expected] of wrong) assert.match(texts({ a: schema })[0] ?? '', expected);
});
