import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps } from '../../api/resources.ts';
import { concerned, concernedByLoss, Graph, type GraphNode } from './graph.ts';
import { planObject, type OwnerState } from './plan.ts';

const reference = (uid: string, blockOwnerDeletion = true) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: uid,
  uid,
  blockOwnerDeletion,
});

function node(uid: string, owners: readonly string[] = [], more: Partial<GraphNode> = {}): GraphNode {
  const references = owners.map((owner) => reference(owner));
  return {
    resource: ConfigMaps,
    namespace: 'default',
    name: uid,
    uid,
    owners: references,
    deleting: false,
    finalizers: [],
    ...more,
  };
}

const foreground = { deleting: true, finalizers: ['foregroundDeletion'] };

function script(object: GraphNode, states: readonly OwnerState[], dependents: readonly GraphNode[] = []) {
  const owners = states.map((state, i) => ({ reference: reference(`owner${i}`), state }));
  return planObject({ object, owners, dependents });
}

const tables: readonly {
  title: string;
  of: GraphNode;
  states: OwnerState[];
  dependents?: GraphNode[];
  script: object[];
}[] = [
  { title: 'leaves what has no owner', of: node('a'), states: [], script: [] },
  { title: 'leaves what has a living owner', of: node('a'), states: ['alive'], script: [] },
  {
    title: 'deletes what has lost its only owner',
    of: node('a'),
    states: ['gone'],
    script: [{ type: 'delete', policy: 'Background' }],
  },
  {
    title: 'takes references to lost owners off what has another',
    of: node('a'),
    states: ['gone', 'alive', 'waiting'],
    script: [{ type: 'disown', uids: ['owner0', 'owner2'] }],
  },
  {
    title: 'orphans in turn when its finalizers ask for it',
    of: node('a', [], { finalizers: ['orphan'] }),
    states: ['gone'],
    script: [{ type: 'delete', policy: 'Orphan' }],
  },
  {
    title: 'deletes for an owner that waits, with its own dependents first',
    of: node('a'),
    states: ['waiting'],
    dependents: [node('b', ['a'])],
    script: [{ type: 'delete', policy: 'Foreground' }],
  },
  {
    title: 'opens a circle of objects that wait for one another',
    of: node('a'),
    states: ['waiting'],
    dependents: [node('b', ['a'], foreground)],
    script: [{ type: 'unblock' }, { type: 'delete', policy: 'Foreground' }],
  },
  {
    title: 'keeps an object deleted in the foreground while a dependent blocks it',
    of: node('a', [], foreground),
    states: [],
    dependents: [node('b', ['a']), node('c', ['a'], { deleting: true })],
    script: [{ type: 'visit', uids: ['b'] }],
  },
  {
    title: 'lets it go when no dependent blocks it',
    of: node('a', [], foreground),
    states: [],
    dependents: [node('b', [], { owners: [reference('a', false)] })],
    script: [{ type: 'finalize', finalizer: 'foregroundDeletion' }],
  },
  {
    title: 'makes orphans of the dependents when asked to',
    of: node('a', [], { deleting: true, finalizers: ['orphan'] }),
    states: [],
    dependents: [node('b', ['a'])],
    script: [
      { type: 'orphan', dependents: [node('b', ['a'])] },
      { type: 'finalize', finalizer: 'orphan' },
    ],
  },
  { title: 'leaves what is being deleted anyway', of: node('a', [], { deleting: true }), states: ['gone'], script: [] },
];

for (const { title, of, states, dependents, script: expected } of tables) {
  test(`planObject() ${title}`, () => assert.deepEqual(script(of, states, dependents), expected));
}

test('concerned() finds objects whose owner is missing or going, and dependents of what is deleted in the foreground', () => {
  const graph = new Graph();
  const owner = node('owner');
  const dependent = node('dependent', ['owner']);
  assert.deepEqual(concerned(graph, graph.set(dependent), dependent), ['dependent']);
  assert.deepEqual(concerned(graph, graph.set(owner), owner), []);
  assert.deepEqual(concerned(graph, graph.set(dependent), dependent), []);
  const going = node('owner', [], foreground);
  assert.deepEqual(concerned(graph, graph.set(going), going), ['owner', 'dependent']);
  const free = node('dependent');
  assert.deepEqual(concerned(graph, graph.set(free), free), ['owner']);
});

test('concernedByLoss() finds what the lost object owned, and who waited for it', () => {
  const graph = new Graph();
  for (const one of [node('top', [], foreground), node('middle', ['top']), node('low', ['middle'])]) graph.set(one);
  assert.deepEqual(concernedByLoss(graph, node('middle', ['top'])), ['low', 'top']);
  graph.remove('low');
  assert.deepEqual(concernedByLoss(graph, node('middle', ['top'])), ['top']);
});
