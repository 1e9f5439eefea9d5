import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import { ApiError } from '../api/api-error.ts';
import type { ConfigMap } from '../api/groups/core.v1.ts';
import { ConfigMaps, Pods } from '../api/resources.ts';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Change } from './informer.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryServer } from './memory-server.ts';
import { createInformers } from './shared-informers.ts';

function setUp(seed = 1) {
  const clock = virtualClock();
  const server = new MemoryServer(clock);
  const stop = new AbortController();
  const requests: string[] = [];
  server.onRequest = (verb, plural) => void requests.push(`${verb} ${plural}`);
  const client = new MemoryClient(server);
  const informers = createInformers({ client, clock, random: seededRandom(seed), log: silentLog, signal: stop.signal });
  return { clock, server, stop, informers, requests };
}

const configMap = (name: string, data: Record<string, string> = {}) => ({
  metadata: { namespace: 'default', name },
  data,
});
const describe = ({ type, object }: Change<ConfigMap>): string => `${type} ${object.metadata.name}`;

/** Lets everything that is under way settle, without moving the clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}

test('Informer holds what is there, then follows changes in order', async () => {
  const { server, stop, informers } = setUp();
  server.create(ConfigMaps, configMap('a'));
  const informer = informers.of(ConfigMaps);
  const seen: string[] = [];
  informer.onChange((change) => seen.push(describe(change)));
  assert.equal(informer.synced, false);
  await informer.whenSynced();
  assert.equal(informer.resourceVersion, '1');
  server.create(ConfigMaps, configMap('b'));
  server.update(ConfigMaps, configMap('a', { key: 'value' }));
  server.delete(ConfigMaps, { namespace: 'default', name: 'b' });
  await settle();
  assert.deepEqual(seen, ['added a', 'added b', 'updated a', 'deleted b']);
  assert.equal(informer.get('default', 'a')?.data?.['key'], 'value');
  assert.equal(informer.resourceVersion, '4');
  stop.abort();
  await informers.whenEnded();
});

test('Informers.of() shares one watch for the same selection', async () => {
  const { stop, informers, requests } = setUp();
  const first = informers.of(ConfigMaps, { namespace: 'default' });
  assert.equal(informers.of(ConfigMaps, { namespace: 'default' }), first);
  assert.notEqual(informers.of(ConfigMaps), first);
  await first.whenSynced();
  await settle();
  assert.deepEqual(requests, ['watch configmaps', 'watch configmaps']);
  stop.abort();
  await informers.whenEnded();
});

test('Informer selects by label, and sees objects enter and leave', async () => {
  const { server, stop, informers } = setUp();
  const labelled = (colour: string) => ({ metadata: { namespace: 'default', name: 'a', labels: { colour } } });
  server.create(ConfigMaps, labelled('red'));
  const informer = informers.of(ConfigMaps, { labelSelector: 'colour=red' });
  const seen: string[] = [];
  informer.onChange((change) => seen.push(describe(change)));
  await informer.whenSynced();
  server.update(ConfigMaps, labelled('blue'));
  server.update(ConfigMaps, labelled('red'));
  await settle();
  assert.deepEqual(seen, ['added a', 'deleted a', 'added a']);
  stop.abort();
  await informers.whenEnded();
});

test('Informer lists when the server refuses to stream initial events', async () => {
  const { server, stop, informers, requests } = setUp();
  server.refusesWatchList = true;
  server.create(ConfigMaps, configMap('a'));
  const informer = informers.of(ConfigMaps);
  await informer.whenSynced();
  server.create(ConfigMaps, configMap('b'));
  await settle();
  assert.deepEqual(requests, ['watch configmaps', 'list configmaps', 'watch configmaps']);
  assert.equal(informer.list().length, 2);
  stop.abort();
  await informers.whenEnded();
});

test('Informer goes on from the last version after a lost connection', async () => {
  const { clock, server, stop, informers, requests } = setUp();
  const informer = informers.of(ConfigMaps);
  const seen: string[] = [];
  informer.onChange((change) => seen.push(describe(change)));
  await informer.whenSynced();
  server.create(ConfigMaps, configMap('a'));
  await settle();
  server.disconnect();
  server.create(ConfigMaps, configMap('b'));
  server.delete(ConfigMaps, { namespace: 'default', name: 'a' });
  await settle();
  clock.advance(60_000);
  await settle();
  assert.deepEqual(seen, ['added a', 'added b', 'deleted a']);
  assert.ok(!requests.includes('list configmaps'));
  stop.abort();
  await informers.whenEnded();
});

test('Informer announces the difference after its version has expired', async () => {
  const { clock, server, stop, informers } = setUp();
  server.create(ConfigMaps, configMap('gone'));
  server.create(ConfigMaps, configMap('kept'));
  server.create(ConfigMaps, configMap('changed'));
  const informer = informers.of(ConfigMaps);
  await informer.whenSynced();
  const seen: string[] = [];
  informer.onChange((change) => seen.push(describe(change)));
  seen.length = 0;
  await settle();
  server.disconnect();
  server.delete(ConfigMaps, { namespace: 'default', name: 'gone' });
  server.update(ConfigMaps, configMap('changed', { key: 'value' }));
  server.create(ConfigMaps, configMap('new'));
  server.compact();
  for (let i = 0; i < 10; i++) {
    await settle();
    clock.advance(60_000);
  }
  assert.deepEqual(seen.toSorted(), ['added new', 'deleted gone', 'updated changed']);
  stop.abort();
  await informers.whenEnded();
});

test('Informer tries again with growing waits while the server fails', async () => {
  const { clock, server, stop, informers } = setUp();
  const times: number[] = [];
  const start = clock.now();
  server.onRequest = () => {
    times.push(clock.now() - start);
    if (times.length < 6) throw new ApiError('ServiceUnavailable', 'starting');
  };
  const informer = informers.of(ConfigMaps);
  for (let i = 0; i < 2000 && !informer.synced; i++) {
    await turn();
    clock.advance(10);
  }
  await informer.whenSynced();
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  gaps.slice(0, 5).forEach((gap, i) => assert.ok(gap >= 100 * 2 ** i && gap <= 220 * 2 ** i, `gap ${i} is ${gap}`));
  stop.abort();
  await informers.whenEnded();
});

test('Informer tells the other handlers when one throws', async () => {
  const { server, stop, informers } = setUp();
  const informer = informers.of(ConfigMaps);
  const seen: string[] = [];
  informer.onChange(() => {
    throw new Error('broken');
  });
  informer.onChange((change) => seen.push(describe(change)));
  await informer.whenSynced();
  server.create(ConfigMaps, configMap('a'));
  await settle();
  assert.deepEqual(seen, ['added a']);
  stop.abort();
  await informers.whenEnded();
});

test('Informer.onChange() announces what is there, once, and stops when taken off', async () => {
  const { server, stop, informers } = setUp();
  server.create(ConfigMaps, configMap('a'));
  const informer = informers.of(ConfigMaps);
  const inner: string[] = [];
  let nested = false;
  informer.onChange(() => {
    if (nested) return;
    nested = true;
    informer.onChange((change) => inner.push(describe(change)));
  });
  await informer.whenSynced();
  const seen: string[] = [];
  const off = informer.onChange((change) => seen.push(describe(change)));
  assert.deepEqual(seen, ['added a']);
  off();
  server.create(ConfigMaps, configMap('b'));
  await settle();
  assert.deepEqual(seen, ['added a']);
  assert.deepEqual(inner, ['added a', 'added b']);
  stop.abort();
  await informers.whenEnded();
});

test('Informer.whenSynced() rejects when the set ends first', async () => {
  const { server, stop, informers } = setUp();
  server.onRequest = () => {
    throw new ApiError('ServiceUnavailable', 'down');
  };
  const waiting = informers.of(Pods).whenSynced();
  await settle();
  stop.abort();
  await assert.rejects(waiting, /the informer has ended/);
  await informers.whenEnded();
});

/**
 * Random histories with lost connections, forgotten history and failing requests. The changes told must form a
 * possible life of each object (added, updated…, deleted, added again with another uid), with versions that only
 * grow, and leave the copy equal to the server.
 */
