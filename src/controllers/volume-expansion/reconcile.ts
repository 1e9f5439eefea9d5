/** Tells users of claims that are to grow what they wait for. */
import type { PersistentVolumeClaim } from '../../api/groups/core.v1.ts';
import { PersistentVolumeClaims, PersistentVolumes } from '../../api/resources.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { planExpansion, wantsMore } from './plan.ts';

const resizerAnnotation = 'volume.kubernetes.io/storage-resizer';
const requestOf = ({ spec }: PersistentVolumeClaim): string => spec.resources?.requests?.['storage'] ?? '';

export const volumeExpansionController: Controller = {
  name: 'persistentvolume-expander-controller',
  eventSource: 'volume_expand',
  alias: 'persistentvolume-expander',
  start({ informer, enqueue }) {
    const claims = informer(PersistentVolumeClaims);
    const volumes = informer(PersistentVolumes);
    claims.onChange((change) => {
      const { type, object } = change;
      const asks = type === 'added' || (type === 'updated' && requestOf(object) !== requestOf(change.previous));
      if (asks && wantsMore(object)) enqueue(objectKey(object));
    });
    return async (key, { client, note }) => {
      const { namespace, name } = splitKey(key);
      const claim = claims.get(namespace, name);
      if (claim === undefined) return;
      const plan = planExpansion(claim, volumes.get(undefined, claim.spec.volumeName ?? ''));
      if (plan.type === 'nothing') return;
      note(claim, { type: 'Normal', reason: 'ExternalExpanding', message: plan.message });
      const { annotations } = claim.metadata;
      if (plan.resizer === undefined || annotations?.[resizerAnnotation] === plan.resizer) return;
      const value = { metadata: { annotations: { [resizerAnnotation]: plan.resizer } } };
      await client.patch(PersistentVolumeClaims, claim.metadata, { type: 'merge', value }, { subresource: 'status' });
    };
  },
};
