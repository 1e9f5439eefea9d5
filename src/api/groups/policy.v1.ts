/** The types of group policy, version v1. */
import { namespaced } from '../kind.ts';
import { message } from '../message.ts';
import { Condition, DeleteOptions, LabelSelector, ObjectMeta } from './meta.v1.ts';
import {
  always,
  int32,
  int64,
  intOrString,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  time,
  type Static,
} from '../schema.ts';

export const Eviction = message('policy/v1', 'io.k8s.api.policy.v1.Eviction', {
  metadata: always(1, ObjectMeta),
  deleteOptions: pointer(2, DeleteOptions),
});
export interface Eviction extends Static<typeof Eviction> {}

export const PodDisruptionBudgetSpec = object('io.k8s.api.policy.v1.PodDisruptionBudgetSpec', {
  minAvailable: pointer(1, intOrString),
  selector: pointer(2, LabelSelector, { patchStrategy: 'replace' }),
  maxUnavailable: pointer(3, intOrString),
  unhealthyPodEvictionPolicy: pointer(4, namedString('v1.UnhealthyPodEvictionPolicyType')),
});
export interface PodDisruptionBudgetSpec extends Static<typeof PodDisruptionBudgetSpec> {}

export const PodDisruptionBudgetStatus = object('io.k8s.api.policy.v1.PodDisruptionBudgetStatus', {
  observedGeneration: optional(1, int64),
  disruptedPods: optional(2, map(time)),
  disruptionsAllowed: always(3, int32),
  currentHealthy: always(4, int32),
  desiredHealthy: always(5, int32),
  expectedPods: always(6, int32),
  conditions: optional(
    7,
    list(Condition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface PodDisruptionBudgetStatus extends Static<typeof PodDisruptionBudgetStatus> {}

export const PodDisruptionBudget = namespaced('policy/v1', 'io.k8s.api.policy.v1.PodDisruptionBudget', {
  spec: always(2, PodDisruptionBudgetSpec),
  status: always(3, PodDisruptionBudgetStatus),
});
export interface PodDisruptionBudget extends Static<typeof PodDisruptionBudget> {}
