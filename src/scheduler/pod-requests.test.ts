import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '../api/groups/core.v1.ts';
import { podRequests, podScoringRequests } from './pod-requests.ts';
import { testPod, type PodSketch } from './test-objects.ts';

function container(cpu: string, restartPolicy?: string): Container {
  const resources = cpu === '' ? {} : { requests: { cpu } };
  return { name: cpu, resources, ...(restartPolicy === undefined ? {} : { restartPolicy }) };
}

const cpuOf = (sketch: PodSketch) => podRequests(testPod('pod', sketch)).get('cpu') ?? 0;

test('podRequests() adds containers up', () => {
  assert.equal(cpuOf({ containers: [container('1'), container('500m'), container('')] }), 1500);
});

test('podRequests() takes the larger of starting and running', () => {
  const containers = [container('1')];
  assert.equal(cpuOf({ containers, initContainers: [container('3'), container('2')] }), 3000);
  assert.equal(cpuOf({ containers, initContainers: [container('500m')] }), 1000);
});

test('podRequests() counts sidecars beside what starts after them and beside the containers', () => {
  const sidecar = container('2', 'Always');
  assert.equal(cpuOf({ containers: [container('1')], initContainers: [sidecar] }), 3000);
  assert.equal(cpuOf({ containers: [container('1')], initContainers: [sidecar, container('4')] }), 6000);
  assert.equal(cpuOf({ containers: [container('1')], initContainers: [container('4'), sidecar] }), 4000);
});

test('podRequests() lets requests of the whole pod stand in, and adds the overhead', () => {
  const containers = [container('1')];
  assert.equal(cpuOf({ containers, resources: { requests: { cpu: '5' } }, overhead: { cpu: '250m' } }), 5250);
});

test('podRequests() knows any resource, and none that is zero', () => {
  const requests = podRequests(testPod('pod', { requests: { memory: '1Gi', 'example.com/gpu': '2', cpu: '0' } }));
  assert.deepEqual(
    [...requests],
    [
      ['memory', 2 ** 30],
      ['example.com/gpu', 2],
    ],
  );
});

test('podScoringRequests() assumes something for containers that say nothing', () => {
  assert.deepEqual(podScoringRequests(testPod('pod')), { cpu: 100, memory: 200 * 1024 * 1024 });
});

test('podRequests() takes the most of what is wished, given and in effect while a pod is resized', () => {
  const resizing = (wish: string, reason = 'Deferred', given = '2') => {
    const pod = testPod('pod', { containers: [container(wish)] });
    const resources = { requests: { cpu: '1' } };
    const own = {
      name: wish,
      allocatedResources: { cpu: given },
      resources,
      ready: true,
      restartCount: 0,
      state: {},
      lastState: {},
    };
    const conditions = [{ type: 'PodResizePending', status: 'True', reason }];
    const containerStatuses = [{ ...own, image: '', imageID: '' }];
    return podRequests({ ...pod, status: { ...pod.status, conditions, containerStatuses } }).get('cpu');
  };
  assert.equal(resizing('3'), 3000);
  assert.equal(resizing('500m'), 2000);
  assert.equal(resizing('500m', 'Deferred', '500m'), 1000);
  assert.equal(resizing('3', 'Infeasible'), 2000);
});
