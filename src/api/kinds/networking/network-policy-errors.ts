import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../groups/networking.v1.ts';
import { portNumOrNameErrors } from '../../name-rules.ts';
import { isCidr } from '../../names.ts';
import { rangeErrorsOf } from '../ip-errors.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];

export function networkPolicyErrors({ spec }: NetworkPolicy): readonly FieldError[] {
  const errors: FieldError[] = [...labelSelectorErrors(spec.podSelector, 'spec.podSelector')];
  for (const [index, { ports = [], from = [] }] of (spec.ingress ?? []).entries()) {
    const item = `spec.ingress[${index}]`;
    errors.push(...portsErrors(ports, `${item}.ports`), ...peersErrors(from, `${item}.from`));
  }
  for (const [index, { ports = [], to = [] }] of (spec.egress ?? []).entries()) {
    const item = `spec.egress[${index}]`;
    errors.push(...portsErrors(ports, `${item}.ports`), ...peersErrors(to, `${item}.to`));
  }
  const types = spec.policyTypes ?? [];
  if (types.length > 2)
    return [...errors, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  for (const [index, type] of types.entries()) {
    if (!['Egress', 'Ingress'].includes(type)) {
      errors.push(notSupported(`spec.policyTypes[${index}]`, type, ['Egress', 'Ingress']));
    }
  }
  return errors;
}

function portsErrors(ports: readonly NetworkPolicyPort[], field: string): readonly FieldError[] {
  return ports.flatMap(({ port, protocol, endPort }, index) => {
    const item = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (protocol != null && !protocols.includes(protocol))
      errors.push(notSupported(`${item}.protocol`, protocol, protocols));
    if (port == null) {
      if (endPort != null)
        errors.push(invalid(`${item}.endPort`, endPort, 'may not be specified when `port` is not specified'));
      return errors;
    }
    if (typeof port === 'string') {
      if (endPort != null)
        errors.push(invalid(`${item}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
    } else if (endPort != null) {
      if (endPort < port) errors.push(invalid(`${item}.endPort`, port, 'must be greater than or equal to `port`'));
      else if (endPort > 65_535)
        errors.push(invalid(`${item}.endPort`, endPort, 'must be between 1 and 65535, inclusive'));
    }
    return [...errors, ...portNumOrNameErrors(port).map((text) => invalid(`${item}.port`, port, text))];
  });
}

function peersErrors(peers: readonly NetworkPolicyPeer[], field: string): readonly FieldError[] {
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const item = `${field}[${index}]`;
    const errors: FieldError[] = [
      ...labelSelectorErrors(podSelector, `${item}.podSelector`),
      ...labelSelectorErrors(namespaceSelector, `${item}.namespaceSelector`),
      ...(ipBlock == null ? [] : blockErrors(ipBlock, `${item}.ipBlock`)),
    ];
    const selects = podSelector != null || namespaceSelector != null;
    if (!selects && ipBlock == null) errors.push(requiredField(item, 'must specify a peer'));
    else if (selects && ipBlock != null) {
      errors.push(forbidden(item, 'may not specify both ipBlock and another peer'));
    }
    return errors;
  });
}

function blockErrors({ cidr, except = [] }: IPBlock, field: string): readonly FieldError[] {
  if (cidr === '') return [requiredField(`${field}.cidr`)];
  const errors: FieldError[] = [...rangeErrorsOf(cidr, `${field}.cidr`)];
  if (errors.length > 0) return errors;
  for (const [index, range] of except.entries()) {
    const at = `${field}.except[${index}]`;
    errors.push(...rangeErrorsOf(range, at));
    if (isCidr(range) && !contains(cidr, range)) errors.push(invalid(at, range, `must be a strict subset of \`cidr\``));
  }
  return errors;
}

/** Whether the second range is a part of the first, and not all of it. */
function contains(outer: string, inner: string): boolean {
  const [outerAddress = '', outerBits = '0'] = outer.split('/');
  const [innerAddress = '', innerBits = '0'] = inner.split('/');
  if (outerAddress.includes(':') !== innerAddress.includes(':')) return false;
  if (Number(innerBits) <= Number(outerBits)) return false;
  if (outerAddress.includes(':')) return true;
  const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(outerBits));
  return Math.floor(number(outerAddress) / size) === Math.floor(number(innerAddress) / size);
}
