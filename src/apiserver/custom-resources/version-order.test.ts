import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions } from './version-order.ts';

test('compareVersions() puts stable versions first, then higher ones, then other names', () => {
  const versions = ['v1alpha1', 'v2beta1', 'foo', 'v1', 'v10', 'v11alpha2', 'bar'];
  const expected = ['v10', 'v1', 'v2beta1', 'v11alpha2', 'v1alpha1', 'bar', 'foo'];
  assert.deepEqual(versions.toSorted(compareVersions), expected);
});
