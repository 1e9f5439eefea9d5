/** Nodes and pods for the tests of the scheduler, as short as the tests read best. */
import type { Node, Pod, PodSpec, Taint } from '../api/groups/core.v1.ts';
import { seededRandom } from '../base/random.ts';
import { decide, type Decision, type DecideInput } from './decide.ts';
import type { Plugin } from './framework.ts';
import { NodeTable } from './node-table.ts';
import { NodeVerdicts } from './node-verdicts.ts';
import { podInfo, type PodInfo } from './pod-info.ts';
import { defaultPlugins } from './plugins/default-plugins.ts';

const creationTimestamp = '2026-01-01T00:00:00Z';

export interface NodeSketch {
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly unschedulable?: boolean;
}

export function testNode(name: string, sketch: NodeSketch = {}): Node {
  const allocatable = { cpu: '4', memory: '8Gi', pods: '110', ...sketch.allocatable };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      resourceVersion: '1',
      creationTimestamp,
      labels: { 'kubernetes.io/hostname': name, ...sketch.labels },
    },
    spec: {
      ...(sketch.taints === undefined ? {} : { taints: sketch.taints }),
      ...(sketch.unschedulable === undefined ? {} : { unschedulable: sketch.unschedulable }),
    },
    status: {
      allocatable,
      capacity: allocatable,
      daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '',
        osImage: '',
        containerRuntimeVersion: '',
        kubeletVersion: '',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

export interface PodSketch extends Partial<PodSpec> {
  readonly requests?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly hostPort?: number;
  readonly startTime?: string;
  readonly nominatedNodeName?: string;
}

export function testPod(name: string, sketch: PodSketch = {}): Pod {
  const { requests, labels, namespace = 'default', hostPort, startTime, nominatedNodeName, ...spec } = sketch;
  const ports = hostPort === undefined ? {} : { ports: [{ containerPort: hostPort, hostPort, protocol: 'TCP' }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      resourceVersion: '1',
      creationTimestamp,
      ...(labels === undefined ? {} : { labels }),
    },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'main', image: 'image', resources: requests === undefined ? {} : { requests }, ...ports }],
      ...spec,
    },
    status: {
      phase: 'Pending',
      ...(startTime === undefined ? {} : { startTime }),
      ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }),
    },
  };
}

export interface TestCluster {
  readonly table: NodeTable;
  place(pod: Pod, nodeName: string): PodInfo;
  input(pod: Pod): DecideInput;
  decide(pod: Pod, more?: Partial<DecideInput>): Decision;
}

/** A table with these nodes, and decisions on it with the default plugins. */
export function testCluster(nodes: readonly Node[], plugins: readonly Plugin[] = defaultPlugins): TestCluster {
  const table = new NodeTable();
  for (const node of nodes) table.setNode(node);
  const verdicts = new NodeVerdicts(table, plugins);
  const random = seededRandom(1);
  const input = (pod: Pod): DecideInput => ({
    pod: podInfo(pod),
    table,
    plugins,
    verdicts,
    random,
    start: 0,
    budgets: [],
  });
  return {
    table,
    place(pod, nodeName) {
      const info = podInfo(pod);
      table.addPod(info, nodeName);
      return info;
    },
    input,
    decide: (pod, more) => decide({ ...input(pod), ...more }),
  };
}
