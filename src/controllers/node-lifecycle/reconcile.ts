/** Watches over one node: its conditions, its taints, and whether its pods still count as ready. */
import type { Lease } from '../../api/groups/coordination.v1.ts';
import type { Node, Pod } from '../../api/groups/core.v1.ts';
import { Leases, Nodes, Pods } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { splitKey, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import { findCondition } from '../condition.ts';
import type { Controller, Run } from '../controller.ts';
import { indexByNode, podsOnNode } from '../pods-on-node.ts';
import { Evictions } from './zones.ts';
import { graceMs, heartbeatOf, isReady, planNodeConditions, planTaints, type Observed } from './plan.ts';

const leaseNamespace = 'kube-node-lease';

/** The last sign of life of a node, and when it came in. */
interface Heard {
  readonly sign: string;
  readonly atMs: number;
}

interface Copies {
  readonly nodes: Informer<Node>;
  readonly pods: Informer<Pod>;
  readonly leases: Informer<Lease>;
  /** Only nodes that exist. */
  readonly heard: Map<string, Heard>;
  readonly evictions: Evictions;
  /** Those that users have been told of. */
  readonly registered: Map<string, Node>;
}

export const nodeLifecycleController: Controller = {
  name: 'node-lifecycle-controller',
  alias: 'nodelifecycle',
  eventSource: 'node-controller',
  start({ informer, enqueue, clock }) {
    const copies: Copies = {
      nodes: informer(Nodes),
      pods: informer(Pods),
      leases: informer(Leases, { namespace: leaseNamespace }),
      heard: new Map(),
      registered: new Map(),
      evictions: new Evictions(),
    };
    const { nodes, pods, leases, heard } = copies;
    indexByNode(pods);
    const listen = (name: string): void => {
      const node = nodes.get(undefined, name);
      if (node === undefined) return;
      const sign = signOf(copies, node);
      if (heard.get(name)?.sign !== sign) heard.set(name, { sign, atMs: clock.now() });
    };
    leases.onChange(({ object }) => listen(object.metadata.name));
    nodes.onChange((change) => {
      const { name } = change.object.metadata;
      if (change.type === 'deleted') heard.delete(name);
      else listen(name);
      enqueue(name);
      const turned = change.type === 'updated' && isReady(change.object) !== isReady(change.previous);
      // Whether pods are driven from a node depends on there being another one that is well.
      if (turned) for (const { metadata } of nodes.list()) enqueue(metadata.name);
    });
    return (key, run) => reconcile(copies, key, run);
  },
};

async function reconcile(copies: Copies, key: string, run: Run): Promise<WorkResult> {
  const node = copies.nodes.get(undefined, splitKey(key).name);
  noteComing(copies, key, node, run);
  if (node === undefined) return;
  const heardMs = copies.heard.get(key)?.atMs ?? run.nowMs;
  const anyReady = copies.nodes.list().some(isReady);
  const mayDrive = () => copies.evictions.mayDrive(node, () => copies.nodes.list(), run.nowMs);
  const observed: Observed = { node, heardMs, anyReady, mayDrive, nowMs: run.nowMs };
  const conditions = planNodeConditions(observed);
  if (conditions !== undefined) {
    const status = { ...node.status, conditions };
    await run.client.updateStatus(Nodes, { ...node, status });
    if (isReady(node)) noteLoss(run, node);
    return;
  }
  const taints = planTaints(observed);
  if (taints !== undefined) await run.client.update(Nodes, { ...node, spec: { ...node.spec, taints } });
  if (!isReady(node)) await markPodsNotReady(copies.pods, node, run);
  return { afterMs: Math.max(heardMs + graceMs - run.nowMs, 1000) };
}

/** Nodes that are there when the controller starts are told of as well, as in Kubernetes. */
function noteComing({ registered }: Copies, name: string, node: Node | undefined, run: Run): void {
  const known = registered.get(name);
  if (known !== undefined && known.metadata.uid !== node?.metadata.uid) {
    const message = `Node ${name} event: Removing Node ${name} from Controller`;
    run.note(known, { type: 'Normal', reason: 'RemovingNode', message });
    registered.delete(name);
  }
  if (node === undefined || registered.has(name)) return;
  registered.set(name, node);
  const message = `Node ${name} event: Registered Node ${name} in Controller`;
  run.note(node, { type: 'Normal', reason: 'RegisteredNode', message });
}

function noteLoss(run: Run, node: Node): void {
  const reason = 'NodeNotReady';
  run.note(node, { type: 'Normal', reason, message: `Node ${node.metadata.name} status is now: ${reason}` });
}

/** Pods of a node that is not heard of serve nobody; their own node will say when they do again. */
async function markPodsNotReady(pods: Informer<Pod>, node: Node, run: Run): Promise<void> {
  for (const pod of podsOnNode(pods, node.metadata.name)) {
    const { status } = pod;
    const ready = findCondition(status.conditions, 'Ready');
    if (ready?.status !== 'True') continue;
    const conditions = (status.conditions ?? []).map((one) =>
      one === ready ? { ...one, status: 'False', lastTransitionTime: formatTime(run.nowMs) } : one,
    );
    await run.client.updateStatus(Pods, { ...pod, status: { ...status, conditions } });
    run.note(pod, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' });
  }
}

function signOf({ leases }: Copies, node: Node): string {
  const renewed = leases.get(leaseNamespace, node.metadata.name)?.spec?.renewTime ?? '';
  return `${renewed} ${heartbeatOf(node) ?? ''}`;
}
