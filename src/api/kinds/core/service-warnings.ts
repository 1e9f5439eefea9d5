import type { Service } from '../../groups/core.v1.ts';

export function serviceWarnings({ spec }: Service, old: Service | undefined): readonly string[] {
  if (old !== undefined && JSON.stringify(old.spec) === JSON.stringify(spec)) return [];
  const warnings: string[] = [];
  if ((spec.externalIPs ?? []).length > 0) {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (spec.externalName && spec.type !== 'ExternalName') {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
