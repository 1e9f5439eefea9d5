/**
 * All pods of the node: a worker for each, fed by the informer, by a look at the runtime every second (sooner after something was started or
 * stopped, and when the runtime tells by itself), and by probes. What the runtime has and nobody owns is ended.
 */
import { readdir } from 'node:fs/promises';
import type { Pod } from '../../api/groups/core.v1.ts';
import { errorText } from '../../base/log.ts';
import { sleep } from '../../base/clock.ts';
import type { Informer } from '../../client/informer.ts';
import { annotationNames, labelNames } from '../containers/labels.ts';
import type { Container } from '../runtimes/runtime.ts';
import { admitPod } from './admit.ts';
import { PodWorker } from './pod-worker.ts';
import type { NodeServices } from './node-services.ts';
import { pruneContainers } from './prune.ts';
import { removePodFiles } from '../volumes/pod-volumes.ts';
import { Wakeup } from './wakeup.ts';

const relistMs = 1000;
/** After an action the runtime is asked again this soon, then twice as late each time. */
const firstSoonMs = 50;
const pruneMs = 30_000;

export class PodWorkers {
  readonly #node: NodeServices;
  readonly #signal: AbortSignal;
  readonly #maxPods: number;
  /** By uid. */
  readonly #workers = new Map<string, PodWorker>();
  readonly #runs = new Set<Promise<void>>();
  readonly #orphans = new Set<string>();
  readonly #wakeup: Wakeup;
  /** What the runtime said of each pod at the last look. */
  #prints = new Map<string, string>();
  #soonMs = relistMs;
  #prunedAtMs = 0;

  constructor(node: NodeServices, maxPods: number, signal: AbortSignal) {
    this.#node = node;
    this.#signal = signal;
    this.#maxPods = maxPods;
    this.#wakeup = new Wakeup(node.clock, signal);
  }

  /** Runs until the signal aborts and every worker has ended. Containers stay as they are. */
  async run(pods: Informer<Pod>): Promise<void> {
    await pods.whenSynced();
    pods.onChange(({ type, object }) => (type === 'deleted' ? this.#remove(object) : this.#update(object)));
    while (!this.#signal.aborted) {
      this.#wakeup.reset();
      try {
        await this.#relist();
      } catch (error) {
        if (!this.#signal.aborted) this.#node.log.warn('Cannot list containers', { error: errorText(error) });
      }
      await this.#wakeup.until(this.#node.clock.now() + this.#soonMs);
      this.#soonMs = Math.min(this.#soonMs * 2, relistMs);
    }
    await Promise.all(this.#runs);
  }

  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid);
  }

  list(): readonly Pod[] {
    return [...this.#workers.values()].map(({ pod }) => pod);
  }

  wake(uid: string): void {
    this.#workers.get(uid)?.wake();
  }

  retry(uid: string): void {
    this.#workers.get(uid)?.retry();
  }

  expectChange(): void {
    this.#soonMs = firstSoonMs;
    this.#wakeup.wake();
  }

  #update(pod: Pod): void {
    const { uid } = pod.metadata;
    const known = this.#workers.get(uid);
    if (known !== undefined) return known.update(pod);
    const worker = new PodWorker(this.#node, pod, this.#signal);
    const refusal = admitPod(pod, this.list(), this.#node.allocatable, this.#maxPods);
    this.#workers.set(uid, worker);
    if (refusal !== undefined) {
      this.#node.events.event(pod, 'Warning', refusal.reason, refusal.message);
      worker.fail(refusal);
    }
    const run = worker.run().finally(() => {
      this.#runs.delete(run);
      if (!this.#signal.aborted) this.#workers.delete(uid);
    });
    this.#runs.add(run);
  }

  #remove(pod: Pod): void {
    this.#workers.get(pod.metadata.uid)?.remove();
  }

  async #relist(): Promise<void> {
    const { runtime, clock } = this.#node;
    const [sandboxes, containers] = await Promise.all([runtime.sandboxes.list(), runtime.containers.list()]);
    const prints = new Map<string, string>();
    const owners = new Map<string, string>();
    for (const { id, state, metadata } of sandboxes) {
      owners.set(id, metadata.uid);
      prints.set(metadata.uid, `${prints.get(metadata.uid) ?? ''}${id}=${state};`);
    }
    for (const { id, sandboxId, state, labels } of containers) {
      const uid = labels[labelNames.podUid] ?? owners.get(sandboxId) ?? '';
      prints.set(uid, `${prints.get(uid) ?? ''}${id}=${state};`);
    }
    const before = this.#prints;
    this.#prints = prints;
    for (const [uid, print] of prints) {
      if (this.#workers.has(uid)) {
        if (before.get(uid) !== print) this.wake(uid);
      } else if (uid !== '') this.#endOrphan(uid);
    }
    for (const uid of before.keys()) if (!prints.has(uid)) this.wake(uid);
    if (clock.now() - this.#prunedAtMs < pruneMs) return;
    this.#prunedAtMs = clock.now();
    await pruneContainers(runtime, containers);
    await this.#removeStrayFolders(prints);
  }

  /** Belongs to no pod that the API knows: ended with the grace that it was made with. */
  #endOrphan(uid: string): void {
    if (this.#orphans.has(uid)) return;
    this.#orphans.add(uid);
    const run = this.#removeOrphan(uid)
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#node.log.warn('Cannot end an orphaned pod', { uid, error: errorText(error) });
        return sleep(this.#node.clock, relistMs, this.#signal);
      })
      .finally(() => {
        this.#orphans.delete(uid);
        this.#runs.delete(run);
      });
    this.#runs.add(run);
  }

  async #removeOrphan(uid: string): Promise<void> {
    const { runtime, paths, mounts, cgroups } = this.#node;
    const labels = { [labelNames.podUid]: uid };
    const running = await runtime.containers.list({ labels, state: 'running' });
    await Promise.all(running.map((each) => runtime.containers.stop(each.id, graceOfOrphan(each))));
    for (const { id } of await runtime.sandboxes.list({ labels })) {
      await runtime.sandboxes.stop(id);
      await runtime.sandboxes.remove(id);
    }
    await removePodFiles(paths, uid, mounts);
    await cgroups?.remove(uid);
  }

  async #removeStrayFolders(prints: ReadonlyMap<string, string>): Promise<void> {
    const { paths, mounts } = this.#node;
    const names = await readdir(paths.pods).catch(() => []);
    for (const uid of names) {
      if (!this.#workers.has(uid) && !prints.has(uid)) await removePodFiles(paths, uid, mounts);
    }
  }
}

const orphanGraceSeconds = 10;

function graceOfOrphan({ annotations }: Container): number {
  const seconds = Number(annotations[annotationNames.gracePeriod] ?? orphanGraceSeconds);
  return Number.isFinite(seconds) ? Math.min(seconds, orphanGraceSeconds) : orphanGraceSeconds;
}
