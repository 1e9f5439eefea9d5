/** The server as etcdctl sees it: Debian's package etcd-client. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createCertificate } from '../../base/certificate.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../embedded/open.ts';
import { startEtcdServer } from './etcd-server.ts';
import type { Tls } from './listen.ts';

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly errors: string;
}

interface Etcdctl {
  readonly directory: string;
  /** @param endpoint Another server than the one that was started. */
  run(args: readonly string[], input?: string, endpoint?: string): Promise<Ran>;
  /** What it printed, without the last line end. @throws when it fails. */
  print(...args: string[]): Promise<string>;
  /** Starts it and waits until its output has so many lines. */
  follow(args: readonly string[], lines: number): Promise<{ readonly lines: Promise<string[]>; stop(): void }>;
}

async function serve(context: TestContext, scheme: 'http' | 'https' | 'unix' = 'http'): Promise<Etcdctl> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-etcdctl-'));
  const store = await openEmbeddedStore({ directory: join(directory, 'data'), clock: systemClock, log: silentLog });
  const listenUrl = scheme === 'unix' ? `unix://${directory}/etcd.sock` : `${scheme}://127.0.0.1:0`;
  const tls = scheme === 'https' ? { tls: await makeCertificates(directory) } : {};
  const server = await startEtcdServer({ store, clock: systemClock, listenUrls: [listenUrl], ...tls });
  context.after(async () => {
    await server.close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  const endpoint = server.urls[0] ?? '';
  const envOf = (url: string) => ({ PATH: process.env['PATH'], ETCDCTL_API: '3', ETCDCTL_ENDPOINTS: url });
  const run: Etcdctl['run'] = (args, input, other = endpoint) =>
    new Promise((resolve) => {
      const env = envOf(other);
      const child = execFile('etcdctl', args, { env, timeout: 20_000 }, (error, out, errors) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, out, errors });
      });
      if (input !== undefined) child.stdin?.end(input);
    });
  return {
    directory,
    run,
    async print(...args) {
      const { status, out, errors } = await run(args);
      assert.equal(status, 0, `etcdctl ${args.join(' ')}: ${errors}`);
      return out.replace(/\n$/, '');
    },
    async follow(args, count) {
      const child = spawn('etcdctl', args, {
        env: envOf(endpoint),
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: 20_000,
      });
      context.after(() => child.kill('SIGKILL'));
      let out = '';
      const lines = new Promise<string[]>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          const complete = out.split('\n').slice(0, -1);
          if (complete.length >= count) resolve(complete);
        });
        child.on('close', () => reject(new Error(`etcdctl ${args.join(' ')} ended after: ${out}`)));
      });
      lines.catch(() => undefined);
      await new Promise((resolve) => child.once('spawn', resolve));
      return { lines, stop: () => child.kill('SIGINT') };
    },
  };
}

test('etcdctl puts, gets and deletes keys, on a port and on a unix socket', async (context) => {
  for (const scheme of ['http', 'unix'] as const) {
    const { print, run } = await serve(context, scheme);
    assert.equal(await print('put', 'a', 'one'), 'OK');
    assert.equal(await print('put', 'a', 'two', '--prev-kv'), 'OK\na\none');
    for (const key of ['b1', 'b2', 'b3']) await print('put', key, key.toUpperCase());
    assert.equal(await print('get', 'a'), 'a\ntwo');
    assert.equal(await print('get', 'a', '--rev', '2'), 'a\none');
    assert.equal(await print('get', 'b', '--prefix', '--keys-only'), 'b1\n\nb2\n\nb3\n');
    assert.equal(await print('get', 'b', '--prefix', '--limit', '2', '--print-value-only'), 'B1\nB2');
    assert.equal(await print('get', 'b1', 'b3', '--order', 'DESCEND', '--sort-by', 'MODIFY'), 'b2\nB2\nb1\nB1');
    assert.equal(await print('get', 'b2', '--from-key', '--print-value-only'), 'B2\nB3');
    const counted = await print('get', 'b', '--prefix', '--keys-only', '-w', 'fields');
    assert.match(counted, /"Count" : 3/);
    assert.equal(await print('put', 'a', '--ignore-value'), 'OK');
    assert.equal(await print('del', 'b', '--prefix', '--prev-kv'), '3\nb1\nB1\nb2\nB2\nb3\nB3');
    assert.equal(await print('del', 'missing'), '0');
    assert.match((await run(['put', 'missing', '--ignore-value'])).errors, /etcdserver: key not found/);
    assert.match((await run(['get', 'a', '--rev', '99'])).errors, /required revision is a future revision/);
  }
});

