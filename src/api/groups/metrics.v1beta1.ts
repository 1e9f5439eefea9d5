/** The types of group metrics, version v1beta1. */
import { always, list, map, object, quantity, string, type Static } from '../schema.ts';

export const ContainerMetrics = object('io.k8s.metrics.pkg.apis.metrics.v1beta1.ContainerMetrics', {
  name: always(1, string),
  usage: always(2, map(quantity)),
});
export interface ContainerMetrics extends Static<typeof ContainerMetrics> {}
