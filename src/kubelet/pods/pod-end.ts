/** Ends a pod step by step; every step may be repeated. A shorter grace period that comes meanwhile cuts the waiting short. */
import { rm } from 'node:fs/promises';
import type { Pod } from '../../api/groups/core.v1.ts';
import { isApiError } from '../../api/api-error.ts';
import { Pods } from '../../api/resources.ts';
import { stopContainers } from '../containers/stop-container.ts';
import { podLogDirectory } from '../paths.ts';
import { removePodFiles } from '../volumes/pod-volumes.ts';
import { interruptible } from './interruptible.ts';
import type { PodObservation } from './observation.ts';
import type { NodeServices } from './node-services.ts';

const defaultGraceSeconds = 30;
const forcedGraceSeconds = 2;

export class PodEnd {
  readonly #node: NodeServices;
  readonly #signal: AbortSignal;
  readonly #hooked = new Set<string>();
  #graceSeconds = Infinity;
  #shortened = new AbortController();
  hasBegun = false;

  constructor(node: NodeServices, signal: AbortSignal) {
    this.#node = node;
    this.#signal = signal;
  }

  /** The pod changed or its object is gone: the grace period may be shorter now, never longer. */
  regrade(pod: Pod, isRemoved: boolean): void {
    const seconds = graceOf(pod, isRemoved);
    if (seconds >= this.#graceSeconds) return;
    this.#graceSeconds = seconds;
    if (this.hasBegun) this.#shortened.abort();
  }

  /** Stops what runs, then the sandboxes. */
  async stop(pod: Pod, observed: PodObservation, isRemoved: boolean): Promise<void> {
    this.hasBegun = true;
    this.#graceSeconds = Math.min(this.#graceSeconds, graceOf(pod, isRemoved));
    const running = observed.containers.filter(({ state }) => state === 'running');
    const podIp = observed.sandboxes[0]?.ips[0] ?? '';
    while (running.length > 0) {
      this.#shortened = new AbortController();
      const stopping = stopContainers(this.#node, running, {
        pod,
        graceSeconds: this.#graceSeconds,
        hooked: this.#hooked,
        podIp,
      });
      try {
        await interruptible(stopping, AbortSignal.any([this.#signal, this.#shortened.signal]));
        break;
      } catch (error) {
        if (!this.#shortened.signal.aborted || this.#signal.aborted) throw error;
      }
    }
    for (const { id, state } of observed.sandboxes) {
      if (state === 'ready') await this.#node.runtime.sandboxes.stop(id);
    }
  }

  isAlive(observed: PodObservation): boolean {
    const { sandboxes, containers } = observed;
    return sandboxes.some(({ state }) => state === 'ready') || containers.some(({ state }) => state === 'running');
  }

  /** Volumes, control group and what was kept for the pod in memory. */
  async takeDown(uid: string): Promise<void> {
    const { paths, mounts, cgroups, objects, tokens, images } = this.#node;
    await removePodFiles(paths, uid, mounts);
    await cgroups?.remove(uid);
    objects.release(uid);
    tokens.forget(uid);
    images.forget(uid);
  }

  /** Containers, logs, and at last the object itself. */
  async removeTraces(pod: Pod, observed: PodObservation, hasObject: boolean): Promise<void> {
    const { runtime, client, statuses, paths } = this.#node;
    const { uid } = pod.metadata;
    for (const { id } of observed.containers) await runtime.containers.remove(id);
    for (const { id } of observed.sandboxes) await runtime.sandboxes.remove(id);
    await rm(podLogDirectory(paths, pod), { recursive: true, force: true });
    if (hasObject) {
      try {
        await client.delete(Pods, pod.metadata, { gracePeriodSeconds: 0, uid });
      } catch (error) {
        if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
      }
    }
    statuses.forget(uid);
  }
}

/** An object that is gone was deleted with force. */
function graceOf(pod: Pod, isRemoved: boolean): number {
  const { deletionGracePeriodSeconds } = pod.metadata;
  const seconds = deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  return isRemoved ? Math.min(seconds, forcedGraceSeconds) : seconds;
}