test('etcdctl shows its certificate over TLS, and is refused without one', async (context) => {
  const { directory, print, run, follow } = await serve(context, 'https');
  const file = (name: string): string => join(directory, name);
  const flags = ['--cacert', file('ca.crt'), '--cert', file('client.crt'), '--key', file('client.key')];
  assert.equal(await print(...flags, 'put', 'a', 'one'), 'OK');
  const watch = await follow([...flags, 'watch', 'a', '--rev', '2'], 3);
  assert.deepEqual(await watch.lines, ['PUT', 'a', 'one']);
  watch.stop();
  assert.match(await print(...flags, 'endpoint', 'status', '--cluster'), /^https:.*true/);
  await print(...flags, 'snapshot', 'save', file('snapshot.db'));
  const briefly = ['--dial-timeout', '1s', '--command-timeout', '1s'];
  assert.notEqual((await run([...flags.slice(0, 2), ...briefly, 'get', 'a'])).status, 0);
  assert.notEqual((await run(['--insecure-skip-tls-verify', ...briefly, 'get', 'a'])).status, 0);
});

test('etcdctl carries out either branch of a transaction', async (context) => {
  const { print, run } = await serve(context);
  await print('put', 'a', 'one');
  const script = 'mod("a") = "2"\nvalue("a") = "one"\n\nput b new\nget a\nget b\n\nput c never\n\n';
  assert.equal((await run(['txn'], script)).out.trim(), 'SUCCESS\n\nOK\n\na\none\n\nb\nnew');
  assert.equal((await run(['txn'], 'create("b") = "0"\n\nput c x\n\ndel b\nget b\n\n')).out.trim(), 'FAILURE\n\n1');
  assert.match((await run(['txn'], '\nput a 1\nput a 2\n\n\n')).errors, /duplicate key given in txn request/);
});

test('etcdctl watches from now, from an earlier revision, and learns of compaction', async (context) => {
  const { print, run, follow } = await serve(context);
  await print('put', 'w/a', 'one');
  const past = await follow(['watch', 'w/', '--prefix', '--rev', '2', '--prev-kv'], 11);
  assert.equal(await print('put', 'w/a', 'two'), 'OK');
  assert.equal(await print('del', 'w/a'), '1');
  const told = ['PUT', 'w/a', 'one', 'PUT', 'w/a', 'one', 'w/a', 'two', 'DELETE', 'w/a', 'two'];
  assert.deepEqual((await past.lines).slice(0, 8), told.slice(0, 8));
  past.stop();
  assert.equal(await print('compaction', '3', '--physical'), 'compacted revision 3');
  assert.match((await run(['compaction', '3'])).errors, /required revision has been compacted/);
  assert.match((await run(['compaction', '99'])).errors, /required revision is a future revision/);
  assert.match((await run(['get', 'w/a', '--rev', '2'])).errors, /required revision has been compacted/);
  assert.match((await run(['watch', 'w/a', '--rev', '2'])).errors, /required revision has been compacted/);
});

test('etcdctl grants, lists, renews and revokes leases', async (context) => {
  const { print, run } = await serve(context);
  const id = /lease ([0-9a-f]+) granted with TTL\(600s\)/.exec(await print('lease', 'grant', '600'))?.[1] ?? '';
  await print('put', 'leased', 'x', '--lease', id);
  assert.equal(await print('lease', 'list'), `found 1 leases\n${id}`);
  const state = await print('lease', 'timetolive', id, '--keys');
  assert.match(state, /granted with TTL\(600s\), remaining\((600|59\d)s\), attached keys\(\[leased\]\)/);
  assert.equal(await print('lease', 'keep-alive', '--once', id), `lease ${id} keepalived with TTL(600)`);
  assert.equal(await print('lease', 'revoke', id), `lease ${id} revoked`);
  assert.equal(await print('get', 'leased'), '');
  assert.match((await run(['lease', 'revoke', id])).errors, /requested lease not found/);
  assert.match((await run(['put', 'b', 'x', '--lease', id])).errors, /requested lease not found/);
  assert.equal(await print('lease', 'timetolive', id), `lease ${id} already expired`);
});

