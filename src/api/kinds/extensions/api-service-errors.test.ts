import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { APIService } from '../../groups/apiregistration.v1.ts';
import { apiServiceErrors, apiServiceStatusErrors } from './api-service-errors.ts';

const good = { group: 'g.io', version: 'v1', groupPriorityMinimum: 1, versionPriority: 1 };

test('apiServiceErrors() tells local from remote services', () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, []],
    [{ groupPriorityMinimum: 0 }, ['groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000']],
    [{ versionPriority: 1001 }, ['versionPriority: Invalid value: 1001: must be positive and less than 1000']],
    [{ caBundle: 'AAAA' }, ['caBundle: Invalid value: "3 bytes": local APIServices may not have a caBundle']],
    [
      { insecureSkipTLSVerify: true },
      ['insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify'],
    ],
    [{ service: { port: 443 } }, ['service.namespace: Required value', 'service.name: Required value']],
    [
      { service: { namespace: 'n', name: 's', port: 443 }, insecureSkipTLSVerify: true, caBundle: 'AAAA' },
      ['insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present'],
    ],
  ];
  for (const [change, expected] of cases) {
    const service = { metadata: { name: 'v1.g.io' }, spec: { ...good, ...change } } as unknown as APIService;
    assert.deepEqual(
      apiServiceErrors(service).map(({ field, message }) => `${field}: ${message}`),
      expected.map((text) => `spec.${text}`),
    );
  }
});

test('apiServiceStatusErrors() knows three answers to a condition', () => {
  const status = { conditions: [{ type: 'Available', status: 'Maybe' }] };
  assert.deepEqual(
    apiServiceStatusErrors({ status } as unknown as APIService).map(({ field, message }) => `${field}: ${message}`),
    ['status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"'],
  );
});
