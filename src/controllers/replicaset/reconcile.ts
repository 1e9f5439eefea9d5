/** Brings the pods of one ReplicaSet to the number it wants. */
import { ReplicaSets } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { startReplication } from './replicate.ts';

export const replicaSetController: Controller = {
  name: 'replicaset-controller',
  alias: 'replicaset',
  start: (context) =>
    startReplication(context, {
      resource: ReplicaSets,
      read: (replicaSet) => replicaSet,
      withStatus: (replicaSet, status) => ({ ...replicaSet, status }),
    }),
};
