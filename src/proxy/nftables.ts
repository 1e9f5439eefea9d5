/**
 * Service rules as one nftables table, and the difference between two of them as one transaction.
 *
 *   prerouting, output ─▶ services ─▶ (address . protocol . port → chain)  ─▶ chain of the service: dnat to a random target
 *                                 └▶ (node port → chain)
 *   prerouting, output, before that ─▶ guarded-ips: (address . protocol . port → chain: who may in, drop)
 *   input, forward, output ─▶ no-targets: (address . protocol . port → reject | drop)
 *   postrouting ─▶ masquerade what was marked, and what a pod sends to itself through a service
 *
 * Everything that grows with the number of services is a map, a set, or a chain of a few rules of its own: a packet costs
 * one look-up however many services there are, and a changed service sends only its own chain and elements.
 */
import { createHash } from 'node:crypto';
import { BlockList } from 'node:net';
import type { ServiceRule, Target, Way } from './rules.ts';

export interface TableOptions {
  readonly tableName: string;
  /** Addresses that node ports are served on. */
  readonly nodeIps: readonly string[];
  /** Addresses of pods: what comes from elsewhere to a cluster IP is masqueraded. */
  readonly clusterCidr: string;
}

/** What of the table depends on the services. */
export interface Ruleset {
  /** Chain → its rules. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** Set for a session affinity → seconds. */
  readonly affinitySets: ReadonlyMap<string, number>;
  /** Map or set → element → value ('' in a set). */
  readonly elements: ReadonlyMap<ElementSet, ReadonlyMap<string, string>>;
}

export type ElementSet = (typeof elementSets)[number];

const elementSets = [
  'cluster-ips',
  'service-ips',
  'service-node-ports',
  'guarded-ips',
  'no-target-ips',
  'no-target-node-ports',
  'hairpins',
] as const;

/** The bit of the packet mark that asks for masquerading, as kube-proxy has it. */
const masqueradeMark = '0x4000';

export const emptyRuleset: Ruleset = { chains: new Map(), affinitySets: new Map(), elements: new Map() };

/** The table without any service. Whatever was there under its name goes. */
export function tableScript({ tableName, nodeIps, clusterCidr }: TableOptions): string {
  const nodeIpElements = nodeIps.length === 0 ? '' : `elements = { ${nodeIps.join(', ')} }`;
  const lookUp = [
    'ip daddr . meta l4proto . th dport vmap @service-ips',
    'ip daddr @node-ips meta l4proto . th dport vmap @service-node-ports',
  ];
  return `add table ip ${tableName}
delete table ip ${tableName}
table ip ${tableName} {
  set node-ips { type ipv4_addr; ${nodeIpElements}; }
  set cluster-ips { type ipv4_addr; }
  set hairpins { type ipv4_addr . ipv4_addr; }
  map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
  map service-node-ports { type inet_proto . inet_service : verdict; }
  map guarded-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
  map no-target-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
  map no-target-node-ports { type inet_proto . inet_service : verdict; }
  chain mark-for-masquerade { meta mark set meta mark or ${masqueradeMark}; }
  chain reject-it { reject; }
  chain services {
    ip daddr @cluster-ips ip saddr != ${clusterCidr} jump mark-for-masquerade
    ${lookUp.join('\n    ')}
  }
  chain no-targets {
    ip daddr . meta l4proto . th dport vmap @no-target-ips
    ip daddr @node-ips meta l4proto . th dport vmap @no-target-node-ports
  }
  chain unknown-ports { ip daddr @cluster-ips reject; }
  chain guard { ct state new ip daddr . meta l4proto . th dport vmap @guarded-ips; }
  chain filter-prerouting { type filter hook prerouting priority -110; jump guard; }
  chain filter-output-early { type filter hook output priority -110; jump guard; }
  chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting {
    type nat hook postrouting priority 100
    ct status dnat ip saddr . ip daddr @hairpins masquerade fully-random
    meta mark and ${masqueradeMark} == 0 return
    meta mark set meta mark xor ${masqueradeMark}
    masquerade fully-random
  }
  chain filter-input { type filter hook input priority -110; ct state new jump no-targets; }
  chain filter-forward {
    type filter hook forward priority -110
    ct state new jump no-targets
    ct state new jump unknown-ports
  }
  chain filter-output { type filter hook output priority -110; ct state new jump no-targets; }
  chain filter-output-late { type filter hook output priority -90; ct state new jump unknown-ports; }
}
`.replaceAll('; ; }', '; }');
}

export function removalScript(tableName: string): string {
  return `add table ip ${tableName}\ndelete table ip ${tableName}\n`;
}

