/** Makes the claims of pods with ephemeral volumes. */
import { isApiError } from '../../api/api-error.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { PersistentVolumeClaims, Pods } from '../../api/resources.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller } from '../controller.ts';
import { controllerOf } from '../owner.ts';
import { planEphemeralClaims } from './plan.ts';

const hasEphemeral = ({ spec }: Pod): boolean => (spec.volumes ?? []).some(({ ephemeral }) => ephemeral !== undefined);

export const ephemeralVolumeController: Controller = {
  name: 'ephemeral-volume-controller',
  eventSource: 'ephemeral_volume',
  alias: 'ephemeral-volume',
  start({ informer, enqueue }) {
    const pods = informer(Pods);
    const claims = informer(PersistentVolumeClaims);
    pods.onChange(({ type, object }) => {
      if (type !== 'deleted' && hasEphemeral(object)) enqueue(objectKey(object));
    });
    claims.onChange(({ type, object }) => {
      const owner = controllerOf(object);
      if (type === 'deleted' && owner?.kind === 'Pod') enqueue(`${object.metadata.namespace}/${owner.name}`);
    });
    return async (key, { client, note }) => {
      const { namespace, name } = splitKey(key);
      const pod = pods.get(namespace, name);
      if (pod === undefined) return;
      for (const plan of planEphemeralClaims(pod, (claim) => claims.get(namespace, claim))) {
        const fail = (message: string): never => {
          const about = `ephemeral volume ${plan.volume}: ${message}`;
          note(pod, { type: 'Warning', reason: 'FailedBinding', message: about });
          throw new Error(`pod ${key}, ${about}`);
        };
        if (plan.type === 'conflict') fail(plan.message);
        else {
          await client.create(PersistentVolumeClaims, plan.claim).catch((error: unknown) => {
            // Whether it is the pod's own shows at the next look.
            if (!isApiError(error, 'AlreadyExists')) fail(`create PVC ${name}-${plan.volume}: ${errorText(error)}`);
          });
        }
      }
    };
  },
};
