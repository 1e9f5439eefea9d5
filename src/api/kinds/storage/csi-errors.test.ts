import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CSIDriver, CSINode, CSIStorageCapacity } from '../../groups/storage.v1.ts';
import {
  capacityErrors,
  capacityUpdateErrors,
  driverErrors,
  driverUpdateErrors,
  nodeDriversErrors,
  nodeDriversUpdateErrors,
} from './csi-errors.ts';

const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const driver = (spec: object): CSIDriver =>
  ({
    metadata: { name: 'd' },
    spec: { attachRequired: true, podInfoOnMount: false, storageCapacity: false, ...spec },
  }) as unknown as CSIDriver;
const node = (...drivers: readonly object[]): CSINode =>
  ({ metadata: { name: 'n' }, spec: { drivers } }) as unknown as CSINode;

test('driverErrors() tells of tokens, modes and periods that cannot be', () => {
  const token = (audience: string, expirationSeconds?: number): object => ({ audience, expirationSeconds });
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      { tokenRequests: [token('a', 599), token('a', 1), token('b', 2 ** 33)] },
      [
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
        'spec.tokenRequests[2].expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds',
      ],
    ],
    [
      { volumeLifecycleModes: ['Short'] },
      ['spec.volumeLifecycleModes: Unsupported value: "Short": supported values: "Persistent", "Ephemeral"'],
    ],
    [
      { fsGroupPolicy: 'X' },
      ['spec.fsGroupPolicy: Unsupported value: "X": supported values: "File", "None", "ReadWriteOnceWithFSType"'],
    ],
    [
      { nodeAllocatableUpdatePeriodSeconds: 9 },
      ['spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds'],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(texts(driverErrors(driver(spec))), expected);
});

test('driverUpdateErrors() keeps how volumes are attached and which live how long', () => {
  assert.deepEqual(texts(driverUpdateErrors(driver({ attachRequired: false, podInfoOnMount: true }), driver({}))), [
    'spec.attachedRequired: Invalid value: false: field is immutable',
  ]);
});

test('nodeDriversErrors() tells of ids, counts, names and keys', () => {
  const good = { name: 'a.b', nodeID: 'x' };
  const cases: readonly (readonly [readonly object[], readonly string[]])[] = [
    [[{ name: 'a.b', nodeID: '' }], ['spec.drivers[0].nodeID: Required value']],
    [
      [{ ...good, nodeID: 'x'.repeat(257) }],
      [`spec.drivers[0].nodeID: Invalid value: "${'x'.repeat(257)}": must be 256 characters or less`],
    ],
    [
      [{ ...good, allocatable: { count: -1 } }],
      ['spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      [good, { ...good, topologyKeys: ['c', 'c'] }],
      ['spec.drivers[1].name: Duplicate value: "a.b"', 'spec.drivers[1]: Duplicate value: "c"'],
    ],
  ];
  for (const [drivers, expected] of cases) assert.deepEqual(texts(nodeDriversErrors(node(...drivers))), expected);
});

test('nodeDriversUpdateErrors() lets only the count of volumes change', () => {
  const old = node({ name: 'a.b', nodeID: 'x', allocatable: { count: 1 } });
  assert.deepEqual(nodeDriversUpdateErrors(node({ name: 'a.b', nodeID: 'x', allocatable: { count: 2 } }), old), []);
  assert.deepEqual(nodeDriversUpdateErrors(node({ name: 'c.d', nodeID: 'y' }), old), []);
  assert.deepEqual(texts(nodeDriversUpdateErrors(node({ name: 'a.b', nodeID: 'y' }), old)), [
    'spec.drivers: Invalid value: {"Name":"a.b","NodeID":"y","TopologyKeys":null,"Allocatable":null}: field is immutable',
  ]);
});

const capacity = (parts: object): CSIStorageCapacity =>
  ({ metadata: { name: 'c' }, storageClassName: 'fast', ...parts }) as unknown as CSIStorageCapacity;

test('capacityErrors() tells of negative sizes; capacityUpdateErrors() keeps what was asked for', () => {
  assert.deepEqual(texts(capacityErrors(capacity({ capacity: '-1', maximumVolumeSize: '-2' }))), [
    'capacity: Invalid value: "-1": must be greater than or equal to 0',
  ]);
  assert.deepEqual(texts(capacityUpdateErrors(capacity({ storageClassName: 'slow' }), capacity({}))), [
    'storageClassName: Invalid value: "slow": field is immutable',
  ]);
});
