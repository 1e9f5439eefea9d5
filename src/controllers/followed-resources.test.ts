import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { Resource } from '../api/resource.ts';
import { ConfigMaps, Events, Pods, Secrets } from '../api/resources.ts';
import { virtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { WatchOptions } from '../client/client.ts';
import { createInformers } from '../client/shared-informers.ts';
import { FollowedResources } from './followed-resources.ts';
import { MemoryApi } from './testing/memory-api.ts';
import { pod } from './testing/objects.ts';

async function withFollowed(check: (set: ReturnType<typeof setUp>) => Promise<void>): Promise<void> {
  const set = setUp();
  try {
    await check(set);
  } finally {
    set.abort.abort();
    await set.informers.whenEnded();
  }
}

/** Secrets are never answered. */
function setUp() {
  const abort = new AbortController();
  const { signal } = abort;
  const clock = virtualClock();
  const memory = new MemoryApi(clock);
  const api = Object.assign(new MemoryApi(clock), {
    watch: <T, I>(of: Resource<T, I>, options: WatchOptions) =>
      memory.watch(of, (of as unknown) === Secrets ? { ...options, sendInitialEvents: false } : options),
  });
  const context = { client: api, clock, random: seededRandom(1), log: silentLog };
  const informers = createInformers({ ...context, signal });
  const changes: string[] = [];
  const followed = new FollowedResources({
    ...context,
    signal,
    informers,
    changed: ({ plural }, { type, object }) => void changes.push(`${type} ${plural} ${object.metadata.name}`),
  });
  const names = () => followed.all().map(({ resource }) => resource.plural);
  return { abort, clock, memory, informers, changes, followed, names };
}

test('FollowedResources.follow() tells what is there, and stops what is no longer wanted', async () => {
  await withFollowed(async ({ memory, followed, changes, names }) => {
    await memory.create(Pods, pod('a'));
    await followed.follow([Pods, ConfigMaps, Events], true);
    assert.deepEqual(changes, ['added pods a']);
    assert.deepEqual(names(), ['pods', 'configmaps']);
    await followed.follow([ConfigMaps], true);
    assert.deepEqual(names(), ['configmaps']);
    await memory.create(Pods, pod('b'));
    await turn();
    assert.deepEqual(changes, ['added pods a']);
  });
});

test('FollowedResources.follow() lets a resource go that cannot be read for half a minute', async () => {
  await withFollowed(async ({ clock, followed, names }) => {
    let done = false;
    const following = followed.follow([Secrets, Pods], true).then(() => (done = true));
    for (let i = 0; i < 10; i++) await turn();
    assert.equal(done, false);
    clock.advance(30_000);
    await following;
    assert.deepEqual(names(), ['pods']);
  });
});
