/** One simulated node: what it is made of, and the Node object that its kubelet would write. */
import { createHash } from 'node:crypto';
import type { Lease } from '../api/groups/coordination.v1.ts';
import type { Node, NodeStatus } from '../api/groups/core.v1.ts';
import { nodeLabels, nodeStatus, type NodeFacts } from '../kubelet/node/node-object.ts';
import type { IncidentClock } from './incidents.ts';
import type { Places } from './places.ts';
import type { NodeGroup, NodeIncident, Scenario } from './scenario.ts';
import type { Timer } from './timers.ts';

/**
 * new ──▶ up ◀──▶ not-ready | away | removed      gone: others deleted its object
 * Nodes that are away or removed write nothing, and their pods stand still.
 */
export type NodeState = 'new' | 'up' | 'not-ready' | 'away' | 'removed' | 'gone';

export interface SimulatedNode {
  readonly name: string;
  readonly group: NodeGroup;
  readonly facts: NodeFacts;
  readonly zone: string | undefined;
  state: NodeState;
  /** The newest version that is known. */
  object: Node | undefined;
  lease: Lease | undefined;
  statusDueMs: number;
  incidents: IncidentClock<NodeIncident> | undefined;
  readonly timers: Map<'heartbeat' | 'incident' | 'recovery', Timer>;
}

const kubeletVersion = 'v1.36.2';

/** All nodes of the scenario, in the order of its groups. `port`: of the server that answers for them. */
export function makeNodes(
  { nodes: groups }: Pick<Scenario, 'nodes'>,
  places: Places,
  port: number,
): readonly SimulatedNode[] {
  const nodes: SimulatedNode[] = [];
  for (const group of groups) {
    for (let number = 0; number < group.count; number++) {
      const name = `${group.name}-${number}`;
      nodes.push({
        name,
        group,
        facts: factsOf(name, places.addressOf(nodes.length), port),
        zone: group.zones[number % Math.max(1, group.zones.length)],
        state: 'new',
        object: undefined,
        lease: undefined,
        statusDueMs: 0,
        incidents: undefined,
        timers: new Map(),
      });
    }
  }
  return nodes;
}

function factsOf(name: string, address: string, port: number): NodeFacts {
  const id = createHash('sha256').update(name).digest('hex');
  const machine = {
    cpus: 0,
    memoryBytes: 0,
    diskBytes: 0,
    architecture: 'amd64',
    operatingSystem: 'linux',
    kernelVersion: 'simulated',
    osImage: 'Slipway simulation',
    machineId: id.slice(0, 32),
    systemUuid: id.slice(0, 32),
    bootId: id.slice(32),
  };
  const runtime = { name: 'simulated', version: '1', apiVersion: 'v1' };
  const waitsForCloud = false;
  return {
    name,
    ips: [address],
    podCidr: undefined,
    taints: [],
    maxPods: 0,
    port,
    kubeletVersion,
    machine,
    runtime,
    waitsForCloud,
  };
}

export function nodeMetadata({ name, group, facts, zone }: SimulatedNode) {
  const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true', ...group.annotations };
  const zoneLabels = zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone };
  return {
    name,
    labels: { ...nodeLabels(facts), 'slipway.dev/simulated': 'true', ...zoneLabels, ...group.labels },
    annotations,
  };
}

const fine = { ok: true, reason: '', message: '' };
const broken = { ok: false, reason: 'Simulated', message: 'the simulation says so' };

export function statusOfNode({ group, facts, state, object }: SimulatedNode, nowMs: number): NodeStatus {
  const runtime = { runtimeReady: state === 'not-ready' ? broken : fine, networkReady: fine };
  const observed = { runtime, images: [], memoryAvailableBytes: undefined, diskAvailableBytes: undefined };
  const { capacity } = group;
  return { ...nodeStatus(facts, observed, object, nowMs), capacity, allocatable: capacity };
}
