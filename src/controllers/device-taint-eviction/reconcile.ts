/** Deletes one pod when the taints of the devices that it uses leave it no more time. */
import { isApiError } from '../../api/api-error.ts';
import type { ResourceClaim } from '../../api/groups/resource.v1.ts';
import { Pods, ResourceClaims, ResourceSlices } from '../../api/resources.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { markDisrupted } from '../disruption-target.ts';
import { isPodFinished } from '../pod-state.ts';
import { givesUpAtMs } from './plan.ts';

const byPool = 'pool';
const byUser = 'user';

const disruption = {
  reason: 'DeletionByDeviceTaintManager',
  message: 'Device Taint manager: deleting due to NoExecute taint',
};

export const deviceTaintEvictionController: Controller = {
  name: 'device-taint-eviction-controller',
  alias: 'device-taint-eviction-controller',
  start({ informer, enqueue }) {
    const pods = informer(Pods);
    const claims = informer(ResourceClaims);
    const slices = informer(ResourceSlices);
    slices.addIndexes({ [byPool]: ({ spec }) => [`${spec.driver}/${spec.pool.name}`] });
    claims.addIndexes({
      [byPool]: ({ status }) =>
        (status.allocation?.devices?.results ?? []).map(({ driver, pool }) => `${driver}/${pool}`),
      [byUser]: ({ status }) => (status.reservedFor ?? []).map(({ uid }) => uid),
    });
    /** Keys of the pods that wait for their end. */
    const waiting = new Set<string>();
    const enqueueUsers = ({ metadata, status }: ResourceClaim): void => {
      for (const { resource, name } of status.reservedFor ?? []) {
        if (resource === 'pods') enqueue(`${metadata.namespace}/${name}`);
      }
    };
    pods.onChange(({ type, object }) => {
      if (type === 'deleted') waiting.delete(objectKey(object));
      else if ((object.spec.resourceClaims ?? []).length > 0 || waiting.has(objectKey(object)))
        enqueue(objectKey(object));
    });
    claims.onChange((change) => {
      enqueueUsers(change.object);
      if (change.type === 'updated') enqueueUsers(change.previous);
    });
    slices.onChange(({ object: { spec } }) => {
      for (const claim of claims.byIndex(byPool, `${spec.driver}/${spec.pool.name}`)) enqueueUsers(claim);
    });
    return async (key, run) => {
      const { namespace, name } = splitKey(key);
      const pod = pods.get(namespace, name);
      const isLeaving = pod?.metadata.deletionTimestamp !== undefined;
      if (pod === undefined || isLeaving || isPodFinished(pod) || (pod.spec.nodeName ?? '') === '') {
        waiting.delete(key);
        return;
      }
      const times = claims
        .byIndex(byUser, pod.metadata.uid)
        .map((claim) => givesUpAtMs(claim, (driver, pool) => slices.byIndex(byPool, `${driver}/${pool}`)))
        .filter((atMs) => atMs !== undefined);
      const note = (message: string) =>
        run.note(pod, { type: 'Normal', reason: 'DeviceTaintManagerEviction', message });
      if (times.length === 0) {
        if (waiting.delete(key)) note('Cancelling deletion');
        return;
      }
      const atMs = Math.min(...times);
      if (atMs > run.nowMs) {
        waiting.add(key);
        return { afterMs: atMs - run.nowMs };
      }
      note('Marking for deletion');
      waiting.delete(key);
      try {
        await markDisrupted(run, pod, disruption);
        await run.client.delete(Pods, pod.metadata, { uid: pod.metadata.uid });
      } catch (error) {
        if (!isApiError(error, 'NotFound')) throw error;
      }
    };
  },
};
