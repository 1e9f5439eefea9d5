/** Ends running containers in good order: preStop hooks, the stop signal, and after the grace period the kill signal. */
import { referenceTo } from '../../api/objects/object-reference.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { sleep } from '../../base/clock.ts';
import type { ObservedContainer } from '../pods/observation.ts';
import { podContainers, type PodContainer } from '../pods/pod-containers.ts';
import type { NodeServices } from '../pods/node-services.ts';
import { runHook } from './lifecycle-hook.ts';
import { fieldPath } from './start-container.ts';

/** After a preStop hook there is always this much left. */
const leastGraceSeconds = 2;

export interface StopRequest {
  readonly pod: Pod;
  readonly container: ObservedContainer;
  readonly graceSeconds: number;
  /** For the event; default: that the container is being stopped. */
  readonly message?: string | undefined;
  /** Containers whose preStop hook has been run are remembered here. */
  readonly hooked: Set<string>;
  readonly podIp: string;
}

/** Resolves when the container has ended. */
export async function stopContainer(node: NodeServices, request: StopRequest): Promise<void> {
  const { pod, container, graceSeconds, hooked } = request;
  const { name, id } = container;
  const own = podContainers(pod).find(({ spec }) => spec.name === name);
  const isFirst = !hooked.has(id);
  hooked.add(id);
  const reference = referenceTo(pod, own === undefined ? undefined : fieldPath(own));
  if (isFirst) node.events.event(reference, 'Normal', 'Killing', request.message ?? `Stopping container ${name}`);
  const beganMs = node.clock.now();
  if (isFirst && own?.spec.lifecycle?.preStop !== undefined && graceSeconds > 0) {
    await runPreStop(node, request, own);
  }
  const spentSeconds = Math.ceil((node.clock.now() - beganMs) / 1000);
  const left = spentSeconds === 0 ? graceSeconds : Math.max(graceSeconds - spentSeconds, leastGraceSeconds);
  await node.runtime.containers.stop(id, left);
  node.expectChange();
}

async function runPreStop(node: NodeServices, request: StopRequest, own: PodContainer): Promise<void> {
  const { pod, container, graceSeconds, podIp } = request;
  const hook = own.spec.lifecycle?.preStop;
  if (hook === undefined) return;
  const { runtime, clock, log } = node;
  const enough = new AbortController();
  const target = { runtime, clock, containerId: container.id, container: own.spec, podIp };
  const run = runHook(hook, target, enough.signal).catch((error: unknown) => {
    if (enough.signal.aborted) return;
    log.debug('preStop hook failed', { pod: pod.metadata.name, container: container.name, error: String(error) });
    node.events.event(referenceTo(pod, fieldPath(own)), 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
  });
  await Promise.race([run, sleep(clock, graceSeconds * 1000, enough.signal)]);
  enough.abort();
}

/** All of them at once, but sidecars only when the others have ended, the last one first. */
export async function stopContainers(
  node: NodeServices,
  containers: readonly ObservedContainer[],
  request: Omit<StopRequest, 'container'>,
): Promise<void> {
  const sidecars = podContainers(request.pod)
    .filter(({ role }) => role === 'sidecar')
    .map(({ spec }) => spec.name);
  const isSidecar = ({ name }: ObservedContainer): boolean => sidecars.includes(name);
  const beganMs = node.clock.now();
  await Promise.all(
    containers.filter((each) => !isSidecar(each)).map((container) => stopContainer(node, { ...request, container })),
  );
  for (const name of sidecars.toReversed()) {
    const spentSeconds = Math.floor((node.clock.now() - beganMs) / 1000);
    const graceSeconds = Math.max(
      request.graceSeconds - spentSeconds,
      Math.min(request.graceSeconds, leastGraceSeconds),
    );
    const running = containers.filter((each) => each.name === name);
    await Promise.all(running.map((container) => stopContainer(node, { ...request, container, graceSeconds })));
  }
}
