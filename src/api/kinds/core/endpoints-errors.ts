import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { EndpointAddress, EndpointPort, Endpoints } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { isAddress, portErrors, qualifiedNameErrors } from '../../names.ts';
import { ipErrors, isAnyAddress, specialAddressErrors } from '../ip-errors.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

export function endpointsErrors({ subsets = [] }: Endpoints): readonly FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const item = `subsets[${index}]`;
    const errors: FieldError[] = [];
    if (addresses.length + notReadyAddresses.length === 0) {
      errors.push(requiredField(item, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [name, list] of [
      ['addresses', addresses],
      ['notReadyAddresses', notReadyAddresses],
    ] as const) {
      for (const [position, address] of list.entries())
        errors.push(...addressErrors(address, `${item}.${name}[${position}]`));
    }
    for (const [position, port] of ports.entries()) {
      errors.push(...portErrorsOf(port, ports.length > 1, `${item}.ports[${position}]`));
    }
    return errors;
  });
}

export function endpointsUpdateErrors(endpoints: Endpoints): readonly FieldError[] {
  return endpointsErrors(endpoints);
}

function addressErrors({ ip, hostname, nodeName }: EndpointAddress, item: string): readonly FieldError[] {
  const errors: FieldError[] = [...ipErrors(ip, `${item}.ip`)];
  if (hostname) errors.push(...dnsLabelErrors(hostname).map((text) => invalid(`${item}.hostname`, hostname, text)));
  if (nodeName != null) {
    errors.push(...dnsSubdomainErrors(nodeName).map((text) => invalid(`${item}.nodeName`, nodeName, text)));
  }
  if (isAddress(ip)) errors.push(...specialAddressErrors(ip, `${item}.ip`));
  else if (!isAnyAddress(ip)) errors.push(invalid(`${item}.ip`, ip, 'must be a valid IP address'));
  return errors;
}

function portErrorsOf(
  { name = '', port, protocol = '', appProtocol }: EndpointPort,
  namesNeeded: boolean,
  item: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (namesNeeded && name === '') errors.push(requiredField(`${item}.name`));
  else if (name !== '') errors.push(...dnsLabelErrors(name).map((text) => invalid(`${item}.name`, name, text)));
  errors.push(...portErrors(port).map((text) => invalid(`${item}.port`, port, text)));
  if (protocol === '') errors.push(requiredField(`${item}.protocol`));
  else if (!protocols.includes(protocol)) errors.push(notSupported(`${item}.protocol`, protocol, protocols));
  if (appProtocol != null) {
    errors.push(...qualifiedNameErrors(appProtocol).map((text) => invalid(`${item}.appProtocol`, appProtocol, text)));
  }
  return errors;
}
