/**
 * Of several copies of a component one works: the one that holds a Lease.
 *
 *   compete ──▶ lead, renewing ──▶ signal: stop the work, then give the lease up
 *      ▲              │
 *      └── not renewed within the deadline: stop the work
 *
 * The deadline is shorter than the lease, so the work has been told to stop before anybody else may begin.
 */
import { isApiError } from '../api/api-error.ts';
import type { Lease } from '../api/groups/coordination.v1.ts';
import { Leases } from '../api/resources.ts';
import { sleep } from '../base/clock.ts';
import { errorText } from '../base/log.ts';
import type { ComponentContext } from './component.ts';
import { decideOnLease, observe, released, type Observation } from './lease-decision.ts';

export interface Election {
  readonly namespace: string;
  /** Of the lease, such as kube-scheduler. */
  readonly name: string;
  /** Different for each candidate, such as the host's name and something random. */
  readonly identity: string;
  /** How long the lease of a leader that died keeps the others waiting; default: 15 s. */
  readonly leaseDurationMs?: number | undefined;
  /** Leading ends when the lease could not be renewed for this long; default: 10 s. */
  readonly renewDeadlineMs?: number | undefined;
  /** Between two attempts to get or renew the lease; default: 2 s. */
  readonly retryMs?: number | undefined;
}

/** Candidates do not all come at the same time. */
const jitter = 1.2;

/**
 * Competes until the signal aborts, and runs `lead` while the lease is held; its signal aborts when leading ends.
 * Ends when the signal has aborted and `lead` has ended; when `lead` ends of itself, ends as it did.
 */
export async function runElected(
  signal: AbortSignal,
  context: ComponentContext,
  election: Election,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const holder = new LeaseHolder(context, election);
  const { clock, random, log } = context;
  const retryMs = election.retryMs ?? 2000;
  while (!signal.aborted) {
    if (await holder.tryToHold()) {
      log.info('Leads', { lease: election.name, identity: election.identity });
      const ended = await leadWhileHeld(signal, context, election, { holder, lead });
      if (ended) return;
      log.warn('Leads no longer: the lease could not be renewed', { lease: election.name });
    }
    await sleep(clock, retryMs * (1 + jitter * random.next()), signal);
  }
}

interface Leading {
  readonly holder: LeaseHolder;
  readonly lead: (signal: AbortSignal) => Promise<void>;
}

/** Answers whether all is over; otherwise the lease was lost, and the work has ended. */
async function leadWhileHeld(
  signal: AbortSignal,
  { clock }: ComponentContext,
  election: Election,
  { holder, lead }: Leading,
): Promise<boolean> {
  const { renewDeadlineMs = 10_000, retryMs = 2000 } = election;
  const lost = new AbortController();
  const finished = new AbortController();
  const leading = AbortSignal.any([signal, lost.signal]);
  const work = lead(leading).finally(() => finished.abort());
  // Awaited below, when the loop has seen that it is finished.
  work.catch(() => undefined);
  const over = AbortSignal.any([leading, finished.signal]);
  let cancelDeadline = clock.after(renewDeadlineMs, () => lost.abort());
  while (!over.aborted) {
    await sleep(clock, retryMs, over);
    if (over.aborted || !(await holder.tryToHold())) continue;
    cancelDeadline();
    cancelDeadline = clock.after(renewDeadlineMs, () => lost.abort());
  }
  cancelDeadline();
  try {
    await work;
  } finally {
    if (!lost.signal.aborted) await holder.release();
  }
  return !lost.signal.aborted;
}

class LeaseHolder {
  readonly #context: ComponentContext;
  readonly #election: Election;
  #observation: Observation | undefined;
  /** As this candidate last wrote it; undefined when it must be read first. */
  #held: Lease | undefined;

  constructor(context: ComponentContext, election: Election) {
    this.#context = context;
    this.#election = election;
  }

  /** One attempt to get or to renew the lease. Never rejects: a failure is logged, and is no lease. */
  async tryToHold(): Promise<boolean> {
    try {
      return await this.#attempt();
    } catch (error) {
      this.#held = undefined;
      const fields = { lease: this.#election.name, error: errorText(error) };
      if (isApiError(error, 'Conflict', 'AlreadyExists')) this.#context.log.debug('Another was faster', fields);
      else this.#context.log.warn('Cannot get or renew the lease', fields);
      return false;
    }
  }

  /** Gives the lease up, if the server can still be told; else it runs out. */
  async release(): Promise<void> {
    if (this.#held === undefined) return;
    const { client, clock, log } = this.#context;
    try {
      await client.update(Leases, released(this.#held, clock.now()));
    } catch (error) {
      log.warn('Cannot give the lease up', { lease: this.#election.name, error: errorText(error) });
    }
    this.#held = undefined;
  }

  async #attempt(): Promise<boolean> {
    const { client, clock } = this.#context;
    const { namespace, name, identity, leaseDurationMs = 15_000 } = this.#election;
    const lease = this.#held ?? (await client.find(Leases, { namespace, name }));
    const nowMs = clock.now();
    if (lease !== undefined) this.#observation = observe(this.#observation, lease, nowMs);
    const decision = decideOnLease({ identity, leaseDurationMs }, lease, this.#observation, nowMs);
    if (decision.action === 'wait') return false;
    this.#held =
      decision.action === 'create' || lease === undefined
        ? await client.create(Leases, { metadata: { namespace, name }, spec: decision.spec })
        : await client.update(Leases, { ...lease, spec: decision.spec });
    return true;
  }
}
