import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteContext } from '../../descriptor.ts';
import type { StorageVersionMigration } from '../../groups/storagemigration.v1beta1.ts';
import { storageVersionMigrationDescriptor as descriptor } from './storage-version-migration.ts';

type Status = StorageVersionMigration['status'];

function migration(resource: string, group = '', status: Status = {}): StorageVersionMigration {
  const metadata = { name: 'm', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z', resourceVersion: '1' };
  return { metadata, spec: { resource: { group, resource } }, status } as StorageVersionMigration;
}

const context = (subresource: string) => ({ nowMs: 0, user: '', groups: [], subresource }) as unknown as WriteContext;
const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const statusTexts = (status: Status, old: Status = {}) =>
  texts(
    descriptor.validateUpdate?.(migration('secrets', '', status), migration('secrets', '', old), context('status')),
  ).map((text) => text.replace(/\[\{.*\}\]/, '[…]'));

const condition = (type: string, status = 'True', reason = 'Why') => ({
  type,
  status,
  reason,
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const statusOf = (...conditions: readonly ReturnType<typeof condition>[]) => ({ conditions }) as unknown as Status;

test('storageVersionMigrationDescriptor wants a resource', () => {
  const errors = (resource: string, group?: string) =>
    texts(descriptor.validateCreate?.(migration(resource, group), {} as never));
  assert.deepEqual(errors(''), ['spec.resource.resource: Required value: resource is required to be set']);
  assert.match(errors('A_b')[0] ?? '', /^spec\.resource\.resource: Invalid value: "A_b": a DNS-1035 label must/);
  assert.match(errors('foos', 'a_b')[0] ?? '', /^spec\.resource\.group: Invalid value: "a_b": a lowercase RFC 1123/);
  assert.deepEqual(errors('foos', 'example.com'), []);
});

test('storageVersionMigrationDescriptor keeps what is migrated', () => {
  assert.deepEqual(texts(descriptor.validateUpdate?.(migration('pods'), migration('secrets'), context(''))), [
    'spec: Invalid value: {"Resource":{"group":"","resource":"pods"}}: field is immutable',
  ]);
});

test('storageVersionMigrationDescriptor checks what a status says', () => {
  const at = 'status.conditions: Invalid value: […]: ';
  const cases: readonly (readonly [Status, Status, readonly string[]])[] = [
    [{ resourceVersion: '12' }, {}, []],
    [
      { resourceVersion: '012' },
      {},
      ['status.resourceVersion: Invalid value: "012": resource version is not well formed: 012'],
    ],
    [
      { resourceVersion: '13' },
      { resourceVersion: '12' },
      ['status.resourceVersion: Invalid value: "13": field is immutable'],
    ],
    [
      statusOf(condition('Succeeded'), condition('Failed')),
      {},
      [`${at}Both success and failed conditions cannot be true at the same time`],
    ],
    [
      statusOf(condition('Succeeded'), condition('Running')),
      {},
      [`${at}Running condition cannot be true when success condition is true`],
    ],
    [
      statusOf(condition('Failed'), condition('Running')),
      {},
      [`${at}Running condition cannot be true when failed condition is true`],
    ],
    [
      statusOf(condition('Succeeded', 'False')),
      statusOf(condition('Succeeded')),
      [`${at}Success condition cannot be set to false once it is true`],
    ],
    [
      statusOf(condition('Failed', 'False')),
      statusOf(condition('Failed')),
      [`${at}Failed condition cannot be set to false once it is true`],
    ],
    [
      statusOf(condition('A', 'Maybe', ''), condition('A')),
      {},
      [
        'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
        'status.conditions[0].reason: Required value: must be set',
        'status.conditions[1].type: Duplicate value: "A"',
      ],
    ],
    [
      statusOf(condition('A', 'True', 'no reason')),
      {},
      [
        "status.conditions[0].reason: Invalid value: \"no reason\": a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
      ],
    ],
  ];
  for (const [status, old, expected] of cases) assert.deepEqual(statusTexts(status, old), expected);
});
