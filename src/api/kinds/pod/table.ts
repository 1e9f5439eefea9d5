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
  let reason = status.reason || status.phase || '';
  if ((status.conditions ?? []).some(({ type, reason: why }) => type === 'PodScheduled' && why === 'SchedulingGated')) {
    reason = 'SchedulingGated';
  }
  reason = initReason(pod) ?? mainReason(pod, reason);
  if (metadata.deletionTimestamp) {
    if (status.reason === 'NodeLost') return 'Unknown';
    if (status.phase !== 'Succeeded' && status.phase !== 'Failed') return 'Terminating';
  }
  return reason;
}

/** undefined: all init containers are done. */
function initReason(pod: Pod): string | undefined {
  const { spec, status } = pod;
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(pod, container.name) && container.started === true) continue;
    if (terminated != null) return `Init:${endText(terminated)}`;
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
    return `Init:${index}/${(spec.initContainers ?? []).length}`;
  }
  return undefined;
}

function mainReason({ status }: Pod, phase: string): string {
  let reason = phase;
  let hasRunning = false;
  for (const { state, ready } of (status.containerStatuses ?? []).toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated != null) reason = endText(state.terminated);
    else if (ready && state?.running != null) hasRunning = true;
  }
  if (reason !== 'Completed' || !hasRunning) return reason;
  const isReady = (status.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True');
  return isReady ? 'Running' : 'NotReady';
}

function endText({ reason, signal, exitCode }: NonNullable<ContainerStatus['state']['terminated']>): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function isSidecar({ spec }: Pod, name: string): boolean {
  return (spec.initContainers ?? []).some((each) => each.name === name && each.restartPolicy === 'Always');
}

function readyText(pod: Pod): string {
  const { spec, status } = pod;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').length;
  const isReady = ({ ready, state }: ContainerStatus): boolean => ready && state?.running != null;
  const initializing = initReason(pod) !== undefined;
  const readySidecars = (status.initContainerStatuses ?? []).filter(
    (container) => isSidecar(pod, container.name) && container.started === true && container.ready,
  ).length;
  const ready = initializing ? 0 : (status.containerStatuses ?? []).filter(isReady).length;
  return `${ready + readySidecars}/${(spec.containers ?? []).length + sidecars}`;
}

function restartsText(pod: Pod, nowMs: number): string {
  const { status } = pod;
  const sidecars = (status.initContainerStatuses ?? []).filter(({ name }) => isSidecar(pod, name));
  const counted =
    initReason(pod) === undefined
      ? [...sidecars, ...(status.containerStatuses ?? [])]
      : (status.initContainerStatuses ?? []);
  const restarts = counted.reduce((sum, { restartCount }) => sum + (restartCount ?? 0), 0);
  const ends = counted.map(({ lastState }) => lastState?.terminated?.finishedAt ?? '').filter((end) => end !== '');
  const last = ends.toSorted().at(-1);
  return restarts === 0 || last === undefined ? String(restarts) : `${restarts} (${age(last, nowMs)} ago)`;
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const holds = gates.filter(({ conditionType }) =>
    (status.conditions ?? []).some((each) => each.type === conditionType && each.status === 'True'),
  );
  return `${holds.length}/${gates.length}`;
}
