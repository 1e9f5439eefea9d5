/**
 * UDP has no connections, but the kernel tracks flows and keeps sending each where it went first. A flow to a target that
 * is gone, or that was let through before the service had targets, must be forgotten, or its client talks to nobody.
 */
import type { ServiceRule, Target, Way } from './rules.ts';

export interface StaleFlow {
  readonly address: string;
  readonly port: number;
  /** Only flows that were sent to this address; undefined: all. */
  readonly target?: string;
}

export function staleFlows(before: readonly ServiceRule[], after: readonly ServiceRule[]): readonly StaleFlow[] {
  const now = new Map(after.map((rule) => [rule.name, rule]));
  const then = new Map(before.map((rule) => [rule.name, rule]));
  const flows: StaleFlow[] = [];
  for (const rule of before) {
    if (rule.protocol !== 'udp') continue;
    const next = now.get(rule.name);
    const kept = new Set(next === undefined ? [] : targetsOf(next.everywhere).map(({ ip }) => ip));
    for (const { ip } of targetsOf(rule.everywhere)) {
      if (!kept.has(ip)) flows.push(...addresses(rule).map((address) => ({ ...address, target: ip })));
    }
  }
  for (const rule of after) {
    if (rule.protocol !== 'udp' || targetsOf(rule.everywhere).length === 0) continue;
    const old = then.get(rule.name);
    if (old === undefined || targetsOf(old.everywhere).length === 0) flows.push(...addresses(rule));
  }
  return flows;
}

function addresses(rule: ServiceRule): readonly StaleFlow[] {
  const { clusterIp, port, externalIps } = rule;
  return [clusterIp, ...externalIps].map((address) => ({ address, port }));
}

/** Parameters of the conntrack tool. */
export function forgetParameters({ address, port, target }: StaleFlow): readonly string[] {
  const to = target === undefined ? [] : ['--dst-nat', target];
  return ['-D', '-p', 'udp', '--orig-dst', address, '--orig-port-dst', String(port), ...to];
}

function targetsOf(way: Way): readonly Target[] {
  return way.type === 'balance' ? way.targets : [];
}
