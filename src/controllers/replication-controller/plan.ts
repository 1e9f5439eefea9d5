/** A ReplicationController is the older ReplicaSet: it selects by equal labels only, and counts the same. */
import type { ReplicaSet, ReplicaSetStatus } from '../../api/groups/apps.v1.ts';
import type { ReplicationController } from '../../api/groups/core.v1.ts';

/** undefined: without a selector it would be about all pods, and without a template it makes none. */
export function readAsReplicaSet({ metadata, spec, status }: ReplicationController): ReplicaSet | undefined {
  const { selector = {}, template, ...rest } = spec;
  if (template === undefined || Object.keys(selector).length === 0) return undefined;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { ...rest, template, selector: { matchLabels: selector } },
    status,
  };
}

/** Pods on their way out are not counted in this kind's status. */
export function withReplicaStatus(of: ReplicationController, status: ReplicaSetStatus): ReplicationController {
  const { terminatingReplicas: _, ...counted } = status;
  return { ...of, status: counted };
}
