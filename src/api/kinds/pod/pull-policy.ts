import { notSupported, requiredField, type FieldError } from '../../field-error.ts';

/** When a node fetches an image, of a container or of a volume. */
export function pullPolicyErrors(policy: string, field: string): readonly FieldError[] {
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (policy === '') return [requiredField(field)];
  return policies.includes(policy) ? [] : [notSupported(field, policy, policies)];
}
