/**
 * Rules for metadata.name, which also check the prefix of a name that is yet to be generated, and for what else is
 * named in metadata.
 */
import { labelErrors, portErrors, portNameErrors, qualifiedNameErrors, subdomainErrors } from './names.ts';

/** A DNS label, as for namespaces and services. */
export function dnsLabelErrors(value: string, prefix = false): readonly string[] {
  return labelErrors(completed(value, prefix));
}

/** A DNS subdomain, as for most kinds. */
export function dnsSubdomainErrors(value: string, prefix = false): readonly string[] {
  return subdomainErrors(completed(value, prefix));
}

/** Names that stand in a path and may otherwise be anything: roles, bindings, … */
export function pathSegmentErrors(value: string, prefix = false): readonly string[] {
  const errors: string[] = [];
  if (!prefix && (value === '.' || value === '..')) errors.push(`may not be '${value}'`);
  for (const part of ['/', '%']) if (value.includes(part)) errors.push(`may not contain '${part}'`);
  return errors;
}

/** A key of annotations, checked without regard to case. */
export function annotationKeyErrors(key: string): readonly string[] {
  return qualifiedNameErrors(key.toLowerCase());
}

/** A port by number or by name. */
export function portNumOrNameErrors(value: string | number): readonly string[] {
  return typeof value === 'number' ? portErrors(value) : portNameErrors(value);
}

/** A prefix from which a name is generated may end in a dash; the original looks away from the letter before it, too. */
function completed(name: string, prefix: boolean): string {
  return prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}
