/**
 * Runs the probes of this node's containers. Each probe has a rhythm of its own: first after its initial delay, then every period; liveness and
 * readiness wait for the startup probe. A verdict that changes is announced; a container found dead is left alone until it is replaced.
 */
import type { Probe } from '../../api/groups/core.v1.ts';
import type { Clock } from '../../base/clock.ts';
import { afterResult, initialProbeState, type ProbeKind, type ProbeState } from './probe-state.ts';
import type { ProbeTarget } from './probe-target.ts';
import { runProbe, type ProbeMeans } from './run-probe.ts';

export interface ProberOptions {
  readonly means: ProbeMeans;
  readonly clock: Clock;
  /** A verdict on one of the pod's containers changed. */
  readonly changed: (uid: string) => void;
  readonly failed: (target: ProbeTarget, kind: ProbeKind, output: string) => void;
}

interface Series {
  readonly probe: Probe;
  state: ProbeState;
  cancel: () => void;
}

interface Probed {
  target: ProbeTarget;
  readonly series: Map<ProbeKind, Series>;
  ended: boolean;
}

export class Prober {
  readonly #options: ProberOptions;
  /** By container id. */
  readonly #probed = new Map<string, Probed>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** These are the running containers of the pod: begins with new ones, lets go of those that are not among them. */
  sync(uid: string, targets: readonly ProbeTarget[]): void {
    for (const [id, { target }] of this.#probed) {
      if (target.pod.metadata.uid === uid && !targets.some(({ containerId }) => containerId === id)) this.#drop(id);
    }
    for (const target of targets) {
      const known = this.#probed.get(target.containerId);
      if (known === undefined) this.#begin(target);
      else known.target = target;
    }
  }

  hasStarted(containerId: string): boolean {
    const startup = this.#probed.get(containerId)?.series.get('startup');
    return startup === undefined ? this.#probed.has(containerId) : startup.state.verdict === true;
  }

  isReady(containerId: string): boolean {
    const readiness = this.#probed.get(containerId)?.series.get('readiness');
    return readiness === undefined ? this.#probed.has(containerId) : readiness.state.verdict === true;
  }

  /** The probe for which the container must be killed. */
  failedProbe(containerId: string): 'liveness' | 'startup' | undefined {
    const series = this.#probed.get(containerId)?.series;
    return (['startup', 'liveness'] as const).find((kind) => series?.get(kind)?.state.verdict === false);
  }

  stop(): void {
    for (const id of this.#probed.keys()) this.#drop(id);
  }

  #drop(containerId: string): void {
    const probed = this.#probed.get(containerId);
    if (probed === undefined) return;
    probed.ended = true;
    for (const { cancel } of probed.series.values()) cancel();
    this.#probed.delete(containerId);
  }

  #begin(target: ProbeTarget): void {
    const { startupProbe, livenessProbe, readinessProbe } = target.container;
    const probed: Probed = { target, series: new Map(), ended: false };
    this.#probed.set(target.containerId, probed);
    const kinds = [
      ['startup', startupProbe],
      ['liveness', livenessProbe],
      ['readiness', readinessProbe],
    ] as const;
    for (const [kind, probe] of kinds) {
      if (probe === undefined) continue;
      const state = initialProbeState(kind, target.wasReady);
      const series: Series = { probe, state, cancel: () => undefined };
      probed.series.set(kind, series);
      const dueMs = target.startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000;
      this.#schedule(probed, kind, series, Math.max(0, dueMs - this.#options.clock.now()));
    }
  }

  #schedule(probed: Probed, kind: ProbeKind, series: Series, delayMs: number): void {
    series.cancel = this.#options.clock.after(delayMs, () => void this.#probe(probed, kind, series));
  }

  async #probe(probed: Probed, kind: ProbeKind, series: Series): Promise<void> {
    const { probe } = series;
    const { target } = probed;
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    if (kind !== 'startup' && !this.hasStarted(target.containerId)) {
      return this.#schedule(probed, kind, series, Math.min(periodMs, 1000));
    }
    const result = await runProbe(probe, target, this.#options.means);
    if (probed.ended) return;
    if (result !== undefined) {
      const before = series.state.verdict;
      series.state = afterResult(series.state, result.ok, probe);
      if (!result.ok) this.#options.failed(target, kind, result.output);
      if (series.state.verdict !== before) this.#options.changed(target.pod.metadata.uid);
    }
    const { verdict } = series.state;
    const isDecided = kind === 'startup' ? verdict !== undefined : kind === 'liveness' && verdict === false;
    if (!isDecided) this.#schedule(probed, kind, series, periodMs);
  }
}
