/** The server as a general gRPC client sees it: @grpc/grpc-js, with the declarations of protocol/. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../embedded/open.ts';
import { Code } from '../protocol/errors.ts';
import { CompareResult, CompareTarget, EventType, SortOrder, SortTarget, WatchFilter } from '../protocol/messages.ts';
import type { WatchRequest, WatchResponse } from '../protocol/messages.ts';
import type { Decoded, Encodable, Message } from '../protocol/schema.ts';
import { auth, cluster, kv, lease, maintenance, watch } from '../protocol/services.ts';
import type { Method } from '../protocol/services.ts';
import { startEtcdServer } from './etcd-server.ts';

interface Peer {
  readonly url: string;
  readonly client: Client;
  call<Request extends Message, Response extends Message>(
    method: Method<Request, Response>,
    request: Encodable<Request>,
    deadlineMs?: number,
  ): Promise<Decoded<Response>>;
  put(key: string, value: string): Promise<number>;
}

async function serve(context: TestContext, progressIntervalMs = 600_000): Promise<Peer> {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  const listenUrls = ['http://127.0.0.1:0'];
  const server = await startEtcdServer({ store, clock: systemClock, listenUrls, progressIntervalMs });
  const [url = ''] = server.urls;
  const client = new Client(url.replace('http://', ''), credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
  });
  context.after(async () => {
    client.close();
    await server.close();
    await store.close();
  });
  const call: Peer['call'] = ({ path, requestSerialize, responseDeserialize }, request, deadlineMs = 10_000) =>
    new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + deadlineMs };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, options, (error, response) => {
        if (error !== null || response === undefined) reject(error ?? new Error('No answer'));
        else resolve(response);
      });
    });
  const put = async (key: string, value: string): Promise<number> =>
    (await call(kv.put, { key, value: Buffer.from(value) })).header?.revision ?? 0;
  return { url, client, call, put };
}

function refused(code: number, details: string): (error: ServiceError) => boolean {
  return (error) => {
    assert.deepEqual([error.code, error.details], [code, details]);
    return true;
  };
}

test('KV.Range orders, filters and cuts as etcd does', async (context) => {
  const { call, put } = await serve(context);
  for (const [key, value] of ['b2', 'a1', 'c3', 'a4'].map((item) => [...item])) await put(key ?? '', value ?? '');
  const all = { key: '\0', rangeEnd: '\0' };
  const keys = async (request: object): Promise<[string, boolean, number]> => {
    const { kvs, more, count } = await call(kv.range, { ...all, ...request });
    return [kvs.map(({ key }) => key).join(''), more, count];
  };
  assert.deepEqual(await keys({}), ['abc', false, 3]);
  assert.deepEqual(await keys({ limit: 2 }), ['ab', true, 3]);
  assert.deepEqual(await keys({ sortOrder: SortOrder.descend }), ['cba', false, 3]);
  assert.deepEqual(await keys({ sortOrder: SortOrder.descend, limit: 1 }), ['c', true, 3]);
  assert.deepEqual(await keys({ sortTarget: SortTarget.mod }), ['bca', false, 3]);
  assert.deepEqual(await keys({ sortTarget: SortTarget.create, sortOrder: SortOrder.descend, limit: 2 }), [
    'ca',
    true,
    3,
  ]);
  assert.deepEqual(await keys({ sortTarget: SortTarget.value, keysOnly: true }), ['bca', false, 3]);
  assert.deepEqual(await keys({ sortTarget: SortTarget.version, sortOrder: SortOrder.descend, limit: 1 }), [
    'a',
    true,
    3,
  ]);
  assert.deepEqual(await keys({ minModRevision: 4 }), ['ac', false, 3]);
  assert.deepEqual(await keys({ maxModRevision: 4, minCreateRevision: 3, limit: 1 }), ['c', false, 3]);
  assert.deepEqual(await keys({ revision: 3 }), ['ab', false, 2]);
  assert.deepEqual(await keys({ countOnly: true }), ['', false, 3]);
  assert.deepEqual(await keys({ key: 'b', rangeEnd: 'a' }), ['', false, 0]);
});

test('KV refuses with the codes and texts of etcd', async (context) => {
  const { call, put } = await serve(context);
  await put('a', '1');
  const invalid = (text: string) => refused(Code.invalidArgument, `etcdserver: ${text}`);
  await assert.rejects(call(kv.range, {}), invalid('key is not provided'));
  await assert.rejects(call(kv.put, { value: Buffer.from('x') }), invalid('key is not provided'));
  await assert.rejects(call(kv.deleteRange, {}), invalid('key is not provided'));
  await assert.rejects(
    call(kv.put, { key: 'a', ignoreValue: true, value: Buffer.from('x') }),
    invalid('value is provided'),
  );
  await assert.rejects(call(kv.put, { key: 'a', ignoreLease: true, lease: 1n }), invalid('lease is provided'));
  await assert.rejects(call(kv.put, { key: 'b', ignoreLease: true }), invalid('key not found'));
  await assert.rejects(call(kv.put, { key: 'a', value: Buffer.alloc(1_600_000) }), invalid('request is too large'));
  const outOfRange = (text: string) => refused(Code.outOfRange, `etcdserver: mvcc: ${text}`);
  await assert.rejects(call(kv.range, { key: 'a', revision: 9 }), outOfRange('required revision is a future revision'));
  await assert.rejects(call(kv.compact, { revision: 9 }), outOfRange('required revision is a future revision'));
  await put('a', '2');
  await call(kv.compact, { revision: 3 });
  await assert.rejects(call(kv.range, { key: 'a', revision: 2 }), outOfRange('required revision has been compacted'));
  await assert.rejects(call(kv.compact, { revision: 3 }), outOfRange('required revision has been compacted'));
  const lost = refused(Code.notFound, 'etcdserver: requested lease not found');
  await assert.rejects(call(kv.put, { key: 'a', lease: 5n }), lost);
  await assert.rejects(call(lease.leaseRevoke, { id: 5n }), lost);
  const tooLarge = refused(Code.resourceExhausted, 'grpc: received message larger than max (2200009 vs. 2097152)');
  await assert.rejects(call(kv.put, { key: 'a', value: Buffer.alloc(2_200_001) }), tooLarge);
});

test('KV.Txn compares before it changes anything, shows changes to what follows, and gives all one revision', async (context) => {
  const { call, put } = await serve(context);
  await put('a', '1');
  const isNew = { key: 'b', target: CompareTarget.version, result: CompareResult.equal, version: 0 };
  const { header, succeeded, responses } = await call(kv.txn, {
    compare: [{ key: 'a', target: CompareTarget.value, result: CompareResult.less, value: Buffer.from('2') }],
    success: [
      { requestPut: { key: 'b', value: Buffer.from('new'), prevKv: true } },
      { requestTxn: { compare: [isNew], success: [{ requestRange: { key: 'a', rangeEnd: 'z' } }] } },
      { requestDeleteRange: { key: 'a', prevKv: true } },
      { requestRange: { key: 'a', rangeEnd: 'z', countOnly: true } },
    ],
  });
  assert.deepEqual([header?.revision, succeeded, responses.length], [3, true, 4]);
  const inner = responses[1]?.responseTxn;
  assert.equal(inner?.succeeded, true);
  const seen = inner?.responses[0]?.responseRange?.kvs.map(({ key, modRevision }) => `${key}${modRevision}`);
  assert.deepEqual(seen, ['a2', 'b3']);
  assert.equal(responses[2]?.responseDeleteRange?.prevKvs[0]?.value.toString(), '1');
  assert.equal(responses[3]?.responseRange?.count, 1);
});

test('KV.Txn compares all keys of a range, and a missing key has no value', async (context) => {
  const { call, put } = await serve(context);
  for (const key of ['k1', 'k2', 'k3']) await put(key, key);
  const holds = async (compare: object): Promise<boolean> => (await call(kv.txn, { compare: [compare] })).succeeded;
  const all = { key: 'k', rangeEnd: 'l' };
  const { equal, greater, less, notEqual } = CompareResult;
  const { create, mod, value, version, lease: ofLease } = CompareTarget;
  assert.equal(await holds({ ...all, target: version, result: equal, version: 1 }), true);
  assert.equal(await holds({ ...all, target: mod, result: greater, modRevision: 2 }), false);
  assert.equal(await holds({ ...all, target: create, result: less, createRevision: 5 }), true);
  assert.equal(await holds({ ...all, target: ofLease, result: equal, lease: 0n }), true);
  assert.equal(await holds({ ...all, target: ofLease, result: notEqual, lease: 7n }), true);
  assert.equal(await holds({ key: 'none', target: value, result: notEqual, value: Buffer.from('x') }), false);
  assert.equal(await holds({ key: 'none', target: mod, result: equal, modRevision: 0 }), true);
});

test('KV.Txn refuses what changes a key twice, and too many operations', async (context) => {
  const { call } = await serve(context);
  const put = { requestPut: { key: 'a' } };
  const duplicate = refused(Code.invalidArgument, 'etcdserver: duplicate key given in txn request');
  const remove = { requestDeleteRange: { key: 'a', rangeEnd: 'b' } };
  for (const operations of [
    [put, put],
    [put, remove],
    [remove, { requestTxn: { success: [put] } }],
  ]) {
    await assert.rejects(call(kv.txn, { success: operations }), duplicate);
    await assert.rejects(call(kv.txn, { failure: operations }), duplicate);
  }
  await call(kv.txn, { success: [{ requestTxn: { success: [put], failure: [put] } }] });
  const many = Array.from({ length: 129 }, (_, index) => ({ requestPut: { key: `k${index}` } }));
  const tooMany = refused(Code.invalidArgument, 'etcdserver: too many operations in txn request');
  await assert.rejects(call(kv.txn, { success: many }), tooMany);
  assert.equal((await call(kv.txn, { success: many.slice(1) })).responses.length, 128);
});

interface WatchPeer {
  readonly stream: ClientDuplexStream<Encodable<typeof WatchRequest>, Decoded<typeof WatchResponse>>;
  next(): Promise<Decoded<typeof WatchResponse>>;
}

function openWatch(context: TestContext, { client }: Peer): WatchPeer {
  const { path, requestSerialize, responseDeserialize } = watch.watch;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
  stream.on('error', () => undefined);
  context.after(() => stream.cancel());
  const waiting: Decoded<typeof WatchResponse>[] = [];
  stream.on('data', (response: Decoded<typeof WatchResponse>) => {
    waiting.push(response);
    stream.emit('arrived');
  });
  return {
    stream,
    async next() {
      if (waiting.length === 0) await once(stream, 'arrived', { signal: AbortSignal.timeout(10_000) });
      const [first] = waiting.splice(0, 1);
      assert.ok(first !== undefined);
      return first;
    },
  };
}

test('Watch carries many watches, with filters, previous values and ids of the client', async (context) => {
  const peer = await serve(context);
  const { stream, next } = openWatch(context, peer);
  stream.write({ createRequest: { key: 'w', rangeEnd: 'x', filters: [WatchFilter.noPut], prevKv: true } });
  assert.deepEqual([(await next()).watchId, 'created'], [0, 'created']);
  stream.write({ createRequest: { key: 'w', watchId: 7 } });
  assert.equal((await next()).watchId, 7);
  stream.write({ createRequest: { key: 'w', watchId: 7 } });
  const double = await next();
  assert.deepEqual([double.watchId, double.created, double.canceled], [-1, true, true]);
  assert.equal(double.cancelReason, 'mvcc: duplicate watch ID provided on the WatchStream');
  await peer.put('w', 'one');
  const put = await next();
  assert.deepEqual([put.watchId, put.events[0]?.type, put.events[0]?.kv?.value.toString()], [7, EventType.put, 'one']);
  await peer.call(kv.deleteRange, { key: 'w' });
  const removals = [await next(), await next()].toSorted((a, b) => a.watchId - b.watchId);
  assert.deepEqual(
    removals.map(({ watchId, events }) => [watchId, events[0]?.type, events[0]?.prevKv?.value.toString()]),
    [
      [0, EventType.delete, 'one'],
      [7, EventType.delete, undefined],
    ],
  );
  stream.write({ cancelRequest: { watchId: 7 } });
  assert.deepEqual([(await next()).canceled], [true]);
});

test('Watch tells of progress when asked, by itself when nothing happens, and of compaction', async (context) => {
  const peer = await serve(context, 50);
  for (const value of ['1', '2', '3', '4']) await peer.put('other', value);
  await peer.call(kv.compact, { revision: 4 });
  const asked = openWatch(context, peer);
  asked.stream.write({ createRequest: { key: 'w' } });
  await asked.next();
  asked.stream.write({ progressRequest: {} });
  const progress = await asked.next();
  assert.deepEqual([progress.watchId, progress.header?.revision, progress.events.length], [-1, 5, 0]);
  const idle = openWatch(context, peer);
  idle.stream.write({ createRequest: { key: 'w', progressNotify: true } });
  await idle.next();
  const notice = await idle.next();
  assert.deepEqual([notice.watchId, notice.header?.revision, notice.events.length], [0, 5, 0]);
  const late = openWatch(context, peer);
  late.stream.write({ createRequest: { key: 'w', startRevision: 2 } });
  await late.next();
  const ended = await late.next();
  assert.deepEqual([ended.canceled, ended.compactRevision], [true, 4]);
});

test('Watch cuts what is too large for a message into fragments', async (context) => {
  const peer = await serve(context);
  const value = Buffer.alloc(400_000, 1);
  for (let index = 0; index < 6; index += 1) await peer.call(kv.put, { key: `w${index}`, value });
  const { stream, next } = openWatch(context, peer);
  stream.write({ createRequest: { key: 'w', rangeEnd: 'x', startRevision: 2, fragment: true } });
  await next();
  const parts = [await next(), await next()];
  assert.deepEqual(
    parts.map(({ events, fragment }) => [events.length, fragment]),
    [
      [3, true],
      [3, false],
    ],
  );
});

test('Lease grants ids of 64 bits, once, and keeps them alive', async (context) => {
  const { client, call } = await serve(context);
  const id = 7_587_880_123_456_789_012n;
  assert.deepEqual([(await call(lease.leaseGrant, { id, ttl: 60 })).id], [id]);
  const exists = refused(Code.failedPrecondition, 'etcdserver: lease already exists');
  await assert.rejects(call(lease.leaseGrant, { id, ttl: 60 }), exists);
  await assert.rejects(
    call(lease.leaseGrant, { ttl: 9_000_000_001 }),
    refused(Code.outOfRange, 'etcdserver: too large lease TTL'),
  );
  await call(kv.put, { key: 'leased', lease: id });
  assert.equal((await call(kv.range, { key: 'leased' })).kvs[0]?.lease, id);
  assert.deepEqual((await call(lease.leaseTimeToLive, { id, keys: true })).keys, ['leased']);
  const { path, requestSerialize, responseDeserialize } = lease.leaseKeepAlive;
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
  for (const wanted of [id, 1n]) {
    stream.write({ id: wanted });
    const [answer] = await once(stream, 'data');
    assert.deepEqual([answer.id, answer.ttl], [wanted, wanted === id ? 60 : 0]);
  }
  stream.end();
  await once(stream, 'end');
});

test('A server of one member says honestly what it has not', async (context) => {
  const { call, client, url } = await serve(context);
  assert.equal((await call(auth.authStatus, {})).enabled, false);
  const disabled = refused(Code.failedPrecondition, 'etcdserver: authentication is not enabled');
  await assert.rejects(call(auth.authenticate, { name: 'root' }), disabled);
  const { members } = await call(cluster.memberList, {});
  assert.deepEqual([members.length, members[0]?.clientUrls], [1, [url]]);
  const lost = refused(Code.notFound, 'etcdserver: member not found');
  await assert.rejects(call(cluster.memberRemove, { id: 1n }), lost);
  const status = await call(maintenance.status, {});
  assert.deepEqual([status.leader === members[0]?.id, status.dbSize > 0, status.errors], [true, true, []]);
  const unknown = { ...auth.authStatus, path: '/etcdserverpb.Auth/UserList' };
  const unimplemented = refused(Code.unimplemented, 'unknown method UserList for service etcdserverpb.Auth');
  await assert.rejects(call(unknown, {}), unimplemented);
  client.close();
  assert.equal((await fetch(`${url}/nothing`)).status, 404);
});

test('A GET tells how the member is, which version it has, and figures under the names of etcd', async (context) => {
  const { call, put, url } = await serve(context);
  const get = async (path: string): Promise<[number, unknown]> => {
    const response = await fetch(url + path);
    const body = await response.text();
    return [response.status, body.startsWith('{') ? JSON.parse(body) : body];
  };
  await put('a', '1');
  await put('b', '1');
  assert.deepEqual(await get('/health'), [200, { health: 'true', reason: '' }]);
  assert.deepEqual(await get('/version'), [200, { etcdserver: '3.5.30+slipway', etcdcluster: '3.5.0' }]);
  const [status, metrics] = await get('/metrics');
  assert.equal(status, 200);
  for (const line of ['etcd_server_has_leader 1', 'etcd_debugging_mvcc_keys_total 2']) {
    assert.ok(String(metrics).includes(`\n${line}\n`), line);
  }
  assert.match(
    String(metrics),
    /\netcd_mvcc_db_total_size_in_bytes \d{4,}\n[^]*\nprocess_resident_memory_bytes \d{7,}\n/,
  );
  await call(maintenance.alarm, { action: 1, alarm: 1 });
  assert.deepEqual(await get('/health'), [503, { health: 'false', reason: 'ALARM NOSPACE' }]);
  assert.deepEqual(await get('/health?exclude=NOSPACE'), [200, { health: 'true', reason: '' }]);
  for (const path of ['/livez', '/readyz']) assert.deepEqual(await get(path), [200, 'ok\n']);
});

test('A NOSPACE alarm refuses puts until it is disarmed', async (context) => {
  const { call, put } = await serve(context);
  await call(maintenance.alarm, { action: 1, alarm: 1 });
  await assert.rejects(put('a', '1'), refused(Code.resourceExhausted, 'etcdserver: mvcc: database space exceeded'));
  assert.equal((await call(maintenance.alarm, {})).alarms[0]?.alarm, 1);
  await call(maintenance.alarm, { action: 2, alarm: 1 });
  assert.equal(await put('a', '1'), 2);
});
