/** Two API servers of one store are restarted one after the other; a client that knows both addresses loses nothing. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, constants, type ClientHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { openEmbeddedStore } from '../store/embedded/open.ts';
import { freePorts, startRealEtcd } from '../store/etcd/testing/real-etcd.ts';
import { startEtcdServer } from '../store/server/etcd-server.ts';

interface Server {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const readyMs = 60_000;

function createServer(directory: string, port: number, etcd: readonly string[]): Server {
  let child: ChildProcess | undefined;
  let stopped = false;
  const args = [
    join(import.meta.dirname, 'main.ts'),
    'apiserver',
    ['--data-dir', join(directory, `data-${port}`)],
    ['--secure-port', String(port)],
    ['--etcd-servers', etcd.join(',')],
    ['--token-auth-file', join(directory, 'tokens')],
  ].flat();
  return {
    url: `https://127.0.0.1:${port}`,
    async start() {
      const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 170_000 });
      child = started;
      stopped = false;
      let out = '';
      const ready = new Promise<void>((resolve, reject) => {
        started.stdout.on('data', (chunk: Buffer) => {
          out += chunk.toString();
          if (out.includes('ready in')) resolve();
        });
        started.on('exit', () => reject(new Error(`The server ended: ${out}`)));
      });
      await Promise.race([ready, delay(readyMs, undefined, { ref: false }).then(() => Promise.reject(new Error(out)))]);
    },
    async stop() {
      if (child === undefined || stopped) return;
      stopped = true;
      assert.equal(child.exitCode ?? child.signalCode, null, 'has not ended by itself');
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      assert.deepEqual(await exited, [0, null], 'ends in good order');
    },
  };
}

/** A client of HTTP/2 as client libraries are: it goes to the other address where it is told to go, or is not let in. */
function createClient(urls: readonly string[]) {
  const sessions = new Map<string, ClientHttp2Session>();
  /** The last request that a server which goes away has taken. */
  const taken = new WeakMap<ClientHttp2Session, number>();
  const sessionOf = (url: string): ClientHttp2Session => {
    const open = sessions.get(url);
    if (open !== undefined && !open.closed && !open.destroyed) return open;
    const session = connect(url, { rejectUnauthorized: false });
    session.on('error', () => undefined);
    session.on('goaway', (_code: number, lastStreamId: number) => {
      taken.set(session, lastStreamId);
      if (sessions.get(url) === session) sessions.delete(url);
    });
    sessions.set(url, session);
    return session;
  };
  /** Undefined: the server has not taken the request. */
  const tryOnce = async (url: string, method: string, path: string, body?: object): Promise<number | undefined> => {
    const session = sessionOf(url);
    if (session.connecting && !(await connected(session))) return undefined;
    return new Promise((resolve, reject) => {
      let sent = false;
      const headers = { ':path': path, ':method': method, authorization: 'Bearer admintok' };
      const stream = session.request({ ...headers, 'content-type': 'application/json' });
      let status = 0;
      stream.on('ready', () => (sent = true));
      stream.on('response', (received) => (status = Number(received[':status'])));
      stream.on('error', (error: NodeJS.ErrnoException) => {
        const refused =
          stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || error.code === 'ERR_HTTP2_GOAWAY_SESSION';
        if (refused || !sent) resolve(undefined);
        else reject(error);
      });
      stream.on('close', () => {
        if (status > 0) resolve(status);
        else if ((stream.id ?? Infinity) > (taken.get(session) ?? Infinity)) resolve(undefined);
        else reject(new Error(`stream ${stream.id} of ${taken.get(session)} ended without an answer`));
      });
      stream.resume();
      stream.end(body === undefined ? undefined : JSON.stringify(body));
    });
  };
  return {
    async ask(method: string, path: string, body?: object): Promise<number> {
      for (let attempt = 0; attempt < 100; attempt += 1) {
        const status = await tryOnce(urls[attempt % urls.length] as string, method, path, body).catch(
          (error: Error) => {
            throw new Error(`${method} ${path} was taken and not answered`, { cause: error });
          },
        );
        if (status !== undefined) return status;
        if (attempt % urls.length === urls.length - 1) await delay(50);
      }
      throw new Error(`No server takes ${method} ${path}`);
    },
    close() {
      for (const session of sessions.values()) session.destroy();
    },
  };
}

function connected(session: ClientHttp2Session): Promise<boolean> {
  return new Promise((resolve) => {
    session.once('connect', () => resolve(true));
    session.once('close', () => resolve(false));
    session.once('error', () => resolve(false));
  });
}

type Serve = (context: TestContext) => Promise<readonly string[]>;

const stores: Readonly<Record<string, Serve>> = {
  'a real etcd': async (context) => (await startRealEtcd(context, 1)).urls,
  'an embedded store': async (context) => {
    const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
    const server = await startEtcdServer({ store, clock: systemClock, listenUrls: ['http://127.0.0.1:0'] });
    context.after(async () => {
      await server.close();
      await store.close();
    });
    return server.urls;
  },
};

for (const [name, serve] of Object.entries(stores)) {
  test(`a rolling restart on ${name} fails no request`, { timeout: 180_000 }, async (context) => {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-rolling-'));
    await writeFile(join(directory, 'tokens'), 'admintok,admin,1,"system:masters"\n');
    const etcd = await serve(context);
    const servers = (await freePorts(2)).map((port) => createServer(directory, port, etcd));
    const client = createClient(servers.map(({ url }) => url));
    context.after(async () => {
      client.close();
      await Promise.all(servers.map((server) => server.stop()));
      await rm(directory, { recursive: true, force: true });
    });
    for (const server of servers) await server.start();

    const ending = new AbortController();
    const asked = { count: 0 };
    const statuses = new Set<string>();
    const load = async (writer: number): Promise<void> => {
      const path = '/api/v1/namespaces/default/configmaps';
      for (let count = 0; !ending.signal.aborted; count += 1) {
        const metadata = { name: `m-${writer}-${count}` };
        statuses.add(`POST ${await client.ask('POST', path, { metadata, data: { writer: String(writer) } })}`);
        statuses.add(`GET ${await client.ask('GET', `${path}/${metadata.name}`)}`);
        asked.count += 2;
      }
    };
    const loads = Promise.all([0, 1, 2].map(load));
    loads.catch(() => ending.abort());
    for (const server of servers) {
      await server.stop();
      await server.start();
      const wanted = asked.count + 50;
      for (const endMs = Date.now() + readyMs; asked.count < wanted && !ending.signal.aborted; await delay(20)) {
        assert.ok(Date.now() < endMs, 'requests are answered');
      }
    }
    ending.abort();
    await loads;
    assert.deepEqual([...statuses].toSorted(), ['GET 200', 'POST 201']);
  });
}
