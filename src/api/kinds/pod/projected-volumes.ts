/** Volumes whose files come from other objects: keys of them, fields of the pod, tokens. */
import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  ProjectedVolumeSource,
  VolumeProjection,
} from '../../groups/core.v1.ts';
import { fieldRefErrors, resourceFieldErrors, volumeFields } from './environment.ts';
import { ownPathErrors } from './volume-mounts.ts';

const modeText = 'must be a number between 0 and 0777 (octal), both inclusive';
const tenMinutes = 600;

export function modeErrors(mode: number | undefined, field: string): readonly FieldError[] {
  return mode != null && (mode < 0 || mode > 0o777) ? [invalid(field, mode, modeText)] : [];
}

export function keyItemsErrors(items: readonly KeyToPath[], field: string): readonly FieldError[] {
  return items.flatMap(({ key, path, mode }, index) => {
    const item = `${field}.items[${index}]`;
    return [
      ...(key === '' ? [requiredField(`${item}.key`)] : []),
      ...(path === '' ? [requiredField(`${item}.path`)] : []),
      ...ownPathErrors(path, `${item}.path`),
      ...modeErrors(mode, `${item}.mode`),
    ];
  });
}

export function downwardItemsErrors(items: readonly DownwardAPIVolumeFile[], field: string): readonly FieldError[] {
  return items.flatMap(({ path, fieldRef, resourceFieldRef, mode }) => {
    const errors: FieldError[] = [];
    if (path === '') errors.push(requiredField(`${field}.path`));
    errors.push(...ownPathErrors(path, `${field}.path`));
    if (fieldRef != null) {
      errors.push(...fieldRefErrors(fieldRef, volumeFields, `${field}.fieldRef`));
      if (resourceFieldRef != null) {
        errors.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
      }
    } else if (resourceFieldRef != null) {
      errors.push(...resourceFieldErrors(resourceFieldRef, true, `${field}.resourceFieldRef`));
    } else errors.push(requiredField(field, 'one of fieldRef and resourceFieldRef is required'));
    errors.push(...modeErrors(mode, `${field}.mode`));
    return errors;
  });
}

export function projectedErrors(projected: ProjectedVolumeSource, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...modeErrors(projected.defaultMode, `${field}.defaultMode`)];
  const paths = new Set<string>();
  for (const [index, source] of (projected.sources ?? []).entries()) {
    errors.push(...projectionErrors(source, paths, field, `${field}.sources[${index}]`));
  }
  return errors;
}

function projectionErrors(
  source: VolumeProjection,
  paths: Set<string>,
  field: string,
  item: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const take = (path: string, value: string): void => {
    if (path !== '' && paths.has(path)) errors.push(invalid(field, value, 'conflicting duplicate paths'));
    paths.add(path);
  };
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  for (const [name, keys] of [
    ['secret', secret],
    ['configMap', configMap],
  ] as const) {
    if (keys == null) continue;
    if (!keys.name) errors.push(requiredField(`${item}.${name}.name`));
    errors.push(...keyItemsErrors(keys.items ?? [], `${item}.${name}`));
    for (const { path } of keys.items ?? []) take(path, keys.name ?? '');
  }
  if (downwardAPI != null) {
    errors.push(...downwardItemsErrors(downwardAPI.items ?? [], `${item}.downwardAPI`));
    for (const { path } of downwardAPI.items ?? []) take(path, path);
  }
  if (serviceAccountToken != null) {
    const seconds = serviceAccountToken.expirationSeconds ?? 0;
    const at = `${item}.serviceAccountToken.expirationSeconds`;
    if (seconds < tenMinutes) errors.push(invalid(at, seconds, 'may not specify a duration less than 10 minutes'));
    if (seconds > 2 ** 32) errors.push(invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds'));
    if (serviceAccountToken.path === '') errors.push(requiredField(`${field}.path`));
    else errors.push(...ownPathErrors(serviceAccountToken.path, `${field}.path`));
  }
  const count = Object.values(source).filter((each) => each != null).length;
  if (count > 1) errors.push(forbidden(item, 'may not specify more than 1 volume type per source'));
  return errors;
}
