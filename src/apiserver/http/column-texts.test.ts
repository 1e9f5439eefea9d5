import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Descriptor } from '../../api/descriptor.ts';
import { descriptors } from '../../api/kinds/descriptors.ts';
import { columnText } from './column-texts.ts';

/** Kubernetes has no text for them. */
const wordless = ['runtimeclasses Handler'];

test('columnText() knows every column of every built-in table', () => {
  for (const { resource, table } of descriptors as readonly Descriptor<never>[]) {
    for (const { name } of table?.columns ?? []) {
      const what = `${resource.plural} ${name}`;
      assert.equal(columnText(resource.plural, resource.group, name) === '', wordless.includes(what), what);
    }
  }
});
