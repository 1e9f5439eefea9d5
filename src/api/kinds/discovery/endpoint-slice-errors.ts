import { duplicate, invalid, notSupported, requiredField, tooMany, type FieldError } from '../../field-error.ts';
import type { Endpoint, EndpointSlice } from '../../groups/discovery.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { isAddressV4, isAddressV6, qualifiedNameErrors } from '../../names.ts';
import { ipErrors, specialAddressErrors } from '../ip-errors.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxEndpoints = 1000;
const maxAddresses = 100;

export function endpointSliceErrors({ addressType, endpoints, ports }: EndpointSlice): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (addressType === '') errors.push(requiredField('addressType'));
  else if (!addressTypes.includes(addressType)) errors.push(notSupported('addressType', addressType, addressTypes));
  const all = endpoints ?? [];
  if (all.length > maxEndpoints) errors.push(tooMany('endpoints', all.length, maxEndpoints));
  for (const [index, endpoint] of all.entries())
    errors.push(...endpointErrors(endpoint, addressType, `endpoints[${index}]`));
  const names = new Set<string>();
  for (const [index, { name, protocol, appProtocol }] of (ports ?? []).entries()) {
    const item = `ports[${index}]`;
    if (name) errors.push(...dnsLabelErrors(name).map((text) => invalid(`${item}.name`, name, text)));
    if (names.has(name ?? '')) errors.push(duplicate(`${item}.name`, name ?? ''));
    names.add(name ?? '');
    if (protocol == null) errors.push(requiredField(`${item}.protocol`));
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${item}.protocol`, protocol, protocols));
    if (appProtocol != null) {
      errors.push(...qualifiedNameErrors(appProtocol).map((text) => invalid(`${item}.appProtocol`, appProtocol, text)));
    }
  }
  return errors;
}

function endpointErrors(endpoint: Endpoint, addressType: string, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const addresses = endpoint.addresses ?? [];
  if (addresses.length === 0) {
    errors.push(requiredField(`${item}.addresses`, 'must contain at least 1 address'));
  } else if (addresses.length > maxAddresses) {
    errors.push(tooMany(`${item}.addresses`, addresses.length, maxAddresses));
  }
  for (const [index, address] of addresses.entries()) {
    errors.push(...addressErrors(address, addressType, `${item}.addresses`, `${item}.addresses[${index}]`));
  }
  const { nodeName, hostname } = endpoint;
  if (nodeName != null) {
    errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid(`${item}.nodeName`, nodeName, text)));
  }
  if (hostname != null)
    errors.push(...dnsLabelErrors(hostname).map((text) => invalid(`${item}.hostname`, hostname, text)));
  return errors;
}

function addressErrors(address: string, addressType: string, list: string, item: string): readonly FieldError[] {
  switch (addressType) {
    case 'IPv4':
    case 'IPv6': {
      const errors = ipErrors(address, item);
      if (errors.length > 0) return errors;
      const fits = addressType === 'IPv4' ? isAddressV4(address) : isAddressV6(address);
      if (!fits) return [invalid(list, address, `must be an ${addressType} address`)];
      return specialAddressErrors(address, item);
    }
    case 'FQDN':
      return dnsSubdomainErrors(address).map((text) => invalid(item, address, text));
    default:
      return [];
  }
}

export function endpointSliceUpdateErrors(slice: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  return [
    ...endpointSliceErrors(slice),
    ...(slice.addressType === old.addressType ? [] : [invalid('addressType', slice.addressType, 'field is immutable')]),
  ];
}
