/** The cloud node lifecycle controller: asks the cloud about nodes that are not ready, until they are or are gone. */
import { isApiError } from '../../api/api-error.ts';
import type { Node } from '../../api/groups/core.v1.ts';
import { Nodes } from '../../api/resources.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Controller, Run } from '../../client/controller.ts';
import type { Instances } from '../provider.ts';
import { hasShutdownTaint, isCloudNode, isNodeReady, planFate } from './plan.ts';

/** How often the cloud is asked about a node that is not ready (--node-monitor-period). */
const monitorPeriodMs = 5000;

export function cloudNodeLifecycleController(instances: Instances): Controller {
  return {
    name: 'cloud-node-lifecycle-controller',
    alias: 'cloud-node-lifecycle',
    backoff: { baseMs: monitorPeriodMs, maxMs: 60_000, jitter: 0.2 },
    start({ informer, enqueue }) {
      const nodes = informer(Nodes);
      nodes.onChange(({ type, object }) => {
        if (type !== 'deleted' && (!isNodeReady(object) || hasShutdownTaint(object))) enqueue(object.metadata.name);
      });
      return async (name, run) => {
        const node = nodes.get(undefined, name);
        if (node === undefined || !isCloudNode(node)) return;
        const ready = isNodeReady(node);
        await carryOut(node, ready ? 'unasked' : await instances.find(node, run.signal), run);
        if (!ready) return { afterMs: monitorPeriodMs };
      };
    },
  };
}

async function carryOut(node: Node, found: Parameters<typeof planFate>[1], run: Run): Promise<void> {
  const { name, uid, resourceVersion } = node.metadata;
  const fate = planFate(node, found);
  if (fate.type === 'taint') {
    const value = { metadata: { uid, resourceVersion }, spec: { taints: fate.taints } } as unknown as JsonObject;
    await run.client.patch(Nodes, { name }, { type: 'merge', value });
  }
  if (fate.type !== 'remove') return;
  const message = `Deleting node ${name} because it does not exist in the cloud provider`;
  run.note(node, { type: 'Normal', reason: 'DeletingNode', message });
  try {
    await run.client.delete(Nodes, { name }, { uid });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
