/** How a pod calls itself. */
import type { Pod } from '../../api/groups/core.v1.ts';

const longestHostname = 63;

export interface PodNames {
  readonly hostname: string;
  /** The subdomain in the cluster's DNS; '' without one. */
  readonly domain: string;
}

export function podNames(pod: Pod, clusterDomain: string): PodNames {
  const { hostname, subdomain, hostnameOverride } = pod.spec;
  if (hostnameOverride !== undefined && hostnameOverride !== '') return { hostname: hostnameOverride, domain: '' };
  const own = hostname === undefined || hostname === '' ? cut(pod.metadata.name) : hostname;
  if (subdomain === undefined || subdomain === '') return { hostname: own, domain: '' };
  return { hostname: own, domain: `${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` };
}

function cut(name: string): string {
  return name.slice(0, longestHostname).replace(/[-.]+$/, '');
}
