/**
 * What a series of probe results amounts to: a pure function, result by result. A verdict changes only after as many equal results in a
 * row as its threshold says; until there is one, the initial verdict holds.
 */
import type { Probe } from '../../api/groups/core.v1.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

export interface ProbeState {
  /** Undefined: not known yet. */
  readonly verdict: boolean | undefined;
  readonly last: boolean | undefined;
  /** Equal results in a row. */
  readonly streak: number;
}

export function initialProbeState(kind: ProbeKind, wasReady: boolean): ProbeState {
  const verdict = kind === 'liveness' ? true : kind === 'readiness' ? wasReady : undefined;
  return { verdict, last: undefined, streak: 0 };
}

export function afterResult(state: ProbeState, succeeded: boolean, probe: Probe): ProbeState {
  const streak = state.last === succeeded ? state.streak + 1 : 1;
  const threshold = succeeded ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
  return { verdict: streak >= threshold ? succeeded : state.verdict, last: succeeded, streak };
}
