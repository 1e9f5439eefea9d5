/**
 * The kernel tracks flows and keeps sending each where it went first. UDP has no connections: a flow to a target that is
 * gone, or that was let through before the service had targets, must be forgotten, or its client talks to nobody. Of TCP
 * that is so with a connection whose first packet met a target that was just going: once it is forgotten, the packet that
 * is sent again after a second goes by the rules as they are now.
 */
import type { ServiceRule, Target, Way } from './rules.ts';

export type StaleFlow =
  | {
      readonly protocol: 'udp';
      readonly address: string;
      readonly port: number;
      /** Only flows that were sent to this address; undefined: all. */
      readonly target?: string;
    }
  /** Connections to any service that were sent to this address, and not answered. */
  | { readonly protocol: 'tcp'; readonly target: string };

export function staleFlows(before: readonly ServiceRule[], after: readonly ServiceRule[]): readonly StaleFlow[] {
  const now = new Map(after.map((rule) => [rule.name, rule]));
  const then = new Map(before.map((rule) => [rule.name, rule]));
  const flows: StaleFlow[] = [];
  const unanswered = new Set<string>();
  for (const rule of before) {
    if (rule.protocol === 'sctp') continue;
    const next = now.get(rule.name);
    const kept = new Set(next === undefined ? [] : targetsOf(next.everywhere).map(({ ip }) => ip));
    for (const { ip: target } of targetsOf(rule.everywhere)) {
      if (kept.has(target)) continue;
      if (rule.protocol === 'tcp') unanswered.add(target);
      else flows.push(...addresses(rule).map((address) => ({ ...address, target })));
    }
  }
  for (const target of unanswered) flows.push({ protocol: 'tcp', target });
  for (const rule of after) {
    if (rule.protocol !== 'udp' || targetsOf(rule.everywhere).length === 0) continue;
    const old = then.get(rule.name);
    if (old === undefined || targetsOf(old.everywhere).length === 0) flows.push(...addresses(rule));
  }
  return flows;
}

function addresses({ clusterIp, port, externalIps }: ServiceRule) {
  return [clusterIp, ...externalIps].map((address) => ({ protocol: 'udp', address, port }) as const);
}

/** Parameters of the conntrack tool. */
export function forgetParameters(flow: StaleFlow): readonly string[] {
  if (flow.protocol === 'tcp') return ['-D', '-p', 'tcp', '--state', 'SYN_SENT', '--dst-nat', flow.target];
  const { address, port, target } = flow;
  const to = target === undefined ? [] : ['--dst-nat', target];
  return ['-D', '-p', 'udp', '--orig-dst', address, '--orig-port-dst', String(port), ...to];
}

function targetsOf(way: Way): readonly Target[] {
  return way.type === 'balance' ? way.targets : [];
}
