import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps, Pods } from '../../api/resources.ts';
import { nowMs, pod, quota } from '../testing/objects.ts';
import { changesUsage, nextReleaseMs, planQuotaStatus } from './plan.ts';

const asking = (name: string, cpu: string) =>
  pod(name, { spec: { containers: [{ name: 'main', resources: { requests: { cpu } } }] } });

test('planQuotaStatus() adds up what is there, and says zero for what is not', () => {
  const of = quota({ hard: { pods: '5', cpu: '2', 'count/configmaps': '3' } });
  const counted = [
    { resource: Pods, objects: [asking('a', '500m'), asking('b', '1')] },
    { resource: ConfigMaps, objects: [] },
  ];
  assert.deepEqual(planQuotaStatus(of, counted, nowMs), {
    hard: { pods: '5', cpu: '2', 'count/configmaps': '3' },
    used: { pods: '2', cpu: '1500m', 'count/configmaps': '0' },
  });
});

test('planQuotaStatus() has nothing to do when the status is true, in whatever notation', () => {
  const hard = { pods: '5', cpu: '2' };
  const counted = [{ resource: Pods, objects: [asking('a', '1')] }];
  assert.equal(
    planQuotaStatus(quota({ hard }, { hard, used: { pods: '1', cpu: '1000m' } }), counted, nowMs),
    undefined,
  );
  assert.deepEqual(planQuotaStatus(quota({ hard }, { hard, used: { pods: '2', cpu: '1' } }), counted, nowMs), {
    hard,
    used: { pods: '1', cpu: '1' },
  });
});

test('planQuotaStatus() keeps what nobody counts, and forgets what is no longer limited', () => {
  const of = quota(
    { hard: { 'count/gadgets.example.com': '2' } },
    { used: { 'count/gadgets.example.com': '1', pods: '7' } },
  );
  assert.deepEqual(planQuotaStatus(of, [], nowMs)?.used, { 'count/gadgets.example.com': '1' });
});

test('planQuotaStatus() counts only what is in scope', () => {
  const of = quota({ hard: { pods: '5' }, scopes: ['BestEffort'] });
  const counted = [{ resource: Pods, objects: [asking('a', '1'), pod('b')] }];
  assert.deepEqual(planQuotaStatus(of, counted, nowMs)?.used, { pods: '1' });
});

test('changesUsage() tells a pod that has finished from one that merely changed', () => {
  const of = quota({ hard: { pods: '5' } });
  assert.equal(changesUsage(of, Pods, [pod('a'), pod('a', { readySince: '2026-01-01T00:00:00Z' })], nowMs), false);
  assert.equal(changesUsage(of, Pods, [pod('a'), pod('a', { phase: 'Failed' })], nowMs), true);
  const going = pod('a', { meta: { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 } });
  assert.equal(changesUsage(of, Pods, [pod('a'), going], nowMs), true);
});

test('nextReleaseMs() is when the first pod on its way out stops to count', () => {
  const going = (seconds: number) =>
    pod('a', { meta: { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: seconds } });
  assert.equal(nextReleaseMs([pod('b'), going(30), going(5)], nowMs), nowMs + 5000);
  assert.equal(nextReleaseMs([pod('b')], nowMs), undefined);
});