test('Informer converges to the server through any history, with a consistent sequence of changes', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { clock, server, stop, informers } = setUp(seed);
    const random = seededRandom(seed * 7919);
    server.refusesWatchList = random.next() < 0.3;
    server.onRequest = (verb) => {
      if (random.next() < (verb === 'watch' ? 0.2 : 0.1)) throw new ApiError('ServerTimeout', 'try again');
    };
    const informer = informers.of(ConfigMaps);
    const known = new Map<string, ConfigMap>();
    const failures: unknown[] = [];
    informer.onChange((change) => {
      try {
        checkChange(seed, known, change);
      } catch (error) {
        failures.push(error);
      }
    });
    for (let step = 0; step < 120; step++) {
      act(server, random);
      if (random.next() < 0.6) await turn();
      if (random.next() < 0.3) clock.advance(random.next() * 2000);
    }
    server.onRequest = () => undefined;
    for (let i = 0; i < 20; i++) {
      await settle();
      clock.advance(30_000);
    }
    await settle();
    assert.deepEqual(failures, [], `seed ${seed}`);
    assert.deepEqual(byName(informer.list()), server.all(ConfigMaps), `seed ${seed}: the copy`);
    assert.deepEqual(byName([...known.values()]), server.all(ConfigMaps), `seed ${seed}: what was told`);
    stop.abort();
    await informers.whenEnded();
  }
});

function act(server: MemoryServer, random: { next(): number }): void {
  const name = `object-${Math.floor(random.next() * 6)}`;
  const ref = { namespace: 'default', name };
  const chance = random.next();
  if (chance < 0.06) server.disconnect();
  else if (chance < 0.1) {
    server.disconnect();
    server.compact();
  } else if (chance < 0.15) server.bumpVersion();
  else if (server.find(ConfigMaps, ref) === undefined) server.create(ConfigMaps, configMap(name));
  else if (chance < 0.75) server.update(ConfigMaps, configMap(name, { chance: String(chance) }));
  else server.delete(ConfigMaps, ref);
}

function checkChange(seed: number, known: Map<string, ConfigMap>, change: Change<ConfigMap>): void {
  const { name, uid, resourceVersion } = change.object.metadata;
  const previous = known.get(name);
  const at = `seed ${seed}: ${change.type} ${name} at ${resourceVersion}`;
  if (change.type === 'added') {
    assert.equal(previous, undefined, at);
  } else {
    assert.equal(previous?.metadata.uid, uid, at);
    if (change.type === 'updated') {
      assert.equal(change.previous, previous, at);
      assert.ok(Number(resourceVersion) > Number(previous?.metadata.resourceVersion), at);
    }
  }
  if (change.type === 'deleted') known.delete(name);
  else known.set(name, change.object);
}

function byName(objects: readonly ConfigMap[]): readonly ConfigMap[] {
  return objects.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
