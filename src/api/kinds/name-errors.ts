/**
 * How names, labels and the like must look. Each function answers the texts of what is wrong; none = valid.
 * Texts: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/validation
 */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const environmentName = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const labelPattern = whole(label);
const subdomainPattern = whole(subdomain);
const label1035Pattern = whole(label1035);
const qualifiedNamePattern = whole(qualifiedName);
const labelValuePattern = whole(labelValue);

const labelText = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const subdomainText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const label1035Text = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`;
const qualifiedNameText = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`;
const labelValueText = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`;

export const maxLengthText = (max: number): string => `must be no more than ${max} characters`;
const emptyText = 'must be non-empty';

/** A prefix from which a name is generated may end in a dash. */
function generated(name: string, prefix: boolean): string {
  return prefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -1)}a` : name;
}

export function dnsLabelErrors(value: string, prefix = false): readonly string[] {
  const name = generated(value, prefix);
  const errors: string[] = [];
  if (name.length > 63) errors.push(maxLengthText(63));
  if (!labelPattern.test(name)) errors.push(subdomainPattern.test(name) ? 'must not contain dots' : labelText);
  return errors;
}

export function dnsSubdomainErrors(value: string, prefix = false): readonly string[] {
  const name = generated(value, prefix);
  const errors: string[] = [];
  if (name.length > 253) errors.push(maxLengthText(253));
  if (!subdomainPattern.test(name)) errors.push(subdomainText);
  return errors;
}

export function dns1035LabelErrors(value: string, prefix = false): readonly string[] {
  const name = generated(value, prefix);
  const errors: string[] = [];
  if (name.length > 63) errors.push(maxLengthText(63));
  if (!label1035Pattern.test(name)) errors.push(label1035Text);
  return errors;
}

/** Names that stand in a path and may otherwise be anything: roles, bindings, … */
export function pathSegmentErrors(value: string, prefix = false): readonly string[] {
  const errors: string[] = [];
  if (!prefix && (value === '.' || value === '..')) errors.push(`may not be '${value}'`);
  for (const part of ['/', '%']) if (value.includes(part)) errors.push(`may not contain '${part}'`);
  return errors;
}

/** A key of labels and the like: a name with or without a DNS subdomain and a slash before it. */
export function qualifiedNameErrors(value: string): readonly string[] {
  const parts = value.split('/');
  const errors: string[] = [];
  if (parts.length > 2) {
    return [
      `a valid label key ${qualifiedNameText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') errors.push(`prefix part ${emptyText}`);
    else if (prefix.length > 253) errors.push('prefix part must be no more than 253 bytes');
    else errors.push(...dnsSubdomainErrors(prefix).map((text) => `prefix part ${text}`));
  }
  const name = parts.at(-1) ?? '';
  if (name === '') errors.push(`name part ${emptyText}`);
  else if (name.length > 63) errors.push('name part must be no more than 63 bytes');
  if (!qualifiedNamePattern.test(name)) errors.push(`name part ${qualifiedNameText}`);
  return errors;
}

export function labelValueErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push('must be no more than 63 bytes');
  if (!labelValuePattern.test(value)) errors.push(labelValueText);
  return errors;
}

/** The name of a port of a container or service: an IANA service name. */
export function portNameErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (value.length > 15) errors.push(maxLengthText(15));
  if (!/^[-a-z0-9]+$/.test(value)) {
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value !== '' && (value.startsWith('-') || value.endsWith('-'))) {
    errors.push('must not begin or end with a hyphen');
  }
  return errors;
}

export function portNumberErrors(value: number): readonly string[] {
  return value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

export function portNumOrNameErrors(value: string | number): readonly string[] {
  return typeof value === 'number' ? portNumberErrors(value) : portNameErrors(value);
}

/** The name of an environment variable, with few limits. */
export function environmentNameErrors(value: string): readonly string[] {
  if (value.length === 0) return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(value)) return [];
  return [`a valid environment variable name must consist only of printable ASCII characters other than '='`];
}

export function strictEnvironmentNameErrors(value: string): readonly string[] {
  const errors: string[] = [];
  if (!whole(environmentName).test(value)) {
    errors.push(
      `a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '${environmentName}')`,
    );
  }
  return errors;
}

/** A key of annotations, checked without regard to case. */
export function annotationKeyErrors(key: string): readonly string[] {
  return qualifiedNameErrors(key.toLowerCase());
}
