import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podInfo } from './pod-info.ts';
import { scoreByStrategy, type ScoringStrategy } from './resource-scoring.ts';
import { testCluster, testNode, testPod } from './test-objects.ts';

const resources = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 3 },
];

function scores(strategy: ScoringStrategy, requests: Readonly<Record<string, string>>): readonly number[] {
  const gpus = { 'example.com/gpu': '4' };
  const nodes = [testNode('empty', { allocatable: gpus }), testNode('used', { allocatable: gpus })];
  const { table, place } = testCluster(nodes);
  place(testPod('other', { requests: { cpu: '2', memory: '2Gi', 'example.com/gpu': '1' } }), 'used');
  const { score } = scoreByStrategy(strategy, podInfo(testPod('pod', { requests })), table);
  return ['empty', 'used'].map((name) => score(table.row(name) ?? -1));
}

test('scoreByStrategy() favours empty nodes with LeastAllocated and full ones with MostAllocated', () => {
  const requests = { cpu: '1', memory: '2Gi' };
  assert.deepEqual(scores({ type: 'LeastAllocated', resources }, requests), [75, 43]);
  assert.deepEqual(scores({ type: 'MostAllocated', resources }, requests), [25, 56]);
});

test('scoreByStrategy() follows the shape of RequestedToCapacityRatio', () => {
  const shape = [
    { utilization: 0, score: 0 },
    { utilization: 50, score: 10 },
    { utilization: 100, score: 5 },
  ];
  const cpuOnly = [{ name: 'cpu', weight: 1 }];
  const strategy: ScoringStrategy = { type: 'RequestedToCapacityRatio', resources: cpuOnly, shape };
  assert.deepEqual(scores(strategy, { cpu: '1' }), [50, 75]);
});

test('scoreByStrategy() judges by an extended resource only pods that ask for it', () => {
  const gpu = [
    { name: 'cpu', weight: 1 },
    { name: 'example.com/gpu', weight: 1 },
  ];
  assert.deepEqual(scores({ type: 'MostAllocated', resources: gpu }, { cpu: '1' }), [25, 75]);
  const asking = { cpu: '1', 'example.com/gpu': '1' };
  assert.deepEqual(scores({ type: 'MostAllocated', resources: gpu }, asking), [25, 62]);
});
