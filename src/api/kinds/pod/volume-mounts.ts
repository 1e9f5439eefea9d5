/** Where volumes appear inside a container, as files or as devices. */
import { invalid, notFound, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { Container, EphemeralContainer, Volume, VolumeMount } from '../../groups/core.v1.ts';
import { forbidden } from '../../field-error.ts';

type AnyContainer = Container | EphemeralContainer;

/** By name: those of the pod that are in order. */
export type KnownVolumes = ReadonlyMap<string, Volume>;

/** Of a volume that is there several times the other list counts only the last place, as in the original. */
export function volumeMountErrors(
  container: AnyContainer,
  volumes: KnownVolumes,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const devices = new Map((container.volumeDevices ?? []).map(({ name, devicePath }) => [name, devicePath]));
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const item = `${field}[${index}]`;
    if (mount.name === '') errors.push(requiredField(`${item}.name`));
    if (!volumes.has(mount.name)) errors.push(notFound(`${item}.name`, mount.name));
    if (mount.mountPath === '') errors.push(requiredField(`${item}.mountPath`));
    if (paths.has(mount.mountPath)) errors.push(invalid(`${item}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    if (devices.has(mount.name)) {
      errors.push(invalid(`${item}.name`, mount.name, 'must not already exist in volumeDevices'));
    }
    if ([...devices.values()].includes(mount.mountPath)) {
      errors.push(invalid(`${item}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'));
    }
    errors.push(...subPathErrors(mount, field, item), ...propagationErrors(mount, container, field));
  }
  return errors;
}

/** Some of these errors name the list, not the mount, as the original's do. */
function subPathErrors({ subPath, subPathExpr }: VolumeMount, field: string, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (subPath) errors.push(...localPathErrors(subPath, `${field}.subPath`));
  if (subPathExpr) {
    if (subPath)
      errors.push(invalid(`${item}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
    errors.push(...localPathErrors(subPathExpr, `${field}.subPathExpr`));
  }
  return errors;
}

function propagationErrors(mount: VolumeMount, container: AnyContainer, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const modes = ['Bidirectional', 'HostToContainer', 'None'];
  const { mountPropagation, recursiveReadOnly } = mount;
  if (mountPropagation != null) {
    const at = `${field}.mountPropagation`;
    if (!modes.includes(mountPropagation)) errors.push(notSupported(at, mountPropagation, modes));
    if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
      errors.push(forbidden(at, 'Bidirectional mount propagation is available only to privileged containers'));
    }
  }
  if (recursiveReadOnly != null) {
    const at = `${field}.recursiveReadOnly`;
    const policies = ['Disabled', 'Enabled', 'IfPossible'];
    if (!policies.includes(recursiveReadOnly)) errors.push(notSupported(at, recursiveReadOnly, policies));
    else if (recursiveReadOnly !== 'Disabled') {
      if (mount.readOnly !== true) errors.push(forbidden(at, 'may only be specified when readOnly is true'));
      if (mountPropagation != null && mountPropagation !== 'None') {
        errors.push(forbidden(at, 'may only be specified when mountPropagation is None or not specified'));
      }
    }
  }
  return errors;
}

export function volumeDeviceErrors(
  container: AnyContainer,
  volumes: KnownVolumes,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const names = new Set<string>();
  const mounts = new Map((container.volumeMounts ?? []).map(({ name, mountPath }) => [name, mountPath]));
  for (const [index, { name, devicePath }] of (container.volumeDevices ?? []).entries()) {
    const item = `${field}[${index}]`;
    const volume = volumes.get(name);
    if (name === '') errors.push(requiredField(`${item}.name`));
    if (names.has(name)) errors.push(invalid(`${item}.name`, name, 'must be unique'));
    if (volume !== undefined && volume.persistentVolumeClaim == null && volume.ephemeral == null) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(`${item}.name`, name, detail));
    }
    if (volume === undefined) errors.push(notFound(`${item}.name`, name));
    if (devicePath === '') errors.push(requiredField(`${item}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${item}.devicePath`, devicePath, 'must be unique'));
    if (devicePath !== '' && devicePath.split('/').includes('..')) {
      errors.push(invalid(`${item}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (mounts.has(name)) {
      errors.push(invalid(`${item}.name`, name, 'must not already exist in volumeMounts'));
    }
    if ([...mounts.values()].includes(devicePath)) {
      errors.push(invalid(`${item}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name !== '') names.add(name);
  }
  return errors;
}

/** A path inside a volume. */
export function localPathErrors(path: string, field: string): readonly FieldError[] {
  return [
    ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
    ...backstepErrors(path, field),
  ];
}

export function backstepErrors(path: string, field: string): readonly FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** A file inside a volume that the system writes: it keeps names of two dots for itself. */
export function ownPathErrors(path: string, field: string): readonly FieldError[] {
  return [
    ...localPathErrors(path, field),
    ...(path.startsWith('..') && !path.startsWith('../') ? [invalid(field, path, "must not start with '..'")] : []),
  ];
}
