import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../groups/networking.v1.ts';
import { portNumOrNameErrors } from '../../name-rules.ts';
import { isCidr, portErrors } from '../../names.ts';
import { addressBits } from '../address-bits.ts';
import { nothingKept, rangeErrorsOf, type KeptValues } from '../ip-errors.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];

export function networkPolicyUpdateErrors(policy: NetworkPolicy, old: NetworkPolicy): readonly FieldError[] {
  const options = {
    kept: new Set(blocksOf(old).flatMap(({ cidr, except }) => [cidr, ...(except ?? [])])),
    anyLabelValue: labelSelectorErrors(old.spec.podSelector, '').length > 0,
  };
  return specErrors(policy, options);
}

export const networkPolicyErrors = (policy: NetworkPolicy): readonly FieldError[] =>
  specErrors(policy, { kept: nothingKept, anyLabelValue: false });

function blocksOf({ spec }: NetworkPolicy): readonly IPBlock[] {
  const peers = [
    ...(spec.ingress ?? []).flatMap(({ from }) => from ?? []),
    ...(spec.egress ?? []).flatMap(({ to }) => to ?? []),
  ];
  return peers.flatMap(({ ipBlock }) => ipBlock ?? []);
}

interface Options {
  /** Ranges that the old policy has: how they are written is not looked at again. */
  readonly kept: KeptValues;
  /** The old policy's selector was invalid: then values of labels in selectors are not looked at. */
  readonly anyLabelValue: boolean;
}

function specErrors({ spec }: NetworkPolicy, options: Options): readonly FieldError[] {
  const errors: FieldError[] = [...labelSelectorErrors(spec.podSelector, 'spec.podSelector', options)];
  for (const [index, { ports = [], from = [] }] of (spec.ingress ?? []).entries()) {
    const item = `spec.ingress[${index}]`;
    errors.push(...portsErrors(ports, `${item}.ports`), ...peersErrors(from, `${item}.from`, options));
  }
  for (const [index, { ports = [], to = [] }] of (spec.egress ?? []).entries()) {
    const item = `spec.egress[${index}]`;
    errors.push(...portsErrors(ports, `${item}.ports`), ...peersErrors(to, `${item}.to`, options));
  }
  const types = spec.policyTypes ?? [];
  if (types.length > 2)
    return [...errors, invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  for (const [index, type] of types.entries()) {
    if (!['Ingress', 'Egress'].includes(type)) {
      errors.push(notSupported(`spec.policyTypes[${index}]`, type, ['Ingress', 'Egress']));
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
    const ofPort = portNumOrNameErrors(port).map((text) => invalid(`${item}.port`, port, text));
    if (typeof port === 'string') {
      if (endPort != null)
        errors.push(invalid(`${item}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
      return [...errors, ...ofPort];
    }
    errors.push(...ofPort);
    if (endPort != null) {
      if (endPort < port) errors.push(invalid(`${item}.endPort`, port, 'must be greater than or equal to `port`'));
      errors.push(...portErrors(endPort).map((text) => invalid(`${item}.endPort`, endPort, text)));
    }
    return errors;
  });
}

function peersErrors(peers: readonly NetworkPolicyPeer[], field: string, options: Options): readonly FieldError[] {
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, index) => {
    const item = `${field}[${index}]`;
    const errors: FieldError[] = [
      ...labelSelectorErrors(podSelector, `${item}.podSelector`, options),
      ...labelSelectorErrors(namespaceSelector, `${item}.namespaceSelector`, options),
      ...(ipBlock == null ? [] : blockErrors(ipBlock, `${item}.ipBlock`, options.kept)),
    ];
    const selects = podSelector != null || namespaceSelector != null;
    if (!selects && ipBlock == null) errors.push(requiredField(item, 'must specify a peer'));
    else if (selects && ipBlock != null) {
      errors.push(forbidden(item, 'may not specify both ipBlock and another peer'));
    }
    return errors;
  });
}

function blockErrors({ cidr, except = [] }: IPBlock, field: string, kept: KeptValues): readonly FieldError[] {
  if (cidr === '') return [requiredField(`${field}.cidr`)];
  const errors: FieldError[] = [...rangeErrorsOf(cidr, `${field}.cidr`, kept)];
  if (!isCidr(cidr)) return errors;
  for (const [index, range] of except.entries()) {
    const at = `${field}.except[${index}]`;
    errors.push(...rangeErrorsOf(range, at, kept));
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
  const rest = BigInt((outerAddress.includes(':') ? 128 : 32) - Number(outerBits));
  return addressBits(outerAddress) >> rest === addressBits(innerAddress) >> rest;
}
