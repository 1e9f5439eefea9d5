import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet } from '../../api/groups/apps.v1.ts';
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { daemonSet, node, nowMs, ownedBy, pod, startTime, template } from '../testing/objects.ts';
import { daemonPod } from './daemon-pod.ts';
import { planDaemonPods, planDaemonSetStatus } from './plan.ts';

interface Facts {
  readonly hash?: string;
  readonly phase?: string;
  readonly ready?: boolean;
  readonly deleting?: boolean;
}

function agent(name: string, on: string, { hash = 'new', phase = 'Running', ready = true, deleting }: Facts = {}): Pod {
  const labels = { app: 'web', 'controller-revision-hash': hash };
  const meta = { ...ownedBy('DaemonSet', 'agent'), labels, ...(deleting ? { deletionTimestamp: startTime } : {}) };
  return pod(name, { node: on, phase, meta, ...(ready ? { readySince: startTime } : {}) });
}

function script(of: DaemonSet, nodes: readonly Node[], pods: readonly Pod[]) {
  const plan = planDaemonPods({ daemonSet: of, nodes, pods, hash: 'new', nowMs });
  return [
    ...plan.create.map((name) => `create on ${name}`),
    ...plan.remove.map(({ metadata }) => `remove ${metadata.name}`),
    ...plan.notes.map(({ reason }) => reason),
  ];
}

const tainted = (name: string, effect: string, key = 'example.com/own'): Node =>
  node(name, { taints: [{ key, effect }] });
const nodes = [node('a'), node('b'), node('c')];
const old = { hash: 'old' };
const surge = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } };
const selecting = daemonSet({
  template: { ...template('v1'), spec: { ...template('v1').spec, nodeSelector: { disk: 'ssd' } } },
});

const tables: readonly { title: string; of?: DaemonSet; nodes: Node[]; pods: Pod[]; script: string[] }[] = [
  { title: 'puts a pod on each node', nodes, pods: [agent('p', 'b')], script: ['create on a', 'create on c'] },
  {
    title: 'leaves out nodes that are not selected',
    of: selecting,
    nodes,
    pods: [agent('p', 'b')],
    script: ['remove p'],
  },
  {
    title: 'stays off tainted nodes, but stays on where it is',
    nodes: [tainted('a', 'NoSchedule'), tainted('b', 'NoSchedule')],
    pods: [agent('p', 'b')],
    script: [],
  },
  {
    title: 'leaves nodes that drive it away',
    nodes: [tainted('a', 'NoExecute')],
    pods: [agent('p', 'a')],
    script: ['remove p'],
  },
  {
    title: 'runs on nodes that are cordoned, not ready or under pressure',
    nodes: [
      tainted('a', 'NoSchedule', 'node.kubernetes.io/unschedulable'),
      tainted('b', 'NoExecute', 'node.kubernetes.io/not-ready'),
      tainted('c', 'NoSchedule', 'node.kubernetes.io/memory-pressure'),
    ],
    pods: [],
    script: ['create on a', 'create on b', 'create on c'],
  },
  {
    title: 'removes what has failed, and says so',
    nodes: [node('a')],
    pods: [agent('p', 'a', { phase: 'Failed' })],
    script: ['remove p', 'FailedDaemonPod'],
  },
  { title: 'waits until a pod is gone', nodes: [node('a')], pods: [agent('p', 'a', { deleting: true })], script: [] },
  { title: 'keeps one of two', nodes: [node('a')], pods: [agent('p', 'a'), agent('q', 'a')], script: ['remove q'] },
  {
    title: 'replaces old pods one at a time',
    nodes,
    pods: [agent('p', 'a', old), agent('q', 'b', old), agent('r', 'c')],
    script: ['remove p'],
  },
  {
    title: 'waits while a new pod is not available',
    nodes,
    pods: [agent('p', 'a', old), agent('q', 'b', old), agent('r', 'c', { ready: false })],
    script: [],
  },
  {
    title: 'replaces broken old pods at once',
    nodes,
    pods: [agent('p', 'a', old), agent('q', 'b', { ...old, ready: false }), agent('r', 'c', { ...old, ready: false })],
    script: ['remove q', 'remove r'],
  },
  {
    title: 'leaves old pods alone when told so',
    of: daemonSet({ updateStrategy: { type: 'OnDelete' } }),
    nodes: [node('a')],
    pods: [agent('p', 'a', old)],
    script: [],
  },
  {
    title: 'puts a new pod beside an old one when it may surge',
    of: daemonSet(surge),
    nodes,
    pods: [agent('p', 'a', old), agent('q', 'b', old), agent('r', 'c')],
    script: ['create on a'],
  },
  {
    title: 'keeps both until the new one is available',
    of: daemonSet(surge),
    nodes: [node('a')],
    pods: [agent('p', 'a', old), agent('q', 'a', { ready: false })],
    script: [],
  },
  {
    title: 'then removes the old one',
    of: daemonSet(surge),
    nodes: [node('a')],
    pods: [agent('p', 'a', old), agent('q', 'a')],
    script: ['remove p'],
  },
  {
    title: 'does nothing while it is being deleted',
    of: daemonSet({}, { deletionTimestamp: startTime }),
    nodes,
    pods: [],
    script: [],
  },
];

for (const { title, of = daemonSet(), nodes: on, pods, script: expected } of tables) {
  test(`planDaemonPods() ${title}`, () => assert.deepEqual(script(of, on, pods), expected));
}

test('planDaemonPods() removes pods that wait for a node that is gone', () => {
  const waiting = pod('w', { meta: ownedBy('DaemonSet', 'agent'), phase: 'Pending' });
  const spec = {
    ...waiting.spec,
    affinity: daemonPod(daemonSet(), 'gone', 'new').spec?.affinity as NonNullable<Pod['spec']['affinity']>,
  };
  assert.deepEqual(script(daemonSet(), [], [{ ...waiting, spec }]), ['remove w']);
});

test('planDaemonSetStatus() counts nodes by what runs on them', () => {
  const pods = [agent('p', 'a'), agent('q', 'b', { hash: 'old', ready: false }), agent('r', 'd')];
  const places = [node('a'), node('b'), node('c'), tainted('d', 'NoSchedule')];
  const status = planDaemonSetStatus({ daemonSet: daemonSet(), nodes: places, pods, hash: 'new', nowMs });
  assert.deepEqual(status, {
    observedGeneration: 1,
    currentNumberScheduled: 2,
    desiredNumberScheduled: 3,
    numberMisscheduled: 1,
    numberReady: 1,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
    numberUnavailable: 2,
  });
});

test('daemonPod() is bound to its node by affinity and tolerates its troubles', () => {
  const { spec, metadata } = daemonPod(daemonSet(), 'a', 'hash');
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  assert.deepEqual(terms, [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }]);
  assert.equal(spec?.tolerations?.length, 6);
  assert.equal(metadata?.labels?.['controller-revision-hash'], 'hash');
});
