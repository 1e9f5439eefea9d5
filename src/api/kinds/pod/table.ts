/** How kubectl shows pods: one word for the state of a pod, drawn from all that its containers say. */
import type { RowCondition, TableColumns } from '../../descriptor.ts';
import type { ContainerStatus, Pod } from '../../groups/core.v1.ts';
import { age, orNone } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';

const columns: TableColumns<Pod> = table<Pod>([
  nameColumn,
  column('Ready', (pod) => readyText(pod)),
  column('Status', (pod) => podReason(pod)),
  column('Restarts', (pod, nowMs) => restartsText(pod, nowMs)),
  ageColumn,
  wideColumn('IP', ({ status }) => orNone(status.podIPs?.[0]?.ip)),
  wideColumn('Node', ({ spec }) => orNone(spec.nodeName)),
  wideColumn('Nominated Node', ({ status }) => orNone(status.nominatedNodeName)),
  wideColumn('Readiness Gates', gatesText),
]);

export const podTable: TableColumns<Pod> = {
  ...columns,
  conditions: ({ status }) => endings[status.phase ?? ''] ?? [],
};

const endings: Readonly<Record<string, readonly RowCondition[]>> = {
  Succeeded: [completed('Succeeded', 'The pod has completed successfully.')],
  Failed: [completed('Failed', 'The pod failed.')],
};

function completed(reason: string, message: string): RowCondition {
  return { type: 'Completed', status: 'True', reason, message };
}

/** The Status column: the phase, unless something says more. */
export function podReason(pod: Pod): string {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') return 'Unknown';
    if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return 'Terminating';
  }
  const { init, main } = stagesOf(pod);
  const phase = init.reason ?? phaseText(status);
  return main === undefined ? phase : mainReason(status, main, phase);
}

function phaseText({ reason, phase, conditions = [] }: Pod['status']): string {
  const isGated = conditions.some((each) => each.type === 'PodScheduled' && each.reason === 'SchedulingGated');
  return isGated ? 'SchedulingGated' : reason || phase || '';
}

interface Stages {
  readonly init: InitStage;
  /** The main containers, once they are what counts. */
  readonly main: readonly ContainerStatus[] | undefined;
}

interface InitStage {
  /** What the first unfinished container says; undefined when all are done. */
  readonly reason: string | undefined;
  /** Up to the unfinished one. */
  readonly reached: readonly ContainerStatus[];
  readonly readySidecars: number;
}

function stagesOf(pod: Pod): Stages {
  const { conditions = [], containerStatuses = [] } = pod.status;
  const init = initStage(pod);
  const isPast = init.reason === undefined || conditions.find(({ type }) => type === 'Initialized')?.status === 'True';
  return { init, main: isPast ? containerStatuses : undefined };
}

function initStage(pod: Pod): InitStage {
  const containers = pod.spec.initContainers ?? [];
  const reached: ContainerStatus[] = [];
  let readySidecars = 0;
  for (const [index, container] of (pod.status.initContainerStatuses ?? []).entries()) {
    reached.push(container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(pod, container.name) && container.started === true) {
      if (container.ready) readySidecars++;
      continue;
    }
    const isWaiting = waiting?.reason && waiting.reason !== 'PodInitializing';
    const state =
      terminated == null ? (isWaiting ? waiting.reason : `${index}/${containers.length}`) : endText(terminated);
    return { reason: `Init:${state}`, reached, readySidecars };
  }
  return { reason: undefined, reached, readySidecars };
}

function mainReason({ conditions = [] }: Pod['status'], main: readonly ContainerStatus[], phase: string): string {
  let reason = phase;
  for (const { state } of main.toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated != null) reason = endText(state.terminated);
  }
  if (reason !== 'Completed' || !main.some(isReady)) return reason;
  return conditions.some((each) => each.type === 'Ready' && each.status === 'True') ? 'Running' : 'NotReady';
}

function endText({ reason, signal, exitCode }: NonNullable<ContainerStatus['state']['terminated']>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function isReady({ ready, state }: ContainerStatus): boolean {
  return ready && state?.running != null && state.terminated == null && !state.waiting?.reason;
}

function isSidecar({ spec }: Pod, name: string): boolean {
  return (spec.initContainers ?? []).some((each) => each.name === name && each.restartPolicy === 'Always');
}

function readyText(pod: Pod): string {
  const { init, main = [] } = stagesOf(pod);
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').length;
  return `${main.filter(isReady).length + init.readySidecars}/${(pod.spec.containers ?? []).length + sidecars}`;
}

function restartsText(pod: Pod, nowMs: number): string {
  const { init, main } = stagesOf(pod);
  const sidecars = init.reached.filter(({ name }) => isSidecar(pod, name));
  const counted = main === undefined ? init.reached : [...sidecars, ...main];
  const restarts = counted.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
  const ends = counted.map(({ lastState }) => lastState?.terminated?.finishedAt ?? '').filter((end) => end !== '');
  const last = ends.toSorted().at(-1);
  return restarts === 0 || last === undefined ? String(restarts) : `${restarts} (${age(last, nowMs)} ago)`;
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const holds = gates.filter(
    ({ conditionType }) => status.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  );
  return `${holds.length}/${gates.length}`;
}
