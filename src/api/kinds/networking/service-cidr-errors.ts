import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { IPAddress, ServiceCIDR } from '../../groups/networking.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { isCidr } from '../../names.ts';
import { rangeErrorsOf, ipErrors } from '../ip-errors.ts';
import { plainAddress, plainRange } from '../ip-warnings.ts';

const immutable = 'field is immutable';

export function serviceCidrErrors({ spec }: ServiceCIDR): readonly FieldError[] {
  const cidrs = spec.cidrs ?? [];
  if (cidrs.length === 0) return [requiredField('spec.cidrs', 'at least one CIDR required')];
  if (cidrs.length > 2) {
    return [invalid('spec.cidrs', { CIDRs: cidrs }, 'may only hold up to 2 values')];
  }
  const errors = cidrs.flatMap((cidr, index) => plainRangeErrors(cidr, `spec.cidrs[${index}]`));
  const families = new Set(cidrs.map((cidr) => (isCidr(cidr) ? cidr.includes(':') : undefined)));
  if (cidrs.length === 2 && families.size === 1 && !families.has(undefined)) {
    const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(invalid('spec.cidrs', cidrs, detail));
  }
  return errors;
}

function plainRangeErrors(range: string, field: string): readonly FieldError[] {
  const errors = rangeErrorsOf(range, field);
  const plain = plainRange(range);
  return errors.length > 0 || plain === range ? errors : [invalid(field, range, canonicalText(plain))];
}

const canonicalText = (plain: string | undefined): string => `must be in canonical form (${JSON.stringify(plain)})`;

/** A second range may be added for the other family; what is there stays. */
export function serviceCidrUpdateErrors(range: ServiceCIDR, old: ServiceCIDR): readonly FieldError[] {
  const made = range.spec.cidrs ?? [];
  const before = old.spec.cidrs ?? [];
  const grows = before.length === 1 && made.length === 2;
  if (made.length !== before.length && !grows) return [invalid('spec.cidrs', range.spec.cidrs, immutable)];
  return [
    ...before.flatMap((cidr, index) =>
      made[index] === cidr ? [] : [invalid(`spec.cidrs[${index}]`, made[index], immutable)],
    ),
    ...(grows ? serviceCidrErrors(range) : []),
  ];
}

/** An address is named by itself; so names cannot be made from a prefix. */
export function addressNameErrors(name: string): readonly string[] {
  const texts = ipErrors(name, '').map(({ message }) => message.replace(/^Invalid value: "[^"]*": /, ''));
  const plain = plainAddress(name);
  return texts.length > 0 || plain === name ? texts : [canonicalText(plain)];
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

/** An address never changes its owner; so nothing else about it is looked at again. */
export function ipAddressUpdateErrors({ spec: { parentRef } }: IPAddress, old: IPAddress): readonly FieldError[] {
  if (samePlain(parentRef, old.spec.parentRef)) return [];
  if (parentRef == null) return [invalid('spec.parentRef', null, immutable)];
  const { group = '', resource = '', namespace = '', name = '' } = parentRef;
  return [invalid('spec.parentRef', { Group: group, Resource: resource, Namespace: namespace, Name: name }, immutable)];
}
