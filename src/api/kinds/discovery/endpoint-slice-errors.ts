import { duplicate, invalid, notSupported, requiredField, tooMany, type FieldError } from '../../field-error.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../../groups/discovery.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { isAddress, isAddressV4, isAddressV6, labelValueErrors, qualifiedNameErrors } from '../../names.ts';
import { labelsErrors } from '../../object-meta.ts';
import { ipErrors, nothingKept, specialAddressErrors, type KeptValues } from '../ip-errors.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxTopologyLabels = 16;
const maxHints = 8;

export function endpointSliceErrors(slice: EndpointSlice, kept = nothingKept): readonly FieldError[] {
  const { addressType, endpoints, ports } = slice;
  const errors: FieldError[] = [];
  if (addressType === '') errors.push(requiredField('addressType'));
  else if (!addressTypes.includes(addressType)) errors.push(notSupported('addressType', addressType, addressTypes));
  const all = endpoints ?? [];
  if (all.length > maxEndpoints) errors.push(tooMany('endpoints', all.length, maxEndpoints));
  else {
    for (const [index, endpoint] of all.entries())
      errors.push(...endpointErrors(endpoint, addressType, kept, `endpoints[${index}]`));
  }
  return [...errors, ...portsErrors(ports ?? [])];
}

function portsErrors(ports: readonly EndpointPort[]): readonly FieldError[] {
  if (ports.length > maxPorts) return [tooMany('ports', ports.length, maxPorts)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name, protocol, appProtocol }] of ports.entries()) {
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

function endpointErrors(
  endpoint: Endpoint,
  addressType: string,
  kept: KeptValues,
  item: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const addresses = endpoint.addresses ?? [];
  if (addresses.length === 0) {
    errors.push(requiredField(`${item}.addresses`, 'must contain at least 1 address'));
  } else if (addresses.length > maxAddresses) {
    errors.push(tooMany(`${item}.addresses`, addresses.length, maxAddresses));
  }
  for (const [index, address] of addresses.entries()) {
    errors.push(...addressErrors(address, addressType, kept, `${item}.addresses[${index}]`));
  }
  const { nodeName, hostname, deprecatedTopology, hints } = endpoint;
  if (nodeName != null) {
    errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid(`${item}.nodeName`, nodeName, text)));
  }
  const topology = Object.keys(deprecatedTopology ?? {}).length;
  if (topology > maxTopologyLabels) {
    errors.push(tooMany(`${item}.deprecatedTopology`, topology, maxTopologyLabels));
  }
  errors.push(...labelsErrors(deprecatedTopology, `${item}.deprecatedTopology`));
  if (hostname != null)
    errors.push(...dnsLabelErrors(hostname).map((text) => invalid(`${item}.hostname`, hostname, text)));
  return [
    ...errors,
    ...hintErrors(hints?.forZones ?? [], labelValueErrors, `${item}.hints.forZones`),
    ...hintErrors(hints?.forNodes ?? [], dnsSubdomainErrors, `${item}.hints.forNodes`),
  ];
}

function hintErrors(
  hints: readonly { readonly name: string }[],
  textsOf: (name: string) => readonly string[],
  field: string,
): readonly FieldError[] {
  if (hints.length > maxHints) return [tooMany(field, hints.length, maxHints)];
  return hints.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`;
    const first = hints.findIndex((hint) => hint.name === name);
    return [...(first === index ? [] : [duplicate(at, name)]), ...textsOf(name).map((text) => invalid(at, name, text))];
  });
}

function addressErrors(address: string, addressType: string, kept: KeptValues, item: string): readonly FieldError[] {
  switch (addressType) {
    case 'IPv4':
    case 'IPv6': {
      const errors = ipErrors(address, item, kept);
      if (errors.length > 0) return errors;
      const fits = addressType === 'IPv4' ? isAddressV4(address) : isAddressV6(address);
      const list = item.slice(0, item.lastIndexOf('['));
      return [
        ...(fits ? [] : [invalid(list, address, `must be an ${addressType} address`)]),
        ...(isAddress(address) ? specialAddressErrors(address, item) : []),
      ];
    }
    case 'FQDN':
      return qualifiedDomainErrors(address, item);
    default:
      return [];
  }
}

/** A domain of two labels or more; the dot behind the last is not looked at. */
function qualifiedDomainErrors(domain: string, field: string): readonly FieldError[] {
  if (domain === '') return [requiredField(field)];
  const name = domain.replace(/\.$/, '');
  const texts = dnsSubdomainErrors(name);
  if (texts.length > 0) return [invalid(field, name, texts.join(','))];
  const labels = name.split('.');
  if (labels.length < 2) {
    return [invalid(field, name, 'should be a domain with at least two segments separated by dots')];
  }
  const wrong = labels.find((label) => dnsLabelErrors(label).length > 0);
  return wrong === undefined ? [] : [invalid(field, wrong, dnsLabelErrors(wrong).join(','))];
}

export function endpointSliceUpdateErrors(slice: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  return [
    ...endpointSliceErrors(slice, new Set((old.endpoints ?? []).flatMap(({ addresses }) => addresses ?? []))),
    ...(slice.addressType === old.addressType ? [] : [invalid('addressType', slice.addressType, 'field is immutable')]),
  ];
}
