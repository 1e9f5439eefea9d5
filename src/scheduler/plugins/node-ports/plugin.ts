/** Refuses nodes on which another pod already has one of the host ports. */
import type { Plugin, Refusal } from '../../framework.ts';
import type { HostPort, PodInfo } from '../../pod-info.ts';

const refusal: Refusal = {
  reasons: ["node(s) didn't have free ports for the requested pod ports"],
  preemptible: true,
};

export const nodePorts: Plugin = {
  name: 'NodePorts',
  helpedBy: ['node added', 'assigned pod deleted'],
  helps: ({ hostPorts }, { pod: gone }) =>
    gone === undefined || gone.hostPorts.some((port) => hostPorts.some((wanted) => collide(port, wanted))),
  preFilter({ hostPorts }, table) {
    if (hostPorts.length === 0) return { type: 'skip' };
    const key = (): string => JSON.stringify(hostPorts);
    return { type: 'filter', key, filter: (row) => (taken(hostPorts, table.pods(row)) ? refusal : undefined) };
  },
};

function taken(wanted: readonly HostPort[], pods: ReadonlyMap<string, PodInfo>): boolean {
  for (const { hostPorts } of pods.values()) {
    if (hostPorts.some((port) => wanted.some((other) => collide(port, other)))) return true;
  }
  return false;
}

/** 0.0.0.0 is every address. */
function collide(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
}
