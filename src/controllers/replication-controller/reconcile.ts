/** Brings the pods of one ReplicationController to the number it wants. */
import { ReplicationControllers } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { startReplication } from '../replicaset/replicate.ts';
import { readAsReplicaSet, withReplicaStatus } from './plan.ts';

export const replicationController: Controller = {
  name: 'replicationcontroller-controller',
  alias: 'replicationcontroller',
  eventSource: 'replication-controller',
  start: (context) =>
    startReplication(context, {
      resource: ReplicationControllers,
      read: readAsReplicaSet,
      withStatus: withReplicaStatus,
    }),
};
