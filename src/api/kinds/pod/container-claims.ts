/** A container names claims of its pod, whole or single requests of them: none twice, and none within another. */
import { duplicate, invalid, notFound, requiredField, type FieldError } from '../../field-error.ts';
import type { PodSpec, ResourceRequirements } from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';

/** The claims of a pod. */
export interface ClaimNames {
  readonly names: ReadonlySet<string>;
  /** As an unknown one is answered: made once, for each of many containers may name one. */
  readonly text: string;
}

export const noClaims: ClaimNames = { names: new Set(), text: ' which is empty' };

export function claimNamesOf({ resourceClaims = [] }: PodSpec): ClaimNames {
  const names = new Set(resourceClaims.map(({ name }) => name).filter((name) => name !== ''));
  return names.size === 0 ? noClaims : { names, text: `: ${[...names].toSorted().join(', ')}` };
}

export function containerClaimErrors(
  claims: NonNullable<ResourceRequirements['claims']>,
  known: ClaimNames,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  /** How many requests of a claim were named. */
  const parts = new Map<string, number>();
  for (const [index, { name, request }] of claims.entries()) {
    const at = `${field}[${index}]`;
    if (name === '') {
      errors.push(requiredField(at));
      continue;
    }
    if (seen.has(name)) errors.push(duplicate(at, name));
    else {
      const key = request ? `${name}/${request}` : name;
      if (request) errors.push(...dnsLabelErrors(request).map((text) => invalid(`${at}.request`, request, text)));
      if (seen.has(key)) errors.push(duplicate(at, key));
      else if (request) parts.set(name, (parts.get(name) ?? 0) + 1);
      else errors.push(...Array.from({ length: parts.get(name) ?? 0 }, () => duplicate(at, name)));
      seen.add(key);
    }
    if (!known.names.has(name)) errors.push(unknownClaim(name, known, at));
  }
  return errors;
}

function unknownClaim(name: string, { text }: ClaimNames, field: string): FieldError {
  const error = notFound(field, name);
  return { ...error, message: `${error.message}: must be one of the names in pod.spec.resourceClaims${text}` };
}
