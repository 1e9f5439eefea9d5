/** The text of a pod's /etc/hosts. */
import type { HostAlias } from '../../api/groups/core.v1.ts';
import type { PodNames } from './hostname.ts';

export interface HostsInput {
  readonly names: PodNames;
  readonly ips: readonly string[];
  readonly aliases: readonly HostAlias[];
  /** The node's own file, which a pod in the node's network gets. */
  readonly nodeHosts?: string | undefined;
}

const loopback = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

export function printHosts({ names, ips, aliases, nodeHosts }: HostsInput): string {
  const lines =
    nodeHosts === undefined
      ? ['# Kubernetes-managed hosts file.', ...loopback, ...ips.map((ip) => ownLine(ip, names))]
      : ['# Kubernetes-managed hosts file (host network).', nodeHosts.replace(/\n$/, '')];
  const extra = aliases.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`);
  const added = extra.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...extra];
  return [...lines, ...added, ''].join('\n');
}

function ownLine(ip: string, { hostname, domain }: PodNames): string {
  return domain === '' ? `${ip}\t${hostname}` : `${ip}\t${hostname}.${domain}\t${hostname}`;
}
