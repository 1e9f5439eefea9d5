import { isIPv4 } from 'node:net';
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { IPAddress, ServiceCIDR } from '../../groups/networking.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { rangeErrorsOf, ipErrors } from '../ip-errors.ts';

export function serviceCidrErrors({ spec }: ServiceCIDR): readonly FieldError[] {
  const cidrs = spec.cidrs ?? [];
  if (cidrs.length === 0) return [requiredField('spec.cidrs', 'at least one CIDR required')];
  if (cidrs.length > 2) {
    return [invalid('spec.cidrs', cidrs, 'may only hold up to 2 values')];
  }
  const errors = cidrs.flatMap((cidr, index) => oneCidrErrors(cidr, `spec.cidrs[${index}]`));
  const families = new Set(cidrs.map((cidr) => cidr.includes(':')));
  if (cidrs.length === 2 && families.size === 1) {
    const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(invalid('spec.cidrs', cidrs, detail));
  }
  return errors;
}

export function serviceCidrUpdateErrors(range: ServiceCIDR, old: ServiceCIDR): readonly FieldError[] {
  return samePlain(range.spec.cidrs, old.spec.cidrs)
    ? []
    : [invalid('spec.cidrs', range.spec.cidrs ?? null, 'field is immutable')];
}

function oneCidrErrors(cidr: string, field: string): readonly FieldError[] {
  const errors = rangeErrorsOf(cidr, field);
  if (errors.length > 0) return errors;
  const [address = '', bits = '0'] = cidr.split('/');
  if (!isIPv4(address)) return [];
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return number % 2 ** (32 - Number(bits)) === 0
    ? []
    : [invalid(field, cidr, 'must not have bits set beyond the prefix length')];
}

/** An address is named by itself. */
export function addressNameErrors(name: string, prefix: boolean): readonly string[] {
  return prefix ? [] : ipErrors(name, '').map(({ message }) => message.replace(/^Invalid value: "[^"]*": /, ''));
}

export function ipAddressErrors({ spec }: IPAddress): readonly FieldError[] {
  const { parentRef } = spec;
  const field = 'spec.parentRef';
  if (parentRef == null) return [requiredField(field)];
  const errors: FieldError[] = [];
  const { group, resource, name, namespace } = parentRef;
  if (group) errors.push(...dnsSubdomainErrors(group).map((text) => invalid(`${field}.group`, group, text)));
  for (const [part, value] of [
    ['resource', resource],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(requiredField(`${field}.${part}`));
    else errors.push(...pathSegmentErrors(value).map((text) => invalid(`${field}.${part}`, value, text)));
  }
  if (namespace)
    errors.push(...pathSegmentErrors(namespace).map((text) => invalid(`${field}.namespace`, namespace, text)));
  return errors;
}

export function ipAddressUpdateErrors(address: IPAddress, old: IPAddress): readonly FieldError[] {
  const errors = [...ipAddressErrors(address)];
  if (!samePlain(address.spec.parentRef, old.spec.parentRef)) {
    const { group = '', resource = '', namespace = '', name = '' } = address.spec.parentRef ?? {};
    errors.push(
      invalid(
        'spec.parentRef',
        { Group: group, Resource: resource, Namespace: namespace, Name: name },
        'field is immutable',
      ),
    );
  }
  return errors;
}
