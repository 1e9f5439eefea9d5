import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../../api/schema.ts';
import { parseJsonPath, valuesAt } from './json-path.ts';

const object: Json = {
  metadata: { annotations: { 'a.b/c': 'x' } },
  spec: { list: [{ name: 'one' }, { name: 'two' }], 'x-y': 3 },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
};

const paths: readonly (readonly [string, readonly Json[]])[] = [
  ['.spec.list[0].name', ['one']],
  ['.spec.list[-1].name', ['two']],
  ['.spec.list[*].name', ['one', 'two']],
  [".metadata.annotations['a.b/c']", ['x']],
  ['.metadata.annotations.a\\.b/c', ['x']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['.spec.x-y', [3]],
  ['.spec.missing.deeper', []],
];

for (const [path, expected] of paths) {
  test(`valuesAt() finds ${JSON.stringify(expected)} at ${path}`, () => {
    assert.deepEqual(valuesAt(object, parseJsonPath(path)), expected);
  });
}

test('parseJsonPath() refuses what is no path', () => {
  assert.throws(() => parseJsonPath('.spec[oops'), /unrecognized JSON path/);
});
