/**
 * What the runtime says of one pod. Together with the spec it is all that a worker decides from: nothing of it is kept on disk,
 * a kubelet that starts anew asks again.
 */
import type { ContainerRuntime, ContainerState, SandboxStatus } from '../runtimes/runtime.ts';
import { annotationNames, labelNames } from '../containers/labels.ts';
import { terminationMessage } from '../containers/termination-message.ts';
import { messageFile, type NodePaths } from '../paths.ts';

export interface ObservedContainer {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  /** Counts the runs of the container from 0. */
  readonly attempt: number;
  readonly hash: string;
  readonly image: string;
  readonly imageRef: string;
  readonly state: ContainerState;
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly logPath: string;
}

export interface PodObservation {
  /** Newest first. */
  readonly sandboxes: readonly SandboxStatus[];
  /** Newest first. */
  readonly containers: readonly ObservedContainer[];
}

export interface ObservationContext {
  readonly runtime: ContainerRuntime;
  readonly paths: NodePaths;
}

/** `ended`: containers that have ended are asked about once and remembered here. */
export async function observePod(
  context: ObservationContext,
  uid: string,
  ended: Map<string, ObservedContainer>,
): Promise<PodObservation> {
  const { runtime } = context;
  const labels = { [labelNames.podUid]: uid };
  const [sandboxes, containers] = await Promise.all([
    runtime.sandboxes.list({ labels }),
    runtime.containers.list({ labels }),
  ]);
  const known = new Set(containers.map(({ id }) => id));
  for (const id of ended.keys()) if (!known.has(id)) ended.delete(id);
  const [sandboxStatuses, containerStatuses] = await Promise.all([
    Promise.all(sandboxes.map(({ id }) => runtime.sandboxes.status(id))),
    Promise.all(
      containers.map(
        async ({ id, sandboxId }) => ended.get(id) ?? observeContainer(context, uid, { id, sandboxId }, ended),
      ),
    ),
  ]);
  return {
    sandboxes: sandboxStatuses.filter((each) => each !== undefined).toSorted(newestFirst),
    containers: containerStatuses.filter((each) => each !== undefined).toSorted(newestFirst),
  };
}

async function observeContainer(
  { runtime, paths }: ObservationContext,
  uid: string,
  { id, sandboxId }: { readonly id: string; readonly sandboxId: string },
  ended: Map<string, ObservedContainer>,
): Promise<ObservedContainer | undefined> {
  const status = await runtime.containers.status(id);
  if (status === undefined) return undefined;
  const { metadata, annotations, labels: _, ...rest } = status;
  const hash = annotations[annotationNames.hash] ?? '';
  const observed = { ...rest, ...metadata, hash, sandboxId };
  if (observed.state !== 'exited') return observed;
  const words = await terminationMessage({
    file: messageFile(paths, uid, metadata.name, metadata.attempt),
    logPath: status.logPath,
    policy: annotations[annotationNames.messagePolicy] ?? '',
    exitCode: status.exitCode,
  });
  const message = [status.message, words].filter((text) => text !== '').join(': ');
  ended.set(id, { ...observed, message });
  return { ...observed, message };
}

function newestFirst(a: { readonly createdAtMs: number }, b: { readonly createdAtMs: number }): number {
  return b.createdAtMs - a.createdAtMs;
}

/** The last run of a container, in whatever sandbox. */
export function latestRun(observed: PodObservation, name: string): ObservedContainer | undefined {
  return observed.containers.find((each) => each.name === name);
}
