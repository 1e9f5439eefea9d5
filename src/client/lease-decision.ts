/**
 * What a candidate does about a lease it has read: pure, for leader-election.ts.
 *
 * Clocks of machines differ, so the times in a lease are for people. A candidate notes by its own clock when it saw the
 * lease change; a lease that has not changed for as long as it is valid belongs to nobody.
 */
import type { Lease, LeaseSpec } from '../api/groups/coordination.v1.ts';
import { formatMicroTime } from '../api/time.ts';

/** The last change of the lease that this candidate saw, and when by its own clock. */
export interface Observation {
  readonly resourceVersion: string;
  readonly atMs: number;
}

export interface Candidate {
  readonly identity: string;
  readonly leaseDurationMs: number;
}

export type Decision =
  | { readonly action: 'create'; readonly spec: LeaseSpec }
  /** Take it over, or renew it. */
  | { readonly action: 'update'; readonly spec: LeaseSpec }
  | { readonly action: 'wait'; readonly holder: string };

export function observe(before: Observation | undefined, lease: Lease, nowMs: number): Observation {
  const { resourceVersion } = lease.metadata;
  return before?.resourceVersion === resourceVersion ? before : { resourceVersion, atMs: nowMs };
}

export function decideOnLease(
  candidate: Candidate,
  lease: Lease | undefined,
  observation: Observation | undefined,
  nowMs: number,
): Decision {
  const { identity, leaseDurationMs } = candidate;
  const now = formatMicroTime(nowMs);
  const mine = {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
    acquireTime: now,
    renewTime: now,
  };
  if (lease === undefined) return { action: 'create', spec: { ...mine, leaseTransitions: 0 } };
  const { spec } = lease;
  const holder = spec.holderIdentity ?? '';
  const transitions = spec.leaseTransitions ?? 0;
  if (holder === identity) {
    const acquireTime = spec.acquireTime ?? now;
    return { action: 'update', spec: { ...spec, ...mine, acquireTime, leaseTransitions: transitions } };
  }
  const validUntilMs = (observation?.atMs ?? nowMs) + (spec.leaseDurationSeconds ?? 0) * 1000;
  if (holder !== '' && nowMs < validUntilMs) return { action: 'wait', holder };
  return { action: 'update', spec: { ...spec, ...mine, leaseTransitions: transitions + 1 } };
}

/** Held by nobody: the next candidate that looks takes it. */
export function released(lease: Lease, nowMs: number): Lease {
  const now = formatMicroTime(nowMs);
  const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
  return { ...lease, spec };
}
