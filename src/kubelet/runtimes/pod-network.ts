/**
 * The pods' network on one machine: a bridge with addresses from one subnet (by the CNI plug-ins), and an nftables
 * table of our own for what leaves it and for host ports. The plug-ins' ways to do the latter need iptables, which a
 * fresh machine lacks.
 *
 *   pod ── veth ── bridge ── host ── masquerade ──► elsewhere        host:port ── dnat ──► pod:port
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortMapping } from './runtime.ts';
import { runProgram } from './run-program.ts';

export interface PodNetworkOptions {
  /** Name of the CNI network and of the nftables table. */
  readonly name: string;
  /** At most 15 characters. */
  readonly bridge: string;
  /** Addresses of this machine's pods, such as `10.244.0.0/24`. */
  readonly podSubnet: string;
  /** Addresses of all machines' pods: traffic to them keeps the pod's own address. */
  readonly clusterSubnet: string;
}

/**
 * The CNI configuration. Hairpin mode lets a pod reach itself through a Service; the plug-in refuses it together with
 * promiscuous mode.
 */
export function printNetworkConfig(options: PodNetworkOptions, addressLeases: string): string {
  const bridge = {
    type: 'bridge',
    bridge: options.bridge,
    isGateway: true,
    isDefaultGateway: true,
    forceAddress: true,
    ipMasq: false,
    hairpinMode: true,
    ipam: { type: 'host-local', ranges: [[{ subnet: options.podSubnet }]], dataDir: addressLeases },
  };
  return JSON.stringify({ cniVersion: '0.4.0', name: options.name, plugins: [bridge] }, undefined, 2);
}

export interface HostPort extends PortMapping {
  readonly podIp: string;
}

export interface PodNetwork {
  addHostPorts(ports: readonly HostPort[]): Promise<void>;
  removeHostPorts(ports: readonly HostPort[]): Promise<void>;
  /** Removes the rules. The bridge goes with the leftovers of the runtime. */
  remove(): Promise<void>;
}

/** Writes the CNI configuration and the rules, replacing what an earlier run left. */
export async function createPodNetwork(
  options: PodNetworkOptions,
  folders: { readonly networkConfigs: string; readonly addressLeases: string },
): Promise<PodNetwork> {
  await mkdir(folders.networkConfigs, { recursive: true });
  const config = printNetworkConfig(options, folders.addressLeases);
  await writeFile(join(folders.networkConfigs, '10-slipway.conflist'), config);
  const filtersBridge = await filterBridgedTraffic();
  await nft(printRules(options, filtersBridge));
  return {
    async addHostPorts(ports) {
      if (ports.length === 0) return;
      // Connections from the machine itself to 127.0.0.1:port leave through the bridge.
      await writeSetting(`/proc/sys/net/ipv4/conf/${options.bridge}/route_localnet`, '1');
      await nft(printHostPorts('add', options.name, ports));
    },
    async removeHostPorts(ports) {
      if (ports.length > 0) await nft(printHostPorts('delete', options.name, ports));
    },
    remove: () => removeRules(options.name),
  };
}

export async function removeRules(name: string): Promise<void> {
  await nft(`table ip ${name}\ndelete table ip ${name}\n`);
}

/** The whole table, first emptied, as one transaction. */
export function printRules(options: PodNetworkOptions, bridgedTrafficIsFiltered: boolean): string {
  const { name, bridge, podSubnet, clusterSubnet } = options;
  const toHostPort = [
    'fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @host-ports-of-address',
    'fib daddr type local dnat ip to meta l4proto . th dport map @host-ports',
  ];
  const leaving = [
    `ip saddr 127.0.0.0/8 oifname "${bridge}" masquerade`,
    'ip saddr . ip daddr @hairpin masquerade',
    // Answers within the bridge bypass the machine when it does not filter bridged traffic, so they must be sent to it.
    ...(bridgedTrafficIsFiltered ? [] : [`ip saddr ${podSubnet} ip daddr ${podSubnet} ct status dnat masquerade`]),
    `ip saddr ${podSubnet} ip daddr != ${clusterSubnet} oifname != "${bridge}" masquerade`,
  ];
  return [
    `table ip ${name}`,
    `delete table ip ${name}`,
    `table ip ${name} {`,
    '  map host-ports { type inet_proto . inet_service : ipv4_addr . inet_service; }',
    '  map host-ports-of-address { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }',
    '  set hairpin { type ipv4_addr . ipv4_addr; }',
    printChain('prerouting', 'type nat hook prerouting priority dstnat - 5; policy accept;', toHostPort),
    printChain('output', 'type nat hook output priority -105; policy accept;', toHostPort),
    printChain('postrouting', 'type nat hook postrouting priority srcnat; policy accept;', leaving),
    '}\n',
  ].join('\n');
}

function printChain(name: string, hook: string, rules: readonly string[]): string {
  return `  chain ${name} {\n${[hook, ...rules].map((line) => `    ${line}\n`).join('')}  }`;
}

/** Elements of the maps. A pod's own address in the hairpin set lets it reach itself through its host port. */
export function printHostPorts(verb: 'add' | 'delete', table: string, ports: readonly HostPort[]): string {
  const lines = ports.map(({ protocol, hostPort, hostIp = '', containerPort, podIp }) => {
    const everywhere = hostIp === '' || hostIp === '0.0.0.0' || hostIp === '::';
    const key = `${everywhere ? '' : `${hostIp} . `}${protocol.toLowerCase()} . ${hostPort}`;
    return `${verb} element ip ${table} ${everywhere ? 'host-ports' : 'host-ports-of-address'} { ${key} : ${podIp} . ${containerPort} }`;
  });
  for (const ip of new Set(ports.map(({ podIp }) => podIp))) {
    lines.push(`${verb} element ip ${table} hairpin { ${ip} . ${ip} }`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Makes traffic between ports of one bridge pass the rules, as Services between pods of one machine need. Answers
 * whether that worked.
 */
async function filterBridgedTraffic(): Promise<boolean> {
  const setting = '/proc/sys/net/bridge/bridge-nf-call-iptables';
  const known = await readFile(setting, 'utf8').catch(() => undefined);
  if (known === undefined) await runProgram('modprobe', ['br_netfilter']).catch(() => undefined);
  if (known?.trim() === '1') return true;
  return writeSetting(setting, '1');
}

async function writeSetting(path: string, value: string): Promise<boolean> {
  return writeFile(path, value).then(
    () => true,
    () => false,
  );
}

async function nft(script: string): Promise<void> {
  await runProgram('nft', ['-f', '-'], script);
}
