/** Where a group and version of the API is served, checked. */
import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { APIService } from '../../groups/apiregistration.v1.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { dns1035LabelErrors, portErrors } from '../../names.ts';

const maxGroupPriority = 20_000;
const maxVersionPriority = 1000;

export function apiServiceErrors({ metadata, spec }: APIService): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { group = '', version = '', groupPriorityMinimum, versionPriority } = spec;
  const name = `${version}.${group}`;
  if (pathSegmentErrors(metadata.name).length === 0 && metadata.name !== name) {
    const detail = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`;
    errors.push(invalid('metadata.name', metadata.name, detail));
  }
  if (group === '' && version !== 'v1') {
    errors.push(requiredField('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  }
  if (group !== '') errors.push(...dnsSubdomainErrors(group).map((text) => invalid('spec.group', group, text)));
  errors.push(...dns1035LabelErrors(version).map((text) => invalid('spec.version', version, text)));
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > maxGroupPriority) {
    const detail = `must be positive and less than ${maxGroupPriority}`;
    errors.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, detail));
  }
  if (versionPriority <= 0 || versionPriority > maxVersionPriority) {
    const detail = `must be positive and less than ${maxVersionPriority}`;
    errors.push(invalid('spec.versionPriority', versionPriority, detail));
  }
  return [...errors, ...(spec.service == null ? localErrors(spec) : remoteErrors(spec, spec.service))];
}

const statuses = ['True', 'False', 'Unknown'];

export function apiServiceStatusErrors({ status }: APIService): readonly FieldError[] {
  return (status.conditions ?? []).flatMap((condition, index) =>
    statuses.includes(condition.status)
      ? []
      : [notSupported(`status.conditions[${index}].status`, condition.status, statuses)],
  );
}

function localErrors({ caBundle, insecureSkipTLSVerify }: APIService['spec']): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (caBundle) {
    const size = Buffer.from(caBundle, 'base64').length;
    errors.push(invalid('spec.caBundle', `${size} bytes`, 'local APIServices may not have a caBundle'));
  }
  if (insecureSkipTLSVerify === true) {
    const detail = 'local APIServices may not have insecureSkipTLSVerify';
    errors.push(invalid('spec.insecureSkipTLSVerify', true, detail));
  }
  return errors;
}

function remoteErrors(
  { caBundle, insecureSkipTLSVerify }: APIService['spec'],
  service: NonNullable<APIService['spec']['service']>,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!service.namespace) errors.push(requiredField('spec.service.namespace'));
  if (!service.name) errors.push(requiredField('spec.service.name'));
  const port = service.port ?? 0;
  const texts = portErrors(port);
  if (texts.length > 0) errors.push(invalid('spec.service.port', port, `port is not valid: ${texts.join(', ')}`));
  if (insecureSkipTLSVerify === true && caBundle) {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
  }
  return errors;
}
