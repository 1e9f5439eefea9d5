import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Invocation } from './command.ts';
import { readRequestLimits } from './request-limit-flags.ts';
import { UsageError } from './usage-error.ts';

function limitsOf(given: Readonly<Record<string, string>>): ReturnType<typeof readRequestLimits> {
  const flags = {
    text: (name: string) => given[name],
    number: (name: string) => (given[name] === undefined ? undefined : Number(given[name])),
    choice: (name: string) => given[name],
  };
  return readRequestLimits(flags as unknown as Invocation['flags']);
}

test('readRequestLimits() reads what was given, and nothing else', () => {
  assert.deepEqual(limitsOf({}), {});
  assert.deepEqual(
    limitsOf({
      'request-timeout': '1m30s',
      'max-requests-inflight': '10',
      'enable-priority-and-fairness': 'false',
      'goaway-chance': '0.01',
    }),
    { requestTimeoutMs: 90_000, maxInFlight: 10, fairness: false, goawayChance: 0.01 },
  );
});

test('readRequestLimits() refuses what is no length of time and no part', () => {
  const wrong = [{ 'request-timeout': '60' }, { 'shutdown-delay-duration': '-1s' }, { 'goaway-chance': '0.5' }];
  for (const given of wrong) assert.throws(() => limitsOf(given as Readonly<Record<string, string>>), UsageError);
});
