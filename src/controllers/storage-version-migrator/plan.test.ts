import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StorageVersionMigration } from '../../api/groups/storagemigration.v1beta1.ts';
import { failed, isOld, planMigration, running, succeeded, type Step } from './plan.ts';

const now = '2026-01-01T00:00:00Z';
const nowMs = Date.parse(now);

function migration(status: StorageVersionMigration['status']): StorageVersionMigration {
  const metadata = { name: 'm', uid: 'u', creationTimestamp: now, resourceVersion: '1' };
  return { metadata, spec: { resource: { group: '', resource: 'secrets' } }, status } as StorageVersionMigration;
}

const tables: readonly {
  title: string;
  status: StorageVersionMigration['status'];
  served?: boolean;
  afterMs?: number;
  step: Step;
}[] = [
  { title: 'remembers the version first', status: {}, step: { type: 'remember' } },
  { title: 'migrates what is older', status: { resourceVersion: '7' }, step: { type: 'migrate', before: 7n } },
  {
    title: 'goes on where another process ended',
    status: running({ resourceVersion: '7' }, now),
    step: { type: 'migrate', before: 7n },
  },
  { title: 'waits for a resource to be served', status: {}, served: false, afterMs: 59_999, step: { type: 'wait' } },
  {
    title: 'fails when a resource is not served after a minute',
    status: {},
    served: false,
    afterMs: 60_000,
    step: { type: 'fail', why: 'unable to obtain GVR from discovery' },
  },
  { title: 'leaves what has succeeded alone', status: succeeded({}, now), served: false, step: { type: 'none' } },
  { title: 'leaves what has failed alone', status: failed({}, 'why', now), step: { type: 'none' } },
];

for (const { title, status, served = true, afterMs = 0, step } of tables) {
  test(`planMigration() ${title}`, () => {
    assert.deepEqual(planMigration(migration(status), served, nowMs + afterMs), step);
  });
}

test('isOld() means what was last written at or before the version', () => {
  assert.deepEqual(
    ['9', '10', '11', '18446744073709551616'].map((version) => isOld(version, 10n)),
    [true, true, false, false],
  );
});

test('failed() says why, and that nothing runs any more', () => {
  const status = failed(running({ resourceVersion: '7' }, now), 'denied', '2026-01-01T00:01:00Z');
  assert.deepEqual(status, {
    resourceVersion: '7',
    conditions: [
      {
        type: 'Running',
        status: 'False',
        lastTransitionTime: '2026-01-01T00:01:00Z',
        reason: 'StorageVersionMigrationInProgress',
        message: '',
      },
      {
        type: 'Failed',
        status: 'True',
        lastTransitionTime: '2026-01-01T00:01:00Z',
        reason: 'StorageVersionMigrationFailed',
        message: 'migration encountered unhandled error: denied',
      },
    ],
  });
});
