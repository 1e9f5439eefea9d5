/** The AppArmor profile of a container: once an annotation, now a field. What only the annotation says goes into the field. */
import { samePlain } from '../../equality.ts';
import type { Draft, Warning } from '../../descriptor.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import type { AppArmorProfile, Container, Pod, PodSpec } from '../../groups/core.v1.ts';
import { containersInOrder } from './containers-in-order.ts';
import { appArmorErrors } from './security-context.ts';

export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const localPrefix = 'localhost/';

type Annotations = Readonly<Record<string, string>> | undefined;

/** Answers a warning for each annotation that said something new, or nothing that can be understood. */
export function syncAppArmor({ spec, metadata }: Draft<Pod>): readonly Warning[] {
  if (metadata.annotations === undefined || spec.os?.name === 'windows') return [];
  const warnings: Warning[] = [];
  for (const { container } of containersInOrder(spec as PodSpec)) {
    const draft = container as Draft<Container>;
    const key = appArmorPrefix + draft.name;
    const value = metadata.annotations[key];
    if (value === undefined || draft.securityContext?.appArmorProfile != null) continue;
    const profile = profileOf(value);
    const usable = profile !== undefined && appArmorErrors(profile, '').length === 0;
    if (usable && samePlain(profile, spec.securityContext?.appArmorProfile)) continue;
    if (usable) draft.securityContext = { ...draft.securityContext, appArmorProfile: { ...profile } };
    warnings.push(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
  }
  return warnings;
}

export function appArmorAnnotationErrors(
  annotations: Annotations,
  spec: PodSpec,
  field: string,
): readonly FieldError[] {
  if (annotations === undefined) return [];
  const names = containersInOrder(spec).map(({ container }) => container.name);
  return Object.keys(annotations)
    .filter((key) => key.startsWith(appArmorPrefix))
    .toSorted()
    .flatMap((key) => {
      const value = annotations[key] ?? '';
      const name = key.slice(appArmorPrefix.length);
      const at = `${field}[${key}]`;
      const known = ['', 'runtime/default', 'unconfined'].includes(value) || value.startsWith(localPrefix);
      return [
        ...(names.includes(name) ? [] : [invalid(at, name, 'container not found')]),
        ...(known ? [] : [invalid(at, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`)]),
      ];
    });
}

/** Annotation and field of one container must say the same. */
export function appArmorMatchErrors(annotations: Annotations, spec: PodSpec, field: string): readonly FieldError[] {
  if (annotations === undefined || spec.os?.name === 'windows') return [];
  return containersInOrder(spec).flatMap(({ path, container }) => {
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    const value = annotations[appArmorPrefix + container.name];
    return profile == null || value === undefined
      ? []
      : matchErrors(value, profile, `${field}.${path}.securityContext.appArmorProfile`);
  });
}

const texts: Readonly<Record<string, string>> = { Unconfined: 'unconfined', RuntimeDefault: 'runtime/default' };

function matchErrors(value: string, { type, localhostProfile }: AppArmorProfile, field: string): readonly FieldError[] {
  const same =
    type === 'Localhost' ? value.startsWith(localPrefix) : texts[type] === undefined || texts[type] === value;
  if (!same) return [forbidden(`${field}.type`, 'apparmor type in annotation and field must match')];
  if (type !== 'Localhost' || value.slice(localPrefix.length) === localhostProfile) return [];
  return [forbidden(`${field}.localhostProfile`, 'apparmor profile in annotation and field must match')];
}

function profileOf(value: string): AppArmorProfile | undefined {
  if (value === 'runtime/default') return { type: 'RuntimeDefault' };
  if (value === 'unconfined') return { type: 'Unconfined' };
  const local = value.startsWith(localPrefix) ? value.slice(localPrefix.length) : '';
  return local === '' ? undefined : { type: 'Localhost', localhostProfile: local };
}
