/** Deletes one pod when the taints of its node leave it no more time. */
import { isApiError } from '../../api/api-error.ts';
import { Nodes, Pods } from '../../api/resources.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { markDisrupted } from '../disruption-target.ts';
import { indexByNode, podsOnNode } from '../pods-on-node.ts';
import { same } from '../same.ts';
import { leavesAtMs } from './plan.ts';

const disruption = {
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
};

export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  alias: 'taint-eviction',
  start({ informer, enqueue }) {
    const nodes = informer(Nodes);
    const pods = informer(Pods);
    indexByNode(pods);
    /** Keys of pods that are to go later. */
    const waiting = new Set<string>();
    nodes.onChange((change) => {
      const { spec, metadata } = change.object;
      const before = change.type === 'updated' ? change.previous.spec.taints : undefined;
      if (same(spec.taints, before)) return;
      for (const pod of podsOnNode(pods, metadata.name)) enqueue(objectKey(pod));
    });
    pods.onChange(({ type, object }) => {
      if (type !== 'deleted' && object.spec.nodeName !== undefined) enqueue(objectKey(object));
    });
    return async (key, run) => {
      const { namespace, name } = splitKey(key);
      const pod = pods.get(namespace, name);
      const node = pod?.spec.nodeName === undefined ? undefined : nodes.get(undefined, pod.spec.nodeName);
      const atMs = pod === undefined || node === undefined ? undefined : leavesAtMs(pod, node);
      const waited = waiting.delete(key);
      if (pod === undefined || node === undefined) return;
      const note = (message: string): void =>
        run.note(pod, { type: 'Normal', reason: 'TaintManagerEviction', message });
      if (atMs === undefined) {
        if (waited) note(`Cancelling deletion of Pod ${key}`);
        return;
      }
      if (atMs > run.nowMs) {
        waiting.add(key);
        return { afterMs: atMs - run.nowMs };
      }
      note(`Marking for deletion Pod ${key}`);
      try {
        await markDisrupted(run, pod, disruption);
        await run.client.delete(Pods, pod.metadata, { uid: pod.metadata.uid });
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error;
      }
    };
  },
};
