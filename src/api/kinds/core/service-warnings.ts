/** What a Service may say to no effect, or in a way that will not be understood for long. */
import type { WriteContext } from '../../descriptor.ts';
import type { Service } from '../../groups/core.v1.ts';
import { addressWarnings, rangeWarnings } from '../ip-warnings.ts';
import { isHeadlessService } from './service-families.ts';

type Where = Pick<WriteContext, 'subresource'>;

const topologyHints = 'service.kubernetes.io/topology-aware-hints';

export function serviceWarnings({ metadata, spec, status }: Service, { subresource }: Where): readonly string[] {
  if (subresource === 'status') {
    return (status.loadBalancer?.ingress ?? []).flatMap(({ ip }, index) =>
      ip ? addressWarnings(ip, `status.loadBalancer.ingress[${index}]`) : [],
    );
  }
  const { clusterIPs = [], externalIPs = [], loadBalancerIP, loadBalancerSourceRanges = [] } = spec;
  const warnings: string[] = [];
  const alias = spec.type === 'ExternalName';
  const headless = spec.type === 'ClusterIP' && isHeadlessService(spec);
  if (metadata.annotations?.[topologyHints] !== undefined) {
    warnings.push(`annotation ${topologyHints} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  }
  if (!alias && !headless) {
    warnings.push(...clusterIPs.flatMap((ip, index) => addressWarnings(ip, `spec.clusterIPs[${index}]`)));
  }
  if (headless) {
    if (loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (externalIPs.length > 0) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  warnings.push(...externalIPs.flatMap((ip, index) => addressWarnings(ip, `spec.externalIPs[${index}]`)));
  if (externalIPs.length > 0 && !headless && !alias) {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (loadBalancerIP) warnings.push(...addressWarnings(loadBalancerIP, 'spec.loadBalancerIP'));
  for (const [index, range] of loadBalancerSourceRanges.entries()) {
    warnings.push(...rangeWarnings(range, `spec.loadBalancerSourceRanges[${index}]`));
  }
  if (alias && externalIPs.length > 0) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!alias && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
