/** Which objects a ResourceQuota is about: those that all its scopes take in. Without scopes, all. */
import type {
  PersistentVolumeClaim,
  Pod,
  PodAffinityTerm,
  ResourceQuotaSpec,
  ScopedResourceSelectorRequirement,
} from '../groups/core.v1.ts';
import type { KubeObject } from '../kind.ts';
import { podQosClass } from '../kinds/pod/qos.ts';
import type { AnyResource } from '../resource.ts';
import { PersistentVolumeClaims, Pods } from '../resources.ts';

type Scope = ScopedResourceSelectorRequirement;

export function matchesQuotaScopes(spec: ResourceQuotaSpec, resource: AnyResource, object: KubeObject): boolean {
  return quotaScopes(spec).every((scope) => {
    if (resource === Pods) return podMatchesScope(object as Pod, scope);
    return resource === PersistentVolumeClaims && claimMatchesScope(object as PersistentVolumeClaim, scope);
  });
}

/** Scopes named alone select what has them. */
function quotaScopes({ scopes, scopeSelector }: ResourceQuotaSpec): readonly Scope[] {
  const named = (scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }));
  return [...named, ...(scopeSelector?.matchExpressions ?? [])];
}

function podMatchesScope({ spec }: Pod, scope: Scope): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return (spec.activeDeadlineSeconds ?? -1) >= 0;
    case 'NotTerminating':
      return (spec.activeDeadlineSeconds ?? -1) < 0;
    case 'BestEffort':
      return podQosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(spec) !== 'BestEffort';
    case 'PriorityClass':
      return matchesValue(scope, spec.priorityClassName);
    case 'CrossNamespacePodAffinity':
      return affinityTerms(spec).some(
        ({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector !== undefined,
      );
    default:
      return false;
  }
}

function claimMatchesScope({ spec, status }: PersistentVolumeClaim, scope: Scope): boolean {
  if (scope.scopeName !== 'VolumeAttributesClass') return false;
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus } = status;
  const names = [spec.volumeAttributesClassName, modifyVolumeStatus?.targetVolumeAttributesClassName, current];
  const given = names.filter((name) => name !== undefined && name !== '');
  return given.length === 0 ? matchesValue(scope, undefined) : given.some((name) => matchesValue(scope, name));
}

function matchesValue({ operator, values }: Scope, value: string | undefined): boolean {
  const has = value !== undefined && value !== '';
  switch (operator) {
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return !has;
    case 'In':
      return has && (values ?? []).includes(value);
    case 'NotIn':
      return !has || !(values ?? []).includes(value);
    default:
      return false;
  }
}

function affinityTerms({ affinity }: Pod['spec']): readonly PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((terms) => [
    ...(terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
}
