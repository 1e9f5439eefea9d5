/** What stands in a pod's /etc/resolv.conf. */
import type { Pod, PodDNSConfig } from '../../api/groups/core.v1.ts';
import type { DnsConfig } from '../runtimes/runtime.ts';

export interface DnsSettings {
  /** Addresses of the cluster's DNS; none: pods resolve as the node does. */
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** The node's own resolv.conf. */
  readonly node: DnsConfig;
}

/** Limits of what resolvers read. */
const mostServers = 3;
const mostSearches = 32;

export function podDns(pod: Pod, settings: DnsSettings): DnsConfig {
  const base = baseDns(pod, settings);
  return mergeDns(base, pod.spec.dnsConfig);
}

function baseDns(pod: Pod, { clusterDns, clusterDomain, node }: DnsSettings): DnsConfig {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = pod.spec;
  if (dnsPolicy === 'None') return { servers: [], searches: [], options: [] };
  const wantsCluster =
    dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  if (!wantsCluster || clusterDns.length === 0) return node;
  const own = [`${pod.metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { servers: clusterDns, searches: [...new Set([...own, ...node.searches])], options: ['ndots:5'] };
}

/** A pod's options replace those of the same name. */
function mergeDns(base: DnsConfig, own: PodDNSConfig = {}): DnsConfig {
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? '', option]));
  for (const { name = '', value } of own.options ?? []) {
    options.set(name, value === undefined || value === '' ? name : `${name}:${value}`);
  }
  return {
    servers: [...new Set([...base.servers, ...(own.nameservers ?? [])])].slice(0, mostServers),
    searches: [...new Set([...base.searches, ...(own.searches ?? [])])].slice(0, mostSearches),
    options: [...options.values()],
  };
}

/** Reads the text of a resolv.conf. */
export function parseResolvConf(text: string): DnsConfig {
  const dns = { servers: [] as string[], searches: [] as string[], options: [] as string[] };
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (word === 'nameserver') dns.servers.push(...rest.slice(0, 1));
    if (word === 'search' || word === 'domain')
      dns.searches = rest.map((name) => (name === '.' ? name : name.replace(/\.$/, '')));
    if (word === 'options') dns.options.push(...rest);
  }
  return dns;
}
