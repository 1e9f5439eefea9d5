import { invalid, requiredField, type FieldError } from '../field-error.ts';
import { dnsSubdomainErrors } from '../name-rules.ts';

const pathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const wholePath = new RegExp(`^${pathPattern}$`);

/** A name that its owner's domain makes unique: `example.com/thing`. */
export function domainPathErrors(value: string, field: string): readonly FieldError[] {
  if (value === '') return [requiredField(field)];
  const slash = value.indexOf('/');
  if (slash < 1 || slash === value.length - 1) {
    return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  }
  const domain = value.slice(0, slash);
  const path = value.slice(slash + 1);
  const errors = dnsSubdomainErrors(domain).map((text) => invalid(field, domain, text));
  if (!wholePath.test(path)) {
    errors.push(invalid(field, path, `Invalid path (regex used for validation is '${pathPattern}')`));
  }
  return errors;
}
