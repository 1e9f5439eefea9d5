/** The types of group scheduling, version v1. */
import { clusterScoped } from '../kind.ts';
import { always, boolean, int32, namedString, optional, pointer, string, type Static } from '../schema.ts';

export const PriorityClass = clusterScoped('scheduling.k8s.io/v1', 'io.k8s.api.scheduling.v1.PriorityClass', {
  value: always(2, int32),
  globalDefault: optional(3, boolean),
  description: optional(4, string),
  preemptionPolicy: pointer(5, namedString('v1.PreemptionPolicy')),
});
export interface PriorityClass extends Static<typeof PriorityClass> {}
