/** Figures of the node in the text format of Prometheus, under the names that Kubernetes gives them. */
import type { Pod } from '../../api/groups/core.v1.ts';
import type { Container } from '../runtimes/runtime.ts';
import type { StatsSummary } from './summary.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [Labels, number];

export function printMetrics(
  nodeName: string,
  pods: readonly Pod[],
  containers: readonly Pick<Container, 'state'>[],
): string {
  const states = ['created', 'running', 'exited', 'unknown'] as const;
  const running = pods.filter(({ status }) => status.phase === 'Running').length;
  const counts = states.map((state): Sample => {
    return [{ container_state: state }, containers.filter((each) => each.state === state).length];
  });
  return [
    family('kubelet_node_name', 'gauge', "The node's name. The count is always 1.", [[{ node: nodeName }, 1]]),
    family('kubelet_running_pods', 'gauge', 'Number of pods that have a running pod sandbox', [[{}, running]]),
    family('kubelet_running_containers', 'gauge', 'Number of containers currently running', counts),
  ].join('');
}

export function printResourceMetrics({ node, pods }: StatsSummary): string {
  const containers = pods.flatMap(({ podRef, containers: own }) =>
    own.map(({ name, cpu, memory }) => {
      const labels = { container: name, namespace: podRef.namespace, pod: podRef.name };
      return { labels, cpu: seconds(cpu?.usageCoreNanoSeconds), memory: memory?.workingSetBytes ?? 0 };
    }),
  );
  const whole = pods.map(({ podRef, cpu, memory }) => {
    const labels = { namespace: podRef.namespace, pod: podRef.name };
    return { labels, cpu: seconds(cpu?.usageCoreNanoSeconds), memory: memory?.workingSetBytes ?? 0 };
  });
  const nodeSample = { labels: {}, cpu: seconds(node.cpu.usageCoreNanoSeconds), memory: node.memory.workingSetBytes };
  const groups = [
    ['container', containers, 'the container'],
    ['pod', whole, 'the pod'],
    ['node', [nodeSample], 'the node'],
  ] as const;
  return groups
    .flatMap(([prefix, samples, what]) => [
      family(
        `${prefix}_cpu_usage_seconds_total`,
        'counter',
        `Cumulative cpu time consumed by ${what} in core-seconds`,
        samples.map(({ labels, cpu }): Sample => [labels, cpu]),
      ),
      family(
        `${prefix}_memory_working_set_bytes`,
        'gauge',
        `Current working set of ${what} in bytes`,
        samples.map(({ labels, memory }): Sample => [labels, memory]),
      ),
    ])
    .join('');
}

function seconds(nanoSeconds: number | undefined): number {
  return (nanoSeconds ?? 0) / 1e9;
}

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
