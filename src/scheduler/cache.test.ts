import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SchedulerCache } from './cache.ts';
import type { ClusterEvent } from './framework.ts';
import { NodeTable } from './node-table.ts';
import { podInfo } from './pod-info.ts';
import { testNode, testPod } from './test-objects.ts';

function newCache(): SchedulerCache {
  const cache = new SchedulerCache(new NodeTable());
  cache.setNode(testNode('a'));
  cache.setNode(testNode('b'));
  return cache;
}

const kinds = (events: readonly ClusterEvent[]) => events.map(({ change }) => change);
const pod = testPod('web', { requests: { cpu: '1' } });
const bound = testPod('web', { requests: { cpu: '1' }, nodeName: 'a' });
const cpuOn = ({ table }: SchedulerCache, name: string) => table.resource('cpu').requested[table.row(name) ?? -1];

test('assume() counts a pod until it is forgotten', () => {
  const cache = newCache();
  cache.assume(podInfo(pod), 'a');
  assert.equal(cpuOn(cache, 'a'), 1000);
  cache.forget(pod.metadata.uid);
  assert.equal(cpuOn(cache, 'a'), 0);
});

test('setPod() confirms an assumed pod, which can then not be forgotten', () => {
  const cache = newCache();
  cache.assume(podInfo(pod), 'a');
  assert.deepEqual(kinds(cache.setPod(bound)), ['pod assigned']);
  cache.forget(pod.metadata.uid);
  assert.equal(cpuOn(cache, 'a'), 1000);
});

test('setPod() moves a pod that was assumed on the wrong node', () => {
  const cache = newCache();
  cache.assume(podInfo(pod), 'b');
  cache.setPod(bound);
  assert.deepEqual([cpuOn(cache, 'a'), cpuOn(cache, 'b')], [1000, 0]);
});

test('setPod() tells of changes that matter to other pods only', () => {
  const cache = newCache();
  cache.setPod(bound);
  assert.deepEqual(cache.setPod({ ...bound, status: { phase: 'Running' } }), []);
  const larger = testPod('web', { requests: { cpu: '2' }, nodeName: 'a' });
  assert.deepEqual(kinds(cache.setPod(larger)), ['assigned pod changed']);
  assert.equal(cpuOn(cache, 'a'), 2000);
});

test('setNode() tells what changed, and nothing for a heartbeat', () => {
  const cache = newCache();
  assert.deepEqual(kinds(cache.setNode(testNode('c'))), ['node added']);
  assert.deepEqual(kinds(cache.setNode(testNode('c'))), []);
  assert.deepEqual(kinds(cache.setNode(testNode('c', { labels: { x: 'y' } }))), ['node labels changed']);
  assert.deepEqual(kinds(cache.setNode(testNode('c', { allocatable: { cpu: '9' }, unschedulable: true }))), [
    'node allocatable changed',
    'node labels changed',
    'node taints changed',
  ]);
});

test('removeNode() keeps the pods of a node that comes back', () => {
  const cache = newCache();
  cache.setPod(bound);
  assert.deepEqual(
    cache.removeNode(testNode('a')).map(({ change }) => change),
    ['node deleted'],
  );
  assert.equal(cache.table.live.length, 1);
  cache.setNode(testNode('a'));
  assert.equal(cpuOn(cache, 'a'), 1000);
});

test('setPod() counts anew when a resize changes what the status says', () => {
  const cache = newCache();
  const running = (cpu: string, given: string) => {
    const own = { name: 'main', image: '', imageID: '', ready: true, restartCount: 0, state: {}, lastState: {} };
    const resources = { requests: { cpu: given } };
    const containerStatuses = [{ ...own, resources, allocatedResources: { cpu: given } }];
    const [container = assert.fail()] = bound.spec.containers;
    const containers = [{ ...container, name: 'main', resources: { requests: { cpu } } }];
    return { ...bound, spec: { ...bound.spec, containers }, status: { ...bound.status, containerStatuses } };
  };
  cache.setPod(running('2', '2'));
  assert.deepEqual(cache.setPod(running('1', '2')), []);
  assert.equal(cpuOn(cache, 'a'), 2000);
  assert.deepEqual(kinds(cache.setPod(running('1', '1'))), ['assigned pod changed']);
  assert.equal(cpuOn(cache, 'a'), 1000);
});