export function ruleset(rules: readonly ServiceRule[], { clusterCidr, nodeIps }: TableOptions): Ruleset {
  const chains = new Map<string, readonly string[]>();
  const affinitySets = new Map<string, number>();
  const elements = new Map<ElementSet, Map<string, string>>(elementSets.map((name) => [name, new Map()]));
  const element = (set: ElementSet, key: string, value: string): void => {
    elements.get(set)?.set(key, value);
  };
  for (const rule of rules) {
    const build = new RuleBuilder(rule, chains, affinitySets);
    const { protocol, port } = rule;
    element('cluster-ips', rule.clusterIp, '');
    const inside = build.target('in', rule.inside);
    if (inside === undefined) element('no-target-ips', `${rule.clusterIp} . ${protocol} . ${port}`, deny(rule.inside));
    else element('service-ips', `${rule.clusterIp} . ${protocol} . ${port}`, `goto ${inside}`);
    for (const { ip } of targetsOf(rule.everywhere)) element('hairpins', `${ip} . ${ip}`, '');
    if (rule.nodePort === 0 && rule.externalIps.length === 0) continue;
    const outside = build.outside(clusterCidr);
    for (const ip of rule.guardedIps) {
      element('guarded-ips', `${ip} . ${protocol} . ${port}`, `goto ${build.guard(nodeIps)}`);
    }
    for (const ip of rule.externalIps) {
      if (outside === undefined) element('no-target-ips', `${ip} . ${protocol} . ${port}`, deny(rule.outside));
      else element('service-ips', `${ip} . ${protocol} . ${port}`, `goto ${outside}`);
    }
    if (rule.nodePort === 0) continue;
    if (outside === undefined) element('no-target-node-ports', `${protocol} . ${rule.nodePort}`, deny(rule.outside));
    else element('service-node-ports', `${protocol} . ${rule.nodePort}`, `goto ${outside}`);
  }
  return { chains, affinitySets, elements };
}

class RuleBuilder {
  readonly #rule: ServiceRule;
  readonly #chains: Map<string, readonly string[]>;
  readonly #affinitySets: Map<string, number>;

  constructor(rule: ServiceRule, chains: Map<string, readonly string[]>, affinitySets: Map<string, number>) {
    this.#rule = rule;
    this.#chains = chains;
    this.#affinitySets = affinitySets;
  }

  /** The chain that balances over the targets of a way; equal ways share it. Undefined without targets. */
  target(kind: 'in' | 'out' | 'all', way: Way): string | undefined {
    if (way.type !== 'balance') return undefined;
    const { everywhere } = this.#rule;
    const shared = everywhere.type === 'balance' && sameTargets(everywhere.targets, way.targets);
    const chain = this.#name(shared ? 'all' : kind);
    if (!this.#chains.has(chain)) this.#chains.set(chain, this.#balance(chain, way.targets));
    return chain;
  }

  /** The chain for node ports and external addresses. */
  outside(clusterCidr: string): string | undefined {
    const { everywhere, outside, keepsClientIp } = this.#rule;
    const all = this.target('all', everywhere);
    if (all === undefined) return undefined;
    const chain = this.#name('ext');
    if (!keepsClientIp) {
      this.#chains.set(chain, ['jump mark-for-masquerade', `goto ${all}`]);
      return chain;
    }
    const local = this.target('out', outside);
    this.#chains.set(chain, [
      `ip saddr ${clusterCidr} goto ${all}`,
      'fib saddr type local jump mark-for-masquerade',
      `fib saddr type local goto ${all}`,
      local === undefined ? 'drop' : `goto ${local}`,
    ]);
    return chain;
  }

  /**
   * The chain that lets in who may use a load balancer's addresses. Where those are on this node, it comes to them from there
   * itself: it may when its own address may.
   */
  guard(nodeIps: readonly string[]): string {
    const { guardedIps, sourceRanges } = this.#rule;
    const chain = this.#name('guard');
    const nodeMay = nodeIps.some((ip) => sourceRanges.some((range) => isInRange(ip, range)));
    const sources = nodeMay ? [...sourceRanges, ...guardedIps] : sourceRanges;
    this.#chains.set(chain, [...sources.map((source) => `ip saddr ${source} return`), 'drop']);
    return chain;
  }

  #balance(chain: string, targets: readonly Target[]): readonly string[] {
    const { protocol, affinitySeconds } = this.#rule;
    if (affinitySeconds === 0) {
      const choices = targets.map(({ ip, port }, at) => `${at} : ${ip} . ${port}`).join(', ');
      const [only] = targets;
      return targets.length === 1 && only !== undefined
        ? [`meta l4proto ${protocol} dnat to ${only.ip}:${only.port}`]
        : [`meta l4proto ${protocol} dnat ip to numgen random mod ${targets.length} map { ${choices} }`];
    }
    const chains = targets.map((target) => {
      // The time is part of the name: a set cannot change its own.
      const name = `${chain}-${target.ip}-${target.port}-${affinitySeconds}`;
      this.#affinitySets.set(name, affinitySeconds);
      this.#chains.set(name, [
        `update @${name} { ip saddr }`,
        `meta l4proto ${protocol} dnat to ${target.ip}:${target.port}`,
      ]);
      return name;
    });
    return [
      ...chains.map((name) => `ip saddr @${name} goto ${name}`),
      `numgen random mod ${chains.length} vmap { ${chains.map((name, at) => `${at} : goto ${name}`).join(', ')} }`,
    ];
  }

  /** Names are limited in length: a hash keeps cut ones apart. */
  #name(kind: string): string {
    const hash = createHash('sha256').update(this.#rule.name).digest('hex').slice(0, 8);
    return `${kind}-${hash}-${this.#rule.name.replaceAll(/[^A-Za-z0-9/_.-]/g, '_').slice(0, 80)}`;
  }
}

