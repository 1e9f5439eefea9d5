/** The types of group metrics, version v1beta1. */
import { message } from '../message.ts';
import { ObjectMeta } from './meta.v1.ts';
import { always, duration, list, map, object, quantity, string, time, type Static } from '../schema.ts';

export const ContainerMetrics = object('io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics', {
  name: always(1, string),
  usage: always(2, map(quantity)),
});
export interface ContainerMetrics extends Static<typeof ContainerMetrics> {}

export const NodeMetrics = message('metrics.k8s.io/v1beta1', 'io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics', {
  metadata: always(1, ObjectMeta),
  timestamp: always(2, time),
  window: always(3, duration),
  usage: always(4, map(quantity)),
});
export interface NodeMetrics extends Static<typeof NodeMetrics> {}

export const PodMetrics = message('metrics.k8s.io/v1beta1', 'io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics', {
  metadata: always(1, ObjectMeta),
  timestamp: always(2, time),
  window: always(3, duration),
  containers: always(4, list(ContainerMetrics)),
});
export interface PodMetrics extends Static<typeof PodMetrics> {}
