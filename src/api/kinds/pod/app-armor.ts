/** The AppArmor profile of a container: once an annotation, now a field. What only the annotation says goes into the field. */
import type { Draft } from '../../descriptor.ts';
import { invalid, type FieldError } from '../../field-error.ts';
import type { Pod, PodSpec } from '../../groups/core.v1.ts';

const prefix = 'container.apparmor.security.beta.kubernetes.io/';

interface Profile {
  readonly type: string;
  readonly localhostProfile?: string;
}

export function syncAppArmor({ spec, metadata }: Draft<Pod>): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const profile = profileOf(metadata.annotations?.[prefix + container.name] ?? '');
    if (profile === undefined || container.securityContext?.appArmorProfile != null) continue;
    container.securityContext = { ...container.securityContext, appArmorProfile: { ...profile } };
  }
}

export function appArmorAnnotationErrors({ spec, metadata }: Pod): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of annotationsOf(metadata.annotations)) {
    const field = `metadata.annotations[${key}]`;
    const name = key.slice(prefix.length);
    if (!containerNames(spec).includes(name)) errors.push(invalid(field, name, 'container not found'));
    if (value !== '' && profileOf(value) === undefined) {
      errors.push(invalid(field, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`));
    }
  }
  return errors;
}

export function appArmorWarnings({ spec, metadata }: Pod): readonly string[] {
  return annotationsOf(metadata.annotations)
    .filter(([key]) => containerNames(spec).includes(key.slice(prefix.length)))
    .map(([key]) => `metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
}

function annotationsOf(
  annotations: Readonly<Record<string, string>> | undefined,
): readonly (readonly [string, string])[] {
  return Object.entries(annotations ?? {}).filter(([key]) => key.startsWith(prefix));
}

function containerNames(spec: PodSpec): readonly string[] {
  return [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(
    ({ name }) => name,
  );
}

function profileOf(value: string): Profile | undefined {
  if (value === 'runtime/default') return { type: 'RuntimeDefault' };
  if (value === 'unconfined') return { type: 'Unconfined' };
  const local = /^localhost\/(.+)$/.exec(value)?.[1];
  return local === undefined ? undefined : { type: 'Localhost', localhostProfile: local };
}