test('etcdctl locks and elects', async (context) => {
  const { print, follow } = await serve(context);
  const first = await follow(['lock', 'mutex'], 1);
  const [held] = await first.lines;
  assert.match(held ?? '', /^mutex\//);
  const second = await follow(['lock', 'mutex'], 1);
  first.stop();
  const [next] = await second.lines;
  assert.match(next ?? '', /^mutex\//);
  assert.notEqual(next, held);
  second.stop();
  const campaign = await follow(['elect', 'leader', 'me'], 2);
  assert.equal((await campaign.lines)[1], 'me');
  const observed = await follow(['elect', '--listen', 'leader'], 2);
  assert.equal((await observed.lines)[1], 'me');
  observed.stop();
  campaign.stop();
  assert.match(await print('lock', 'other', 'echo', 'ran'), /ran/);
});

test('etcdctl looks after the member', async (context) => {
  const { print, run } = await serve(context);
  await print('put', 'a', 'one');
  assert.match((await run(['endpoint', 'health'])).errors + (await print('endpoint', 'health')), /is healthy/);
  assert.match(await print('endpoint', 'status'), /3\.5\.\d+\+slipway, \d+ kB, true, false, 2, 2, 2,/);
  assert.match(await print('member', 'list'), /^[0-9a-f]+, started, default, , http:\/\/127\.0\.0\.1:\d+, false$/);
  assert.match(await print('defrag'), /Finished defragmenting/);
  assert.equal(await print('alarm', 'list'), '');
  assert.equal(await print('alarm', 'disarm'), '');
  assert.equal(await print('get', 'a'), 'a\none');
  assert.match((await run(['member', 'add', 'b', '--peer-urls', 'http://127.0.0.1:1'])).errors, /takes no others/);
  assert.match((await run(['move-leader', '1'])).errors, /bad leader transferee/);
  assert.match((await run(['auth', 'enable'])).errors, /root user does not exist/);
  assert.match(await print('auth', 'disable'), /Authentication Disabled/);
  assert.match((await run(['user', 'list'])).errors, /unknown method UserList for service etcdserverpb\.Auth/);
  assert.match((await run(['--user', 'root:x', 'get', 'a'])).errors, /authentication is not enabled/);
});

test('etcdctl saves a snapshot from which a real etcd starts, with the same history and the same hash', async (context) => {
  const { directory, print, run } = await serve(context);
  for (let index = 0; index < 24; index += 1) {
    await print('put', `key-${index % 7}`, `${index} ${'x'.repeat(index * 400)}`);
  }
  const lease = /lease ([0-9a-f]+)/.exec(await print('lease', 'grant', '5000'))?.[1] ?? '';
  await print('put', 'leased', 'x', '--lease', lease);
  await print('del', 'key-3');
  await print('compaction', '12', '--physical');
  const [hash] = (await print('endpoint', 'hashkv')).match(/\d+$/) ?? [];
  const file = join(directory, 'snapshot.db');
  await print('snapshot', 'save', file);
  assert.match(await print('snapshot', 'status', file), /^[0-9a-f]+, 27, \d+, [\d.]+ kB$/);
  const real = join(directory, 'real');
  await print('snapshot', 'restore', file, '--data-dir', real);
  const sockets = ['client', 'peer'].map((name) => `unix://${name}:0`);
  const etcd = spawn(
    'etcd',
    ['--data-dir', real, '--listen-client-urls', sockets[0] ?? '', '--advertise-client-urls', sockets[0] ?? ''].concat([
      '--listen-peer-urls',
      sockets[1] ?? '',
      '--log-level',
      'error',
    ]),
    { cwd: directory, stdio: 'ignore' },
  );
  context.after(() => etcd.kill('SIGKILL'));
  const ask = async (...args: string[]) => (await run(args, undefined, `unix://${directory}/client:0`)).out.trimEnd();
  await until(async () => (await ask('get', 'leased', '--print-value-only')) === 'x');
  assert.equal(await ask('get', 'key', '--prefix'), await print('get', 'key', '--prefix'));
  assert.equal(await ask('get', 'key-3', '--rev', '25'), await print('get', 'key-3', '--rev', '25'));
  assert.match(await ask('lease', 'list'), new RegExp(lease));
  assert.equal((await ask('endpoint', 'hashkv')).match(/\d+$/)?.[0], hash);
});

/** What the server needs; an authority and a client's certificate of it are left as files that flags can name. */
async function makeCertificates(directory: string): Promise<Tls> {
  const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
  const authority = createCertificate({ commonName: 'etcd-ca', usage: 'authority', ...validity });
  const server = createCertificate(
    { commonName: 'etcd', usage: 'server', hosts: ['127.0.0.1'], ...validity },
    authority,
  );
  const client = createCertificate({ commonName: 'someone', usage: 'client', ...validity }, authority);
  await writeFile(join(directory, 'ca.crt'), authority.certificate);
  await writeFile(join(directory, 'client.crt'), client.certificate);
  await writeFile(join(directory, 'client.key'), client.key);
  return { cert: server.certificate, key: server.key, clientCa: authority.certificate, clientCertAuth: true };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 20_000; !(await holds());) {
    assert.ok(performance.now() < deadline, 'it took too long');
  }
}
