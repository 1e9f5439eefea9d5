/** The pod that wipes the files of a volume with reclaim policy Recycle; what it does is all that the policy ever meant. */
import type { PersistentVolume, Pod } from '../../api/groups/core.v1.ts';
import type { Pods } from '../../api/resources.ts';
import { parseQuantity, quantityToNumber } from '../../api/quantity.ts';

type NewPod = NonNullable<(typeof Pods.kind)['input']>;

const image = 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.4';
const wipe = 'test -e /scrub && rm -rf /scrub/..?* /scrub/.[!.]* /scrub/* && test -z "$(ls -A /scrub)"';
const bytesPerGi = 2 ** 30;

/** At least so many seconds, and so many more for each Gi. */
const seconds = { hostPath: { least: 60, perGi: 30 }, nfs: { least: 300, perGi: 30 } };

export const recyclerNamespace = 'default';

export function recyclerName({ metadata }: PersistentVolume): string {
  return `recycler-for-${metadata.name}`;
}

/** The name of the volume that a pod wipes, were it one. */
export function recycledBy({ metadata }: Pod): string | undefined {
  if (metadata.namespace !== recyclerNamespace) return undefined;
  return /^recycler-for-(.+)$/.exec(metadata.name)?.[1];
}

export function recyclerPod(volume: PersistentVolume): NewPod {
  const { hostPath, nfs, capacity } = volume.spec;
  const { least, perGi } = nfs === undefined ? seconds.hostPath : seconds.nfs;
  const gigas = Math.floor(quantityToNumber(parseQuantity(capacity?.['storage'] ?? '0')) / bytesPerGi);
  return {
    metadata: { name: recyclerName(volume), namespace: recyclerNamespace },
    spec: {
      activeDeadlineSeconds: Math.max(least, perGi * gigas),
      restartPolicy: 'Never',
      containers: [
        {
          name: 'pv-recycler',
          image,
          command: ['/bin/sh'],
          args: ['-c', wipe],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
      volumes: [{ name: 'vol', ...(nfs === undefined ? { hostPath: { path: hostPath?.path ?? '' } } : { nfs }) }],
    },
  };
}

export type RecycleProgress =
  | { readonly type: 'start' }
  | { readonly type: 'wait' }
  /** A pod that was there before: what it did says nothing about the volume as it is now. */
  | { readonly type: 'clear' }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string };

/** `startedUid`: of the pod that was made for the volume since it was released. */
export function recycleProgress(pod: Pod | undefined, startedUid: string): RecycleProgress {
  if (pod === undefined) return { type: 'start' };
  if (pod.metadata.deletionTimestamp !== undefined) return { type: 'wait' };
  if (pod.metadata.uid !== startedUid) return { type: 'clear' };
  switch (pod.status.phase) {
    case 'Succeeded':
      return { type: 'done' };
    case 'Failed': {
      const { message = 'pod failed, pod.Status.Message unknown' } = pod.status;
      return { type: 'failed', message: `Recycle failed: failed to recycle volume: ${message}` };
    }
    default:
      return { type: 'wait' };
  }
}
