import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ApiError } from '../api/api-error.ts';
import type { Lease } from '../api/groups/coordination.v1.ts';
import { Leases } from '../api/resources.ts';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import { decideOnLease } from './lease-decision.ts';
import { runElected } from './leader-election.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryServer } from './memory-server.ts';

const nowMs = Date.UTC(2026, 0, 1);
const candidate = { identity: 'a', leaseDurationMs: 15_000 };

function leaseOf(spec: Lease['spec']): Lease {
  const metadata = { namespace: 'kube-system', name: 'x', uid: 'u', resourceVersion: '7', creationTimestamp: '' };
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
}

test('decideOnLease() creates a lease that nobody has made', () => {
  assert.deepEqual(decideOnLease(candidate, undefined, undefined, nowMs), {
    action: 'create',
    spec: {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    },
  });
});

test('decideOnLease() renews its own lease and keeps when it was acquired', () => {
  const acquireTime = '2025-12-31T00:00:00.000000Z';
  const lease = leaseOf({ holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime, leaseTransitions: 3 });
  const decision = decideOnLease(candidate, lease, undefined, nowMs);
  assert.ok(decision.action === 'update');
  assert.deepEqual([decision.spec.acquireTime, decision.spec.leaseTransitions], [acquireTime, 3]);
});

test('decideOnLease() waits for another holder until the lease has not changed for its duration', () => {
  const lease = leaseOf({ holderIdentity: 'b', leaseDurationSeconds: 15, leaseTransitions: 3 });
  const seen = { resourceVersion: '7', atMs: nowMs };
  assert.deepEqual(decideOnLease(candidate, lease, seen, nowMs + 14_999), { action: 'wait', holder: 'b' });
  const decision = decideOnLease(candidate, lease, seen, nowMs + 15_000);
  assert.ok(decision.action === 'update');
  assert.deepEqual([decision.spec.holderIdentity, decision.spec.leaseTransitions], ['a', 4]);
});

test('decideOnLease() takes a lease that was given up', () => {
  const lease = leaseOf({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 3 });
  assert.equal(decideOnLease(candidate, lease, undefined, nowMs).action, 'update');
});

function setUp() {
  const clock = virtualClock();
  const server = new MemoryServer(clock);
  const trace: string[] = [];
  const unreachable = new Set<string>();
  const start = (identity: string, seed: number) => {
    const stop = new AbortController();
    const client = new MemoryClient(server, () => {
      if (unreachable.has(identity)) throw new ApiError('ServiceUnavailable', 'unreachable');
    });
    const context = { client, clock, random: seededRandom(seed), log: silentLog };
    const election = { namespace: 'kube-system', name: 'scheduler', identity };
    const ended = runElected(stop.signal, context, election, async (signal) => {
      trace.push(`${identity} leads`);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      trace.push(`${identity} stops`);
    });
    return { stop, ended };
  };
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      for (let i = 0; i < 5; i++) await turn();
      clock.advance(500);
    }
    for (let i = 0; i < 5; i++) await turn();
  };
  const holder = () => (server.all(Leases)[0]?.['spec'] as Lease['spec'] | undefined)?.holderIdentity;
  return { server, trace, unreachable, start, pass, holder };
}

test('runElected() lets one lead, and the next at once when it gives the lease up', async () => {
  const { trace, start, pass, holder } = setUp();
  const a = start('a', 1);
  await pass(500);
  const b = start('b', 2);
  await pass(60_000);
  assert.deepEqual(trace, ['a leads']);
  a.stop.abort();
  await a.ended;
  assert.equal(holder(), '');
  await pass(5000);
  assert.deepEqual(trace, ['a leads', 'a stops', 'b leads']);
  b.stop.abort();
  await b.ended;
});

test('runElected() stops a leader that cannot renew before another begins, and lets it compete again', async () => {
  const { trace, unreachable, start, pass } = setUp();
  const a = start('a', 1);
  await pass(500);
  const b = start('b', 2);
  await pass(10_000);
  unreachable.add('a');
  await pass(12_000);
  assert.deepEqual(trace, ['a leads', 'a stops']);
  await pass(12_000);
  assert.deepEqual(trace, ['a leads', 'a stops', 'b leads']);
  unreachable.delete('a');
  await pass(20_000);
  b.stop.abort();
  await b.ended;
  await pass(6000);
  assert.deepEqual(trace, ['a leads', 'a stops', 'b leads', 'b stops', 'a leads']);
  a.stop.abort();
  await a.ended;
});

test('runElected() ends as the work does, and gives the lease up', async () => {
  const { server, holder } = setUp();
  const context = {
    client: new MemoryClient(server),
    clock: virtualClock(),
    random: seededRandom(1),
    log: silentLog,
  };
  const election = { namespace: 'kube-system', name: 'scheduler', identity: 'a' };
  const failing = runElected(new AbortController().signal, context, election, async () => {
    throw new Error('broken');
  });
  await assert.rejects(failing, /broken/);
  assert.equal(holder(), '');
});
