import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps } from '../../groups/apiextensions.v1.ts';
import { selectableErrors } from './selectable-errors.ts';

const text: JSONSchemaProps = { type: 'string' };
const root: JSONSchemaProps = {
  type: 'object',
  properties: {
    metadata: { type: 'object', properties: { name: text } },
    spec: {
      type: 'object',
      properties: {
        color: text,
        size: { type: 'integer' },
        list: { type: 'array', items: text },
        map: { type: 'object', additionalProperties: text },
        ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}`, text])),
      },
    },
  },
};

const scalar =
  'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';

test('selectableErrors() says what is wrong with each path', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['.spec.color', '.spec.size', '.spec.map.a'], []],
    [[''], ['[0].jsonPath: Required value']],
    [['spec.color'], ['[0].jsonPath: Invalid value: "spec.color": is an invalid path: expected [ or . but got: spec']],
    [['.spec.'], ['[0].jsonPath: Invalid value: ".spec.": is an invalid path: unexpected end of JSON path']],
    [['.spec.no'], ['[0].jsonPath: Invalid value: ".spec.no": is an invalid path: does not refer to a valid field']],
    [
      ['.spec.list[0]'],
      ['[0].jsonPath: Invalid value: ".spec.list[0]": is an invalid path: array notation is not allowed'],
    ],
    [['.spec.list'], [`[0].jsonPath: Invalid value: ".spec.list": ${scalar}`]],
    [['.metadata.name'], ['[0].jsonPath: Invalid value: ".metadata.name": must not point to fields in metadata']],
    [['.spec.color', '.spec.color'], ['[1].jsonPath: Duplicate value: ".spec.color"']],
  ];
  for (const [paths, expected] of cases) {
    const errors = selectableErrors(
      paths.map((jsonPath) => ({ jsonPath })),
      root,
      'at',
    );
    assert.deepEqual(
      errors.map(({ field, message }) => `${field}: ${message}`),
      expected.map((each) => `at${each}`),
    );
  }
});

test('selectableErrors() lets fields be too many only where they were before', () => {
  const nine = Array.from({ length: 9 }, (_, i) => ({ jsonPath: `.spec.f${i}` }));
  const messages = selectableErrors(nine, root, 'at').map(({ message }) => message);
  assert.deepEqual(messages, ['Too many: 9: must have at most 8 items']);
  assert.deepEqual(selectableErrors(nine, root, 'at', true), []);
});
