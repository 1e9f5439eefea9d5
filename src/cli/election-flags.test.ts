import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArguments, type Command } from './command.ts';
import { electionFlags, readElection } from './election-flags.ts';
import { UsageError } from './usage-error.ts';

const command: Command = { description: '', flags: electionFlags, examples: {}, run: async () => 0 };
const read = (...args: readonly string[]) => readElection(readArguments(command, args).flags);

test('readElection() takes the flags of Kubernetes, and its defaults', () => {
  assert.deepEqual(read(), { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 });
  assert.equal(read('--leader-elect=false'), undefined);
  assert.deepEqual(read('--leader-elect-resource-lock=leases'), read());
  const given = read('--leader-elect-resource-name=jobs', '--leader-elect-resource-namespace=a');
  assert.deepEqual([given?.name, given?.namespace], ['jobs', 'a']);
});

test('readElection() refuses a lock of another kind', () => {
  assert.throws(() => read('--leader-elect-resource-lock=endpoints'), UsageError);
});

test('readElection() refuses times that would let two lead', () => {
  for (const flag of [
    '--leader-elect-lease-duration=10s',
    '--leader-elect-renew-deadline=2s',
    '--leader-elect-retry-period=x',
  ]) {
    assert.throws(() => read(flag), UsageError);
  }
});
