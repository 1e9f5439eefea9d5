import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../groups/apiextensions.v1.ts';
import { completenessErrors } from './completeness-errors.ts';

test('completenessErrors() wants what alternatives speak of to be declared', () => {
  const text = { type: 'string' };
  const schema: JSONSchemaProps = {
    type: 'object',
    properties: { a: text, l: { type: 'array', items: { type: 'object', properties: { b: text } } } },
    allOf: [{ properties: { a: { pattern: 'x' }, z: { minimum: 1 } } }],
    anyOf: [{ required: ['nothing'] }, { properties: { l: { items: { properties: { c: {} } } } } }],
    not: { items: { maxLength: 1 } },
  };
  assert.deepEqual(
    completenessErrors(schema, schema, 'root').map(({ field, message }) => `${field}: ${message}`),
    [
      'root.items: Required value: because it is defined in root.not.items',
      'root.properties[z]: Required value: because it is defined in root.allOf[0].properties[z]',
      'root.properties[l].items.properties[c]: Required value: because it is defined in root.anyOf[1].properties[l].items.properties[c]',
    ],
  );
});
