/** Environment variables and where their values come from. */
import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { EnvFromSource, EnvVar, ObjectFieldSelector, ResourceFieldSelector } from '../../groups/core.v1.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { configKeyErrors, environmentNameErrors, qualifiedNameErrors } from '../../names.ts';

const environmentFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const volumeFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.labels',
  'metadata.annotations',
  'metadata.uid',
];
const containerResources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export function environmentErrors(variables: readonly EnvVar[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, variable] of variables.entries()) {
    const item = `${field}[${index}]`;
    if (variable.name === '') errors.push(requiredField(`${item}.name`));
    else {
      for (const text of environmentNameErrors(variable.name))
        errors.push(invalid(`${item}.name`, variable.name, text));
    }
    errors.push(...valueFromErrors(variable, `${item}.valueFrom`));
  }
  return errors;
}

function valueFromErrors({ value, valueFrom }: EnvVar, field: string): readonly FieldError[] {
  if (valueFrom == null) return [];
  const errors: FieldError[] = [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  if (fieldRef != null) errors.push(...fieldRefErrors(fieldRef, environmentFields, `${field}.fieldRef`));
  if (resourceFieldRef != null) {
    errors.push(...resourceFieldErrors(resourceFieldRef, false, `${field}.resourceFieldRef`));
  }
  for (const [name, ref] of [
    ['configMapKeyRef', configMapKeyRef],
    ['secretKeyRef', secretKeyRef],
  ] as const) {
    if (ref == null) continue;
    if (!ref.name) errors.push(requiredField(`${field}.${name}.name`));
    if (!ref.key) errors.push(requiredField(`${field}.${name}.key`));
    else for (const text of configKeyErrors(ref.key)) errors.push(invalid(`${field}.${name}.key`, ref.key, text));
  }
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((each) => each != null);
  if (given.length === 0) {
    errors.push(
      invalid(
        field,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      ),
    );
  } else if (value) {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (given.length > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

export function fieldRefErrors(
  ref: ObjectFieldSelector,
  known: readonly string[],
  field: string,
): readonly FieldError[] {
  const { apiVersion = '', fieldPath } = ref;
  if (apiVersion === '') return [requiredField(`${field}.apiVersion`)];
  if (fieldPath === '') return [requiredField(`${field}.fieldPath`)];
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null) {
    const [, path = '', key = ''] = subscript;
    const name = path === 'metadata.annotations' ? key.toLowerCase() : key;
    return qualifiedNameErrors(name).map((text) => invalid(field, key, text));
  }
  if (known.includes(fieldPath)) return [];
  const detail = 'error converting fieldPath: field label not supported';
  const anywhere = [...environmentFields, ...volumeFields];
  if (!anywhere.includes(fieldPath)) return [invalid(`${field}.fieldPath`, fieldPath, `${detail}: ${fieldPath}`)];
  return [notSupported(`${field}.fieldPath`, fieldPath, known.toSorted())];
}

export function resourceFieldErrors(
  { containerName, resource, divisor }: ResourceFieldSelector,
  needsContainer: boolean,
  field: string,
): readonly FieldError[] {
  if (needsContainer && !containerName) return [requiredField(`${field}.containerName`)];
  if (resource === '') return [requiredField(`${field}.resource`)];
  const hugePages = /^(limits|requests)\.hugepages-/.test(resource);
  if (!containerResources.includes(resource) && !hugePages) {
    return [notSupported(`${field}.resource`, resource, containerResources)];
  }
  const divisors = resource.endsWith('.cpu')
    ? ['1m', '1']
    : ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
  if (!divisor || divisor === '0' || divisors.includes(divisor)) return [];
  const kind = resource.endsWith('.cpu') ? 'cpu' : resource.endsWith('memory') ? 'memory' : 'local ephemeral storage';
  return [
    invalid(
      `${field}.divisor`,
      divisor,
      `only divisor's values ${divisors.join(', ')} are supported with the ${kind} resource`,
    ),
  ];
}

export function environmentSourceErrors(sources: readonly EnvFromSource[], field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { prefix, configMapRef, secretRef }] of sources.entries()) {
    const item = `${field}[${index}]`;
    if (prefix) for (const text of environmentNameErrors(prefix)) errors.push(invalid(`${item}.prefix`, prefix, text));
    for (const [name, ref] of [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const) {
      if (ref == null) continue;
      if (!ref.name) errors.push(requiredField(`${item}.${name}.name`));
      else
        for (const text of dnsSubdomainErrors(ref.name)) errors.push(invalid(`${item}.${name}.name`, ref.name, text));
    }
    const given = [configMapRef, secretRef].filter((each) => each != null).length;
    if (given === 0) errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (given > 1) errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}
