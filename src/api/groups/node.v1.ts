/** The types of group node, version v1. */
import { clusterScoped } from '../kind.ts';
import { Toleration } from './core.v1.ts';
import { list, map, object, optional, pointer, quantity, required, string, type Static } from '../schema.ts';

export const Overhead = object('io.k8s.api.node.v1.Overhead', {
  podFixed: optional(1, map(quantity)),
});
export interface Overhead extends Static<typeof Overhead> {}

export const Scheduling = object('io.k8s.api.node.v1.Scheduling', {
  nodeSelector: optional(1, map(string, { atomic: true })),
  tolerations: optional(2, list(Toleration)),
});
export interface Scheduling extends Static<typeof Scheduling> {}

export const RuntimeClass = clusterScoped('node.k8s.io/v1', 'io.k8s.api.node.v1.RuntimeClass', {
  handler: required(2, string),
  overhead: pointer(3, Overhead),
  scheduling: pointer(4, Scheduling),
});
export interface RuntimeClass extends Static<typeof RuntimeClass> {}
