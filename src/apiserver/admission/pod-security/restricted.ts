/**
 * The restricted standard: what well-behaved programs need, and no more.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
import { seccompViolation } from './baseline.ts';
import {
  containersOf,
  isWindows,
  named,
  plural,
  quoted,
  setters,
  sorted,
  type AnyContainer,
  type Check,
} from './subject.ts';

const volumeTypes = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** The check does not hold for pods of Windows: what it asks for means nothing there. */
export const exceptOnWindows =
  (check: Check): Check =>
  (subject) =>
    isWindows(subject.spec) ? undefined : check(subject);

/** The check does not hold for pods with users of their own (`hostUsers: false`): their root is nobody on the node. */
export const exceptWithOwnUsers =
  (check: Check): Check =>
  (subject) =>
    subject.spec.hostUsers === false ? undefined : check(subject);

export const allowPrivilegeEscalation: Check = ({ spec }) => {
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
};

export const restrictedCapabilities: Check = ({ spec }) => {
  const containers = containersOf(spec);
  const extra = ({ securityContext }: AnyContainer): string[] =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => capability !== 'NET_BIND_SERVICE');
  const keeping = containers.filter(
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  );
  const adding = containers.filter((container) => extra(container).length > 0);
  const details: string[] = [];
  if (keeping.length > 0) details.push(`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const added = quoted(sorted(adding.flatMap(extra)));
    details.push(`${named(adding)} must not include ${added} in securityContext.capabilities.add`);
  }
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
};

export const restrictedVolumes: Check = ({ spec }) => {
  const typesOf = (volume: object): string[] => Object.keys(volume).filter((field) => field !== 'name');
  const bad = (spec.volumes ?? []).filter((volume) => !typesOf(volume).some((type) => volumeTypes.has(type)));
  if (bad.length === 0) return undefined;
  const volumes = `${plural(bad.length, 'volume', 'volumes')} ${quoted(bad.map(({ name }) => name))}`;
  const types = sorted(bad.map((volume) => typesOf(volume)[0] ?? 'unknown'));
  const what = plural(types.length, 'restricted volume type', 'restricted volume types');
  return {
    reason: 'restricted volume types',
    detail: `${volumes} ${plural(bad.length, 'uses', 'use')} ${what} ${quoted(types)}`,
  };
};

export const runAsNonRoot: Check = ({ spec }) => {
  const reason = 'runAsNonRoot != true';
  const ofPod = spec.securityContext?.runAsNonRoot;
  const settingOf = ({ securityContext }: AnyContainer): boolean | undefined => securityContext?.runAsNonRoot;
  const containers = containersOf(spec);
  const asRoot = containers.filter((container) => settingOf(container) === false);
  if (ofPod === false || asRoot.length > 0) {
    return { reason, detail: `${setters(ofPod === false, asRoot)} must not set securityContext.runAsNonRoot=false` };
  }
  const silent = containers.filter((container) => settingOf(container) === undefined);
  if (ofPod === true || silent.length === 0) return undefined;
  return { reason, detail: `pod or ${named(silent)} must set securityContext.runAsNonRoot=true` };
};

export const runAsUser: Check = ({ spec }) => {
  const ofPod = spec.securityContext?.runAsUser === 0;
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsUser === 0);
  if (!ofPod && bad.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${setters(ofPod, bad)} must not set runAsUser=0` };
};

export const restrictedSeccomp: Check = ({ spec }) => {
  const isGood = (type: string | undefined): boolean => type === 'RuntimeDefault' || type === 'Localhost';
  const typeOf = ({ securityContext }: AnyContainer): string | undefined => securityContext?.seccompProfile?.type;
  const podType = spec.securityContext?.seccompProfile?.type;
  const containers = containersOf(spec);
  const bad = containers.filter((container) => typeOf(container) !== undefined && !isGood(typeOf(container)));
  const set = seccompViolation(podType === undefined || isGood(podType) ? undefined : podType, bad);
  if (set !== undefined) return set;
  const silent = containers.filter((container) => typeOf(container) === undefined);
  if (isGood(podType) || silent.length === 0) return undefined;
  const wanted = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return { reason: 'seccompProfile', detail: `pod or ${named(silent)} ${wanted}` };
};
