import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAmounts } from './amounts.ts';
import { claimLimitErrors, limitErrors } from './limits.ts';
import { podDemand } from './pod-demand.ts';

const demand = (requests: Record<string, string>, limits: Record<string, string> = {}) => ({
  requests: readAmounts(requests),
  limits: readAmounts(limits),
});

test('limitErrors() names the bound that is crossed and what crosses it', () => {
  const item = {
    type: 'Container',
    min: { memory: '64Mi' },
    max: { memory: '1Gi' },
    maxLimitRequestRatio: { memory: '2' },
  };
  const cases: readonly (readonly [ReturnType<typeof demand>, readonly string[]])[] = [
    [demand({ memory: '512Mi' }, { memory: '1Gi' }), []],
    [
      demand({ memory: '32Mi' }, { memory: '48Mi' }),
      ['minimum memory usage per Container is 64Mi, but request is 32Mi'],
    ],
    [demand({ memory: '1Gi' }, { memory: '2Gi' }), ['maximum memory usage per Container is 1Gi, but limit is 2Gi']],
    [
      demand({ memory: '100Mi' }, { memory: '300Mi' }),
      ['memory max limit to request ratio per Container is 2, but provided ratio is 3.000000'],
    ],
    [
      demand({}),
      [
        'minimum memory usage per Container is 64Mi.  No request is specified',
        'maximum memory usage per Container is 1Gi.  No limit is specified',
        'memory max limit to request ratio per Container is 2, but no request is specified or request is 0',
      ],
    ],
  ];
  for (const [asked, errors] of cases) assert.deepEqual(limitErrors(item, asked), errors);
});

test('claimLimitErrors() looks at requests alone', () => {
  const item = { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } };
  assert.deepEqual(claimLimitErrors(item, readAmounts({ storage: '2Gi' })), []);
  assert.deepEqual(claimLimitErrors(item, readAmounts({ storage: '6Gi' })), [
    'maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi',
  ]);
});

test('podDemand() adds what runs together and takes the hungriest step before it', () => {
  const container = (name: string, cpu: string, restartPolicy?: string) => ({
    name,
    resources: { requests: { cpu } },
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  });
  const spec = {
    containers: [container('a', '100m'), container('b', '200m')],
    initContainers: [container('side', '50m', 'Always'), container('step', '1')],
    overhead: { cpu: '10m' },
  };
  assert.equal(podDemand(spec, false).requests['cpu']?.nanos, 1_050_000_000n);
  assert.equal(podDemand(spec, true).requests['cpu']?.nanos, 1_060_000_000n);
  assert.deepEqual(podDemand(spec, true).limits, {});
});
