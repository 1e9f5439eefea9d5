import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Affinity } from '../../../api/groups/core.v1.ts';
import { testCluster, testNode, testPod, type TestCluster } from '../../test-objects.ts';

const hostname = 'kubernetes.io/hostname';
const db = { topologyKey: hostname, labelSelector: { matchLabels: { app: 'db' } } };
const required = (term: object) => ({ requiredDuringSchedulingIgnoredDuringExecution: [{ ...db, ...term }] });

function clusterWithDb(): TestCluster {
  const cluster = testCluster([testNode('a'), testNode('b')]);
  cluster.place(testPod('db', { labels: { app: 'db' } }), 'b');
  return cluster;
}

function outcome(cluster: TestCluster, affinity: Affinity, more = {}): string {
  const decision = cluster.decide(testPod('pod', { affinity, ...more }));
  if (decision.type === 'fits') return decision.nodeName;
  return decision.message.replace(/ no new claims.*$/, '');
}

test('preFilter() puts a pod beside the one it wants', () => {
  assert.equal(outcome(clusterWithDb(), { podAffinity: required({}) }), 'b');
});

test('preFilter() keeps a pod away from the one it shuns', () => {
  assert.equal(outcome(clusterWithDb(), { podAntiAffinity: required({}) }), 'a');
});

test('preFilter() respects what pods already there have asked for', () => {
  const cluster = testCluster([testNode('a')]);
  cluster.place(testPod('loner', { affinity: { podAntiAffinity: required({}) } }), 'a');
  assert.equal(
    outcome(cluster, {}, { labels: { app: 'db' } }),
    "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
  );
  assert.equal(outcome(cluster, {}, { labels: { app: 'web' } }), 'a');
});

test('preFilter() says which of its own rules fails', () => {
  const cluster = testCluster([testNode('a')]);
  assert.equal(
    outcome(cluster, { podAffinity: required({}) }),
    "0/1 nodes are available: 1 node(s) didn't match pod affinity rules.",
  );
  cluster.place(testPod('db', { labels: { app: 'db' } }), 'a');
  assert.equal(
    outcome(cluster, { podAntiAffinity: required({}) }),
    "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
  );
});

test('preFilter() lets the first of a group go anywhere', () => {
  const cluster = testCluster([testNode('a')]);
  assert.equal(outcome(cluster, { podAffinity: required({}) }, { labels: { app: 'db' } }), 'a');
});

test('preFilter() looks into the namespaces that a term names', () => {
  const cluster = clusterWithDb();
  const elsewhere = { namespace: 'other' };
  assert.match(outcome(cluster, { podAffinity: required({}) }, elsewhere), /pod affinity rules/);
  assert.equal(outcome(cluster, { podAffinity: required({ namespaces: ['default'] }) }, elsewhere), 'b');
  assert.equal(outcome(cluster, { podAffinity: required({ namespaceSelector: {} }) }, elsewhere), 'b');
  const byTeam = { namespaceSelector: { matchLabels: { team: 'x' } } };
  assert.match(outcome(cluster, { podAffinity: required(byTeam) }, elsewhere), /pod affinity rules/);
  cluster.table.setNamespace('default', { team: 'x' });
  assert.equal(outcome(cluster, { podAffinity: required(byTeam) }, elsewhere), 'b');
});

test('preScore() follows wishes of the pod and of others', () => {
  const wish = (weight: number) => ({
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: db }],
  });
  assert.equal(outcome(clusterWithDb(), { podAffinity: wish(100) }), 'b');
  assert.equal(outcome(clusterWithDb(), { podAntiAffinity: wish(100) }), 'a');
  const cluster = testCluster([testNode('a'), testNode('b')]);
  cluster.place(testPod('shy', { affinity: { podAntiAffinity: wish(100) } }), 'b');
  assert.equal(outcome(cluster, {}, { labels: { app: 'db' } }), 'a');
});
