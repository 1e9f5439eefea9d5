/** Environment variables and where their values come from. */
import { invalid, notFound, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  EnvFromSource,
  EnvVar,
  FileKeySelector,
  ObjectFieldSelector,
  PodSpec,
  ResourceFieldSelector,
} from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { configKeyErrors, environmentNameErrors, qualifiedNameErrors } from '../../names.ts';
import { containersInOrder } from './containers-in-order.ts';
import { backstepErrors } from './volume-mounts.ts';

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
const subscripted = ['metadata.annotations', 'metadata.labels'];
/** What the API understands as a field of a pod, be it of use here or not. */
const convertible = new Set([
  ...environmentFields,
  ...volumeFields,
  'spec.host',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
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
    const of = ref.name ?? '';
    errors.push(...dnsSubdomainErrors(of).map((text) => invalid(`${field}.${name}.name`, of, text)));
    if (!ref.key) errors.push(requiredField(`${field}.${name}.key`));
    else for (const text of configKeyErrors(ref.key)) errors.push(invalid(`${field}.${name}.key`, ref.key, text));
  }
  if (fileKeyRef != null) errors.push(...fileKeyErrors(fileKeyRef, `${field}.fileKeyRef`));
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

/** A line of a file that an earlier container has written. */
function fileKeyErrors({ key, path, volumeName }: FileKeySelector, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (key === '') errors.push(requiredField(`${field}.key`));
  else errors.push(...environmentNameErrors(key).map((text) => invalid(`${field}.key`, key, text)));
  const at = `${field}.volumeName`;
  if (volumeName === '') errors.push(requiredField(at));
  else errors.push(...dnsLabelErrors(volumeName).map((text) => invalid(at, volumeName, text)));
  if (path === '') errors.push(requiredField(`${field}.path`));
  else errors.push(...backstepErrors(path, `${field}.path`));
  return errors;
}

/** Such files can lie only in volumes that are made with the pod. */
export function fileVolumeErrors(spec: PodSpec, field: string): readonly FieldError[] {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  return containersInOrder(spec).flatMap(({ path, container }) =>
    (container.env ?? []).flatMap(({ valueFrom }, index) => {
      const name = valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) return [];
      const at = `${field}.${path}.env[${index}].valueFrom.fileKeyRef.volumeName`;
      const volume = volumes.get(name);
      if (volume === undefined) return [notFound(at, name)];
      return volume.emptyDir == null ? [invalid(at, name, 'referenced volume must be of type emptyDir')] : [];
    }),
  );
}

export function fieldRefErrors(
  ref: ObjectFieldSelector,
  known: readonly string[],
  field: string,
): readonly FieldError[] {
  const { apiVersion = '', fieldPath } = ref;
  if (apiVersion === '') return [requiredField(`${field}.apiVersion`)];
  if (fieldPath === '') return [requiredField(`${field}.fieldPath`)];
  const failed = (why: string): readonly FieldError[] => [
    invalid(`${field}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`),
  ];
  if (apiVersion !== 'v1') return failed(`unsupported pod version: ${apiVersion}`);
  const subscript = /^(.*?)\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null) {
    const [, path = '', key = ''] = subscript;
    if (!subscripted.includes(path)) return failed(`field label does not support subscript: ${fieldPath}`);
    const name = path === 'metadata.annotations' ? key.toLowerCase() : key;
    return qualifiedNameErrors(name).map((text) => invalid(field, name, text));
  }
  if (!convertible.has(fieldPath)) return failed(`field label not supported: ${fieldPath}`);
  const stored = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  return known.includes(stored) ? [] : [notSupported(`${field}.fieldPath`, stored, known.toSorted())];
}

const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const divisorsOf: Readonly<Record<string, readonly [what: string, texts: readonly string[], list: string]>> = {
  cpu: ['cpu', ['1m', '1'], '1m and 1'],
  memory: ['memory', byteDivisors, byteDivisors.join(', ')],
  'ephemeral-storage': ['local ephemeral storage', byteDivisors, byteDivisors.join(', ')],
  'hugepages-': ['hugepages', byteDivisors, byteDivisors.join(', ')],
};

export function resourceFieldErrors(
  { containerName, resource, divisor }: ResourceFieldSelector,
  needsContainer: boolean,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const hugePages = /^(limits|requests)\.hugepages-/.test(resource);
  if (needsContainer && !containerName) errors.push(requiredField(`${field}.containerName`));
  else if (resource === '') errors.push(requiredField(`${field}.resource`));
  else if (!containerResources.includes(resource) && !hugePages) {
    errors.push(notSupported(`${field}.resource`, resource, containerResources));
  }
  const [what, known, list] =
    divisorsOf[
      hugePages ? 'hugepages-' : containerResources.includes(resource) ? resource.replace(/^\w+\./, '') : ''
    ] ?? [];
  if (divisor && divisor !== '0' && known?.includes(divisor) === false) {
    const detail = `only divisor's values ${list} are supported with the ${what} resource`;
    errors.push(invalid(`${field}.divisor`, resource, detail));
  }
  return errors;
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
        for (const text of dnsSubdomainErrors(ref.name, true))
          errors.push(invalid(`${item}.${name}.name`, ref.name, text));
    }
    const given = [configMapRef, secretRef].filter((each) => each != null).length;
    if (given === 0) errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (given > 1) errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}
