import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/groups/core.v1.ts';
import { testCluster, testNode, testPod } from '../../test-objects.ts';

const stored = { uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

function claim(phase: string, more: object = {}): PersistentVolumeClaim {
  return {
    metadata: { name: 'data', namespace: 'default', ...stored },
    spec: { resources: {}, ...(phase === 'Bound' ? { volumeName: 'disk' } : {}), storageClassName: 'fast' },
    status: { phase },
    ...more,
  };
}

const onlyOnB: PersistentVolume = {
  metadata: { name: 'disk', ...stored },
  spec: {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['b'] }] }],
      },
    },
  },
  status: {},
};

function outcome(found: PersistentVolumeClaim | undefined, volume?: PersistentVolume, waits = false): string {
  const cluster = testCluster([testNode('a'), testNode('b')]);
  cluster.table.volumes = { claim: () => found, volume: () => volume, waitsForConsumer: () => waits };
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  const decision = cluster.decide(testPod('pod', { volumes }));
  return decision.type === 'fits' ? decision.nodeName : decision.message.replace(/ no new claims.*$/, '');
}

test('preFilter() keeps a pod where its volume is', () => {
  assert.equal(outcome(claim('Bound'), onlyOnB), 'b');
});

test('preFilter() says what is wrong with a claim', () => {
  const available = '0/2 nodes are available:';
  const cases: readonly (readonly [string, string])[] = [
    [outcome(undefined), 'persistentvolumeclaim "data" not found.'],
    [outcome(claim('Pending')), 'pod has unbound immediate PersistentVolumeClaims.'],
    [
      outcome(claim('Pending'), undefined, true),
      'persistentvolumeclaim "data" waits for its first consumer, which this scheduler does not support.',
    ],
    [
      outcome(
        claim('Bound', { metadata: { name: 'data', namespace: 'default', deletionTimestamp: 'now', ...stored } }),
      ),
      'persistentvolumeclaim "data" is being deleted.',
    ],
  ];
  for (const [actual, expected] of cases) assert.equal(actual, `${available} ${expected}`);
});
