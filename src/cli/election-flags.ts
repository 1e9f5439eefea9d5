/** The flags by which several copies of a component agree on the one that works, as Kubernetes' components have them. */
import type { Election } from '../client/leader-election.ts';
import type { Flag, Invocation } from './command.ts';
import { milliseconds } from './request-limit-flags.ts';
import { UsageError } from './usage-error.ts';

export const electionFlags: Readonly<Record<string, Flag>> = {
  'leader-elect': { help: 'Work only while holding the lease (default true).' },
  'leader-elect-resource-lock': {
    value: 'KIND',
    help: 'Kind of the lock: leases, the only one that Kubernetes has left.',
  },
  'leader-elect-resource-name': { value: 'NAME', help: 'Name of the lease; another one for each set of controllers.' },
  'leader-elect-resource-namespace': { value: 'NAMESPACE', help: 'Where the lease is (default kube-system).' },
  'leader-elect-lease-duration': {
    value: 'DURATION',
    help: 'How long a dead leader keeps others waiting (default 15s).',
  },
  'leader-elect-renew-deadline': { value: 'DURATION', help: 'How long a leader tries to renew (default 10s).' },
  'leader-elect-retry-period': { value: 'DURATION', help: 'Between two attempts (default 2s).' },
};

export type ElectionChoice = Partial<Omit<Election, 'identity'>>;

/** Undefined: no election. @throws UsageError */
export function readElection(flags: Invocation['flags']): ElectionChoice | undefined {
  if (flags.switched('leader-elect') === false) return undefined;
  const lock = flags.text('leader-elect-resource-lock') ?? 'leases';
  if (lock !== 'leases') throw new UsageError(`--leader-elect-resource-lock is "${lock}": only "leases" is supported`);
  const leaseDurationMs = milliseconds(flags, 'leader-elect-lease-duration') ?? 15_000;
  const renewDeadlineMs = milliseconds(flags, 'leader-elect-renew-deadline') ?? 10_000;
  const retryMs = milliseconds(flags, 'leader-elect-retry-period') ?? 2000;
  if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryMs) {
    throw new UsageError('The lease must last longer than its renewal is tried, and that longer than one attempt');
  }
  const name = flags.text('leader-elect-resource-name');
  const namespace = flags.text('leader-elect-resource-namespace');
  return {
    leaseDurationMs,
    renewDeadlineMs,
    retryMs,
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}
