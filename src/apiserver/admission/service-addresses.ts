/** Services get their cluster IPs and node ports when all else about them is settled. */
import type { Draft } from '../../api/descriptor.ts';
import type { Service } from '../../api/groups/core.v1.ts';
import { Services } from '../../api/resources.ts';
import type { Reservations } from '../services/reservations.ts';
import type { AdmissionPlugin } from './admission.ts';

export function createServiceAddresses(reservations: Reservations): AdmissionPlugin {
  return {
    name: 'ServiceAddresses',
    about: [Services],
    validate(request) {
      const { served, subresource, operation, object, old, dryRun } = request;
      if (served.resource !== Services || subresource !== '' || operation === 'DELETE') return;
      reservations.reserve(object as unknown as Draft<Service>, old as unknown as Service | undefined, dryRun);
    },
  };
}
