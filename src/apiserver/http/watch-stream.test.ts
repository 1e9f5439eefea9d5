import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigMaps } from '../../api/resources.ts';
import { Entry } from '../registry/entry.ts';
import type { WatchReceiver } from '../registry/watch.ts';
import type { Served } from '../registry/served.ts';
import { negotiate } from './negotiate.ts';
import { streamWatch } from './watch-stream.ts';

const uid = '00000000-0000-4000-8000-000000000000';
const megabyte = 'x'.repeat(1024 * 1024);
const stored = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', uid }, data: { megabyte } };
const entry = new Entry('/registry/configmaps/default/a', 7, Buffer.from(JSON.stringify(stored)));

/** A client that takes nothing: all that is written waits. */
function stalledWatch(initialItems: number) {
  const seen = { queued: 0, ended: 0, dropped: 0, stopped: 0 };
  let receiver: WatchReceiver | undefined;
  const items = (count: number) => Array.from({ length: count }, () => ({ type: 'MODIFIED', entry }) as const);
  const done = streamWatch(
    {
      write: (chunk) => void (seen.queued += chunk.length),
      queuedBytes: () => seen.queued,
      end: () => void seen.ended++,
      drop: () => void seen.dropped++,
    },
    {
      served: { type: ConfigMaps.kind, resource: ConfigMaps } as unknown as Served,
      subscription: {
        start(given) {
          receiver = given;
          given.items(items(initialItems));
          return () => void seen.stopped++;
        },
        revision: () => 7,
        bookmarks: false,
        timeoutMs: 60_000,
      },
      negotiated: negotiate('application/json', { pretty: false, watch: true }),
      query: new URLSearchParams(),
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  return { seen, done, send: (count: number) => receiver?.items(items(count)) };
}

test('streamWatch() drops a watcher that does not read, and forgets it', async () => {
  const { seen, done, send } = stalledWatch(0);
  send(60);
  assert.equal(seen.dropped, 0);
  send(10);
  await done;
  assert.deepEqual([seen.dropped, seen.ended, seen.stopped], [1, 0, 1]);
});

test('streamWatch() delivers the initial state however large it is', async () => {
  const { seen, done, send } = stalledWatch(100);
  assert.equal(seen.dropped, 0);
  send(70);
  await done;
  assert.deepEqual([seen.dropped, seen.stopped], [1, 1]);
});
