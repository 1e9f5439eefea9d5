import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors } from '../../testing/checked.ts';
import { resourceQuotaDescriptor } from './quotas.ts';

test('quotaErrors() knows huge pages that are asked for, and refuses what no quota counts', () => {
  const hard = { 'hugepages-2Mi': '2Mi', 'requests.hugepages-2Mi': '2Mi', 'requests.example.com/gpu': '1.5' };
  assert.deepEqual(createErrors(resourceQuotaDescriptor, { spec: { hard } }), []);
  assert.deepEqual(createErrors(resourceQuotaDescriptor, { spec: { hard: { 'requests.foo': '1' } } }), [
    'spec.hard[requests.foo]: Invalid value: "requests.foo": must be a standard resource type or fully qualified',
    'spec.hard[requests.foo]: Invalid value: "requests.foo": must be a standard resource for quota',
  ]);
});

test('quotaErrors() of many unsupported scopes share one text of them all', () => {
  const scopes = Array.from({ length: 20_000 }, (_, index) => `scope-${index}`);
  const errors = createErrors(resourceQuotaDescriptor, { spec: { hard: { pods: '1' }, scopes } });
  assert.ok(errors.length > 0);
  assert.match(errors[0] ?? '', /^spec\.scopes: Invalid value: \["scope-0",/);
});