function isInRange(ip: string, range: string): boolean {
  const [network = '', prefix = '32'] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), 'ipv4');
  return list.check(ip, 'ipv4');
}

function targetsOf(way: Way): readonly Target[] {
  return way.type === 'balance' ? way.targets : [];
}

function deny(way: Way): string {
  return way.type === 'drop' ? 'drop' : 'goto reject-it';
}

function sameTargets(a: readonly Target[], b: readonly Target[]): boolean {
  return a.length === b.length && a.every((target, at) => target.ip === b[at]?.ip && target.port === b[at].port);
}

export interface TableChange {
  /** Makes the new rules of the old ones, at once or not at all. Empty: nothing changed. */
  readonly transaction: string;
  /** Removes chains and sets that nothing refers to any more: a transaction of its own, for kernels refuse it in the first. */
  readonly cleanup: string;
}

export function tableChange(tableName: string, before: Ruleset, after: Ruleset): TableChange {
  const head: string[] = [];
  const flushed: string[] = [];
  const cleanup: string[] = [];
  for (const [set, seconds] of after.affinitySets) {
    if (before.affinitySets.has(set)) continue;
    head.push(`add set ip ${tableName} ${set} { type ipv4_addr; flags dynamic,timeout; timeout ${seconds}s; }`);
  }
  for (const chain of after.chains.keys())
    if (!before.chains.has(chain)) head.push(`add chain ip ${tableName} ${chain}`);
  for (const [chain, rules] of after.chains) {
    const old = before.chains.get(chain);
    if (old !== undefined && old.join('\n') === rules.join('\n')) continue;
    if (old !== undefined) flushed.push(`flush chain ip ${tableName} ${chain}`);
    for (const rule of rules) flushed.push(`add rule ip ${tableName} ${chain} ${rule}`);
  }
  const changed = elementChanges(tableName, before, after);
  for (const chain of before.chains.keys()) {
    if (after.chains.has(chain)) continue;
    flushed.push(`flush chain ip ${tableName} ${chain}`);
    cleanup.push(`delete chain ip ${tableName} ${chain}`);
  }
  for (const set of before.affinitySets.keys()) {
    if (!after.affinitySets.has(set)) cleanup.push(`delete set ip ${tableName} ${set}`);
  }
  return { transaction: script([...head, ...flushed, ...changed]), cleanup: script(cleanup) };
}

function elementChanges(tableName: string, before: Ruleset, after: Ruleset): readonly string[] {
  const lines: string[] = [];
  for (const set of elementSets) {
    const old = before.elements.get(set) ?? new Map<string, string>();
    const now = after.elements.get(set) ?? new Map<string, string>();
    const gone = [...old].filter(([key, value]) => now.get(key) !== value).map(([key]) => key);
    const come = [...now].filter(([key, value]) => old.get(key) !== value).map(pair);
    if (gone.length > 0) lines.push(`delete element ip ${tableName} ${set} { ${gone.join(', ')} }`);
    if (come.length > 0) lines.push(`add element ip ${tableName} ${set} { ${come.join(', ')} }`);
  }
  return lines;
}

function pair([key, value]: readonly [string, string]): string {
  return value === '' ? key : `${key} : ${value}`;
}

function script(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
