import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim } from '../../groups/core.v1.ts';
import { claimErrors } from './claim-errors.ts';
import { claimStatusErrors, claimUpdateErrors } from './claim-update.ts';

const claim = (spec: object, status: object = {}, annotations: object = {}): PersistentVolumeClaim =>
  ({
    metadata: { name: 'c', namespace: 'n', annotations },
    spec: {
      accessModes: ['ReadWriteOnce'],
      volumeMode: 'Filesystem',
      resources: { requests: { storage: '2Gi' } },
      ...spec,
    },
    status,
  }) as unknown as PersistentVolumeClaim;
const size = (storage: string): object => ({ resources: { requests: { storage } } });
const bound = { phase: 'Bound', capacity: { storage: '1Gi' } };
const errorsOf = (made: PersistentVolumeClaim, old: PersistentVolumeClaim): string[] =>
  claimUpdateErrors(made, old).map(({ field, message }) => `${field}: ${message.split('\n')[0]}`);
const fixed =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

test('claimErrors() tells a source without a group from one with an empty group', () => {
  const source = { kind: 'PersistentVolumeClaim', name: 'x' };
  const errors = (dataSource: object, dataSourceRef: object): string[] =>
    claimErrors(claim({ dataSource, dataSourceRef })).map(({ field, message }) => `${field}: ${message}`);
  assert.deepEqual(errors(source, source), []);
  assert.deepEqual(errors({ ...source, apiGroup: '' }, source), ['spec: Invalid value: {}: must match dataSourceRef']);
});

test('claimUpdateErrors() lets a bound claim grow, or shrink to no less than what it has', () => {
  const less = 'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity';
  const cases: readonly (readonly [PersistentVolumeClaim, PersistentVolumeClaim, readonly string[]])[] = [
    [claim(size('3Gi'), bound), claim({}, bound), []],
    [claim(size('1500Mi'), bound), claim({}, bound), []],
    [claim(size('1Gi'), bound), claim({}, bound), [less]],
    [claim(size('3Gi')), claim({}), [fixed]],
    [claim({ volumeName: 'v' }), claim({}), []],
    [claim({ volumeName: 'w' }), claim({ volumeName: 'v' }), [fixed]],
    [claim({ storageClassName: 'a' }), claim({}), []],
    [claim({ storageClassName: 'b' }), claim({ storageClassName: 'a' }), [fixed]],
    [claim({ volumeMode: 'Block' }), claim({}), [fixed, 'volumeMode: Invalid value: "Block": field is immutable']],
    [claim({ volumeAttributesClassName: 'a' }, bound), claim({}, bound), []],
    [claim({ volumeAttributesClassName: 'a' }), claim({}), [fixed]],
    [
      claim({ volumeAttributesClassName: '' }, bound),
      claim({ volumeAttributesClassName: 'a' }, bound),
      ['spec.volumeAttributesClassName: Forbidden: update from non-nil value to an empty string is forbidden'],
    ],
  ];
  for (const [made, old, expected] of cases) assert.deepEqual(errorsOf(made, old), expected);
});

test('claimUpdateErrors() lets the class move from its annotation to its field', () => {
  const annotation = 'volume.beta.kubernetes.io/storage-class';
  const old = claim({}, {}, { [annotation]: 'a' });
  assert.deepEqual(errorsOf(claim({ storageClassName: 'a' }), old), []);
  assert.deepEqual(errorsOf(claim({}, {}, { [annotation]: 'b' }), old), [
    `metadata.annotations.${annotation}: Invalid value: "b": field is immutable`,
  ]);
});

test('claimStatusErrors() wants storage, in states that are known', () => {
  const errors = claimStatusErrors(
    claim(
      {},
      { capacity: { storage: '-1' }, allocatedResourceStatuses: { storage: 'Odd' }, allocatedResources: { cpu: '1' } },
    ),
  );
  assert.deepEqual(
    errors.map(({ field, message }) => `${field}: ${message}`.slice(0, 66)),
    [
      'status.capacity[storage]: Invalid value: -1: must be a valid resou',
      'status.allocatedResourceStatus: Unsupported value: "storage": supp',
      'status.allocatedResources: Unsupported value: "cpu": supported val',
    ],
  );
});
