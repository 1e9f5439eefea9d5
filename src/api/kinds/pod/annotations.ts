/** Annotations of a pod that mean something to the API. Most are of the past, and are checked all the same. */
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import type { Pod, PodSpec, SeccompProfile } from '../../groups/core.v1.ts';
import { annotatedTolerationErrors } from './annotated-tolerations.ts';
import { appArmorAnnotationErrors, appArmorPrefix } from './app-armor.ts';
import { containersInOrder } from './containers-in-order.ts';
import { localPathErrors } from './volume-mounts.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
export const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
const localPrefix = 'localhost/';
const maxInt32 = 2 ** 31;

type Annotations = Readonly<Record<string, string>> | undefined;

/** The pod is made by its node, which only tells of it here. */
export function isMirror({ metadata }: Pod): boolean {
  return isMirrored(metadata.annotations);
}

export function isMirrored(annotations: Annotations): boolean {
  return annotations?.[mirrorAnnotation] !== undefined;
}

/** `field`: where the annotations stand. */
export function podAnnotationErrors(annotations: Annotations, spec: PodSpec, field: string): readonly FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  const mirror = annotations[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName) {
    const detail = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalid(`${field}[${mirrorAnnotation}]`, mirror, detail));
  }
  errors.push(...annotatedTolerationErrors(annotations, field));
  const cost = annotations[deletionCost];
  if (cost !== undefined && !isInt32(cost)) {
    errors.push(invalid(`${field}[${deletionCost}]`, cost, 'must be a 32bit integer'));
  }
  for (const key of Object.keys(annotations).toSorted()) {
    if (key !== seccompOfPod && !key.startsWith(seccompPrefix)) continue;
    errors.push(...seccompErrors(annotations[key] ?? '', `${field}.${key}`));
  }
  return [...errors, ...appArmorAnnotationErrors(annotations, spec, field)];
}

function isInt32(text: string): boolean {
  return /^(0|-\d+|[1-9]\d*)$/.test(text) && Number(text) >= -maxInt32 && Number(text) < maxInt32;
}

function seccompErrors(value: string, field: string): readonly FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(value)) return [];
  return value.startsWith(localPrefix)
    ? localPathErrors(value.slice(localPrefix.length), field)
    : [invalid(field, value, 'must be a valid seccomp profile')];
}

/** Annotation and field of one container, or of the pod, must say the same. */
export function seccompMatchErrors(annotations: Annotations, spec: PodSpec, field: string): readonly FieldError[] {
  if (annotations === undefined) return [];
  return [
    ...matchErrors(annotations[seccompOfPod], spec.securityContext?.seccompProfile, `${field}.securityContext`),
    ...containersInOrder(spec).flatMap(({ path, container }) =>
      matchErrors(
        annotations[seccompPrefix + container.name],
        container.securityContext?.seccompProfile,
        `${field}.${path}.securityContext`,
      ),
    ),
  ];
}

function matchErrors(
  value: string | undefined,
  profile: SeccompProfile | undefined,
  field: string,
): readonly FieldError[] {
  if (value === undefined || profile == null) return [];
  const at = `${field}.seccompProfile`;
  const known: Readonly<Record<string, boolean>> = {
    Unconfined: value === 'unconfined',
    RuntimeDefault: value === 'runtime/default' || value === 'docker/default',
    Localhost: value.startsWith(localPrefix),
  };
  if (known[profile.type] === false) {
    return [forbidden(`${at}.type`, 'seccomp type in annotation and field must match')];
  }
  return profile.type === 'Localhost' && value.slice(localPrefix.length) !== profile.localhostProfile
    ? [forbidden(`${at}.localhostProfile`, 'seccomp profile in annotation and field must match')]
    : [];
}

/** Who mirrors a pod of a node, and which profile a container has, is said once. */
export function annotationUpdateErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const field = 'metadata.annotations';
  const after = pod.metadata.annotations ?? {};
  const before = old.metadata.annotations ?? {};
  const refused = (keys: readonly string[], verb: string): readonly FieldError[] =>
    keys.toSorted().flatMap((key) => {
      const what = fixedName(key);
      return what === undefined ? [] : [forbidden(`${field}[${key}]`, `may not ${verb} ${what}`)];
    });
  const changed = Object.keys(before).filter((key) => after[key] !== before[key]);
  const added = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
  return [
    ...refused(changed, 'remove or update'),
    ...refused(added, 'add'),
    ...podAnnotationErrors(after, pod.spec, field),
  ];
}

function fixedName(key: string): string | undefined {
  if (key.startsWith(appArmorPrefix)) return 'AppArmor annotations';
  return key === mirrorAnnotation ? 'mirror pod annotation' : undefined;
}
