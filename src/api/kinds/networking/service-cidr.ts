/** The ranges from which services get their addresses, and the addresses that are taken. */
import type { Descriptor } from '../../descriptor.ts';
import type { IPAddress, ServiceCIDR } from '../../groups/networking.v1.ts';
import { IPAddresses, ServiceCIDRs } from '../../resources.ts';
import { age } from '../cells.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { keepSaid, partsOf } from '../prepare.ts';
import {
  addressNameErrors,
  ipAddressErrors,
  ipAddressUpdateErrors,
  serviceCidrErrors,
  serviceCidrUpdateErrors,
} from './service-cidr-errors.ts';

export const serviceCidrDescriptor: Descriptor<ServiceCIDR> = {
  resource: ServiceCIDRs,
  // Unlike others it takes a status through its main endpoint, and says nothing of fields that an endpoint leaves alone.
  prepareForUpdate(draft, old, { subresource }) {
    if (subresource !== 'status') return;
    const [parts, before] = [partsOf(draft), partsOf(old)];
    parts.spec = before.spec;
    keepSaid(parts, before);
  },
  validateCreate: serviceCidrErrors,
  validateUpdate: (range, old, { subresource }) =>
    subresource === 'status' ? [] : serviceCidrUpdateErrors(range, old),
  table: table<ServiceCIDR>([nameColumn, column('CIDRs', ({ spec }) => (spec.cidrs ?? []).join(',')), ageColumn]),
};

const addressTable = table<IPAddress>([
  nameColumn,
  column('ParentRef', ({ spec }) => {
    if (spec.parentRef == null) return '<none>';
    const { group, resource, namespace, name } = spec.parentRef;
    const kind = (group ? `${resource}.${group}` : (resource ?? '')).toLowerCase();
    return namespace ? `${kind}/${namespace}/${name}` : `${kind}/${name}`;
  }),
]);

export const ipAddressDescriptor: Descriptor<IPAddress> = {
  resource: IPAddresses,
  nameErrors: addressNameErrors,
  validateCreate: ipAddressErrors,
  validateUpdate: ipAddressUpdateErrors,
  // The original's rows have an age that no column names.
  table: {
    ...addressTable,
    cells: (address, nowMs) => [...addressTable.cells(address, nowMs), age(address.metadata.creationTimestamp, nowMs)],
  },
};
