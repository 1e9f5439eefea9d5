/** The types of group coordination, version v1. */
import { namespaced } from '../kind.ts';
import { always, int32, microTime, namedString, object, pointer, string, type Static } from '../schema.ts';

export const LeaseSpec = object('io.k8s.api.coordination.v1.LeaseSpec', {
  holderIdentity: pointer(1, string),
  leaseDurationSeconds: pointer(2, int32),
  acquireTime: pointer(3, microTime),
  renewTime: pointer(4, microTime),
  leaseTransitions: pointer(5, int32),
  strategy: pointer(6, namedString('v1.CoordinatedLeaseStrategy')),
  preferredHolder: pointer(7, string),
});
export interface LeaseSpec extends Static<typeof LeaseSpec> {}

export const Lease = namespaced('coordination.k8s.io/v1', 'io.k8s.api.coordination.v1.Lease', {
  spec: always(2, LeaseSpec),
});
export interface Lease extends Static<typeof Lease> {}
