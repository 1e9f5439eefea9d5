/**
 * Writes the statuses of pods: for each pod one write at a time, and of those that come meanwhile only the last. A write is made against the
 * version it was computed from, so that conditions of others are never lost; a conflict is settled by reading the pod again.
 */
import { isApiError } from '../../api/api-error.ts';
import { PodStatus, type Pod } from '../../api/groups/core.v1.ts';
import { sameValue } from '../../api/equality.ts';
import { Pods } from '../../api/resources.ts';
import { sleep } from '../../base/clock.ts';
import { errorText } from '../../base/log.ts';
import type { Client } from '../../client/client.ts';
import type { ComponentContext } from '../../client/component.ts';
import { isOwnCondition } from './conditions.ts';

interface Entry {
  /** The newest version of the pod that is known. */
  pod: Pod;
  wanted: PodStatus | undefined;
  writing: Promise<void> | undefined;
}

const shortestDelayMs = 500;
const longestDelayMs = 10_000;

export interface StatusWriterContext extends Omit<ComponentContext, 'client'> {
  readonly client: Pick<Client, 'find' | 'updateStatus'>;
  /** Told what the server answered to each write. */
  readonly written?: (pod: Pod) => void;
}

export class StatusWriter {
  readonly #context: StatusWriterContext;
  readonly #signal: AbortSignal;
  readonly #entries = new Map<string, Entry>();

  constructor(context: StatusWriterContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
  }

  /** Takes note of the status to be written; does not wait. */
  set(pod: Pod, status: PodStatus): void {
    const { uid } = pod.metadata;
    const entry = this.#entries.get(uid) ?? { pod, wanted: undefined, writing: undefined };
    this.#entries.set(uid, entry);
    if (Number(pod.metadata.resourceVersion) > Number(entry.pod.metadata.resourceVersion)) entry.pod = pod;
    entry.wanted = status;
    entry.writing ??= this.#write(uid, entry);
  }

  /** Resolves when the last status that was set is written, or can no longer be. */
  async written(uid: string): Promise<void> {
    await this.#entries.get(uid)?.writing;
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
  }

  async #write(uid: string, entry: Entry): Promise<void> {
    let delayMs = shortestDelayMs;
    while (entry.wanted !== undefined && !this.#signal.aborted && this.#entries.get(uid) === entry) {
      const { wanted } = entry;
      try {
        entry.pod = await this.#writeOnce(entry.pod, wanted);
        if (entry.wanted === wanted) entry.wanted = undefined;
        delayMs = shortestDelayMs;
      } catch (error) {
        if (isApiError(error, 'NotFound')) break;
        if (isApiError(error, 'Conflict')) {
          const fresh = await this.#read(entry.pod);
          if (fresh === 'gone') break;
          if (fresh !== undefined) entry.pod = fresh;
          continue;
        }
        const { namespace, name } = entry.pod.metadata;
        this.#context.log.warn('Cannot write the status of a pod', { namespace, name, error: errorText(error) });
        await sleep(this.#context.clock, delayMs, this.#signal);
        delayMs = Math.min(delayMs * 2, longestDelayMs);
      }
    }
    entry.wanted = undefined;
    entry.writing = undefined;
  }

  async #writeOnce(pod: Pod, wanted: PodStatus): Promise<Pod> {
    const others = (pod.status.conditions ?? []).filter(({ type }) => !isOwnCondition(type));
    const own = (wanted.conditions ?? []).filter(({ type }) => isOwnCondition(type));
    const status = withoutZeroTimes({ ...wanted, conditions: [...others, ...own] });
    if (sameValue(PodStatus, pod.status, status)) return pod;
    const written = await this.#context.client.updateStatus(Pods, { ...pod, status });
    this.#context.written?.(written);
    return written;
  }

  async #read({ metadata }: Pod): Promise<Pod | 'gone' | undefined> {
    try {
      const found = await this.#context.client.find(Pods, metadata);
      return found === undefined || found.metadata.uid !== metadata.uid ? 'gone' : found;
    } catch (error) {
      this.#context.log.debug('Cannot read a pod again', { name: metadata.name, error: errorText(error) });
      await sleep(this.#context.clock, shortestDelayMs, this.#signal);
      return undefined;
    }
  }
}

/** A time that is not known is left out. What holds none is answered as it is. */
function withoutZeroTimes<T>(value: T): T {
  if (!holdsZeroTimes(value)) return value;
  if (Array.isArray(value)) return value.map(withoutZeroTimes) as T;
  const given = Object.entries(value as object).filter(([name, each]) => !isZeroTime(name, each));
  return Object.fromEntries(given.map(([name, each]) => [name, withoutZeroTimes<unknown>(each)])) as T;
}

function holdsZeroTimes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsZeroTimes);
  for (const name in value) {
    const each: unknown = value[name as keyof typeof value];
    if (isZeroTime(name, each) || holdsZeroTimes(each)) return true;
  }
  return false;
}

const isZeroTime = (name: string, value: unknown): boolean =>
  value === undefined || value === null || (value === '' && times.has(name));

const times = new Set(['startedAt', 'finishedAt', 'lastProbeTime', 'lastTransitionTime', 'startTime']);
