/**
 * Families of a Service's addresses. The cluster has addresses of version four only; but a headless Service without a
 * selector has no addresses of the cluster at all, and gets both families.
 *
 * The original settles this before it looks at anything else: when it fails, no other error is told.
 */
import type { Draft } from '../../descriptor.ts';
import { duplicate, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { ServiceSpec } from '../../groups/core.v1.ts';
import { samePlain } from '../../equality.ts';
import { repeats } from '../../repeats.ts';
import { ipErrors } from '../ip-errors.ts';

const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const known = ['IPv4', 'IPv6'];
const servedFamily = 'IPv4';

type Spec = Pick<ServiceSpec, 'type' | 'clusterIP' | 'clusterIPs' | 'ipFamilies' | 'ipFamilyPolicy' | 'selector'>;

export function isHeadlessService({ clusterIPs }: Pick<ServiceSpec, 'clusterIPs'>): boolean {
  return clusterIPs?.length === 1 && clusterIPs[0] === 'None';
}

/** Nobody serves its addresses but who writes them by hand. */
function isBare({ clusterIP, selector }: Spec): boolean {
  return clusterIP === 'None' && Object.keys(selector ?? {}).length === 0;
}

/** What the client leaves out. */
export function familyDefaults(spec: Draft<ServiceSpec>, old: ServiceSpec | undefined): void {
  if (spec.type === 'ExternalName' || staysFlexible(spec as Spec, old)) return;
  const kept = old?.type === 'ExternalName' ? undefined : old?.ipFamilyPolicy;
  spec.ipFamilyPolicy ??= kept ?? (isBare(spec as Spec) ? 'RequireDualStack' : 'SingleStack');
  if (old !== undefined && spec.ipFamilyPolicy === 'SingleStack') dropSecond(spec, old);
  if (lossErrors(spec as Spec, old).length > 0) return;
  const families = (spec.ipFamilies ??= []);
  const addresses = spec.clusterIPs ?? [];
  if (addresses[0] !== 'None') {
    const more = addresses.slice(families.length).map(familyOf);
    if (more.includes(servedFamily) && !families.includes(servedFamily)) families.push(servedFamily);
    if (more.some((family) => family !== servedFamily)) return;
  }
  if (families.length === 0) families.push(servedFamily);
  if (isBare(spec as Spec) && families.length < 2 && spec.ipFamilyPolicy !== 'SingleStack') {
    families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
  }
}

/** A Service that takes what the cluster has gets no other family by the way. */
function staysFlexible(spec: Spec, old: ServiceSpec | undefined): boolean {
  const isFlexible = spec.ipFamilyPolicy === 'PreferDualStack' && old?.ipFamilyPolicy === 'PreferDualStack';
  return (
    isFlexible &&
    old.type !== 'ExternalName' &&
    samePlain(spec.clusterIPs ?? [], old.clusterIPs ?? []) &&
    samePlain(spec.ipFamilies ?? [], old.ipFamilies ?? [])
  );
}

/** Who wants one family gives up the second of what the Service had. */
function dropSecond(spec: Draft<ServiceSpec>, old: ServiceSpec): void {
  if (spec.clusterIPs && samePlain(spec.clusterIPs, old.clusterIPs)) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
  if (spec.ipFamilies && samePlain(spec.ipFamilies, old.ipFamilies)) spec.ipFamilies = spec.ipFamilies.slice(0, 1);
}

const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

export function familyErrors(spec: ServiceSpec, old?: ServiceSpec): readonly FieldError[] {
  if (spec.type === 'ExternalName' || staysFlexible(spec, old)) return [];
  const errors = formErrors(spec);
  if (errors.length > 0) return errors;
  const choice = [...lossErrors(spec, old), ...choiceErrors(spec)];
  if (choice.length > 0 || isBare(spec)) return choice;
  return servedErrors(spec);
}

/** The second address or family goes only with a policy that says so. */
function lossErrors({ ipFamilyPolicy, ...spec }: Spec, old: ServiceSpec | undefined): readonly FieldError[] {
  if (ipFamilyPolicy === 'SingleStack') return [];
  return (['clusterIPs', 'ipFamilies'] as const).flatMap((field) => {
    const count = spec[field]?.length ?? 0;
    if (count === 0 || count >= (old?.[field]?.length ?? 0)) return [];
    const what = field === 'clusterIPs' ? 'cluster IP' : 'IP family';
    return [invalid('spec.ipFamilyPolicy', ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`)];
  });
}

function formErrors({ clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: Spec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const field = 'spec.clusterIPs';
  if (clusterIP) {
    if (clusterIPs.length === 0) errors.push(requiredField(field));
    else if (clusterIPs[0] !== clusterIP) {
      errors.push(invalid(field, clusterIPs, 'first value must match `clusterIP`'));
    }
  } else if (clusterIPs.length > 0) {
    errors.push(invalid(field, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
  const again = repeats(ipFamilies);
  for (const [index, family] of ipFamilies.entries()) {
    const at = `spec.ipFamilies[${index}]`;
    if (!known.includes(family)) errors.push(notSupported(at, family, known));
    if (again.has(index)) errors.push(duplicate(at, family));
  }
  if (ipFamilyPolicy != null && !policies.includes(ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies));
  }
  const bad = addressErrors(clusterIPs, field);
  errors.push(...bad);
  if (clusterIPs.length > 2) errors.push(invalid(field, clusterIPs, 'may only hold up to 2 values'));
  return bad.length > 0 ? errors : [...errors, ...pairErrors(clusterIPs, ipFamilies, field)];
}

function addressErrors(addresses: readonly string[], field: string): readonly FieldError[] {
  return addresses.flatMap((address, index) => {
    if (index > 0 || address !== 'None') return ipErrors(address, `${field}[${index}]`);
    return addresses.length > 1 ? [invalid(field, addresses, "'None' must be the first and only value")] : [];
  });
}

function pairErrors(addresses: readonly string[], families: readonly string[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (addresses.length > 1 && new Set(addresses.map(familyOf)).size < 2) {
    errors.push(invalid(field, addresses, 'may specify no more than one IP for each IP family'));
  }
  if (addresses[0] === 'None') return errors;
  for (const [index, address] of addresses.entries()) {
    const family = families[index];
    if (family === undefined || !known.includes(family) || familyOf(address) === family) continue;
    const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(invalid(`${field}[${index}]`, address, detail));
  }
  return errors;
}

function choiceErrors({ clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: Spec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const both = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
  const single = ipFamilyPolicy === 'SingleStack';
  if (single && clusterIPs.length === 2) {
    errors.push(invalid('spec.ipFamilyPolicy', ipFamilyPolicy, `${both} cluster IPs are specified`));
  }
  if (single && ipFamilies.length === 2) {
    errors.push(invalid('spec.ipFamilyPolicy', ipFamilyPolicy, `${both} IP families are specified`));
  }
  for (const [index, address] of clusterIPs.entries()) {
    if (address === 'None') break;
    if (index < ipFamilies.length || familyOf(address) === servedFamily) continue;
    const detail = `${familyOf(address)} is not configured on this cluster`;
    errors.push(invalid(`spec.clusterIPs[${index}]`, clusterIPs, detail));
  }
  return errors;
}

function servedErrors({ ipFamilies = [], ipFamilyPolicy }: Spec): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (ipFamilyPolicy === 'RequireDualStack') {
    const detail = 'this cluster is not configured for dual-stack services';
    errors.push(invalid('spec.ipFamilyPolicy', ipFamilyPolicy, detail));
  }
  for (const [index, family] of ipFamilies.entries()) {
    if (family === servedFamily) continue;
    errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  return errors;
}
