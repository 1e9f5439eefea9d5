/** How the server ends, and what it does with more requests than it takes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect as connectPlain } from 'node:net';
import { test } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { adminToken, alice, startTestServer, type TestServer } from '../testing/test-server.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function open(port: number): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on('error', () => undefined);
  return session;
}

function ask(session: ClientHttp2Session, path: string, method = 'GET'): ClientHttp2Stream {
  const stream = session.request({ ':path': path, ':method': method, authorization: `Bearer ${adminToken}` });
  stream.setEncoding('utf8');
  return stream;
}

interface Ended {
  readonly status: number;
  readonly text: string;
}

function ended(stream: ClientHttp2Stream): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let text = '';
    stream.on('response', (headers) => (status = Number(headers[':status'])));
    stream.on('data', (chunk: string) => (text += chunk));
    stream.on('end', () => resolve({ status, text }));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error(`The stream closed without an end, code ${stream.rstCode}`)));
  });
}

test('close() is not ready first, then lets a request finish that is under way, and ends watches in good order', async () => {
  const clock = virtualClock();
  const server = await startTestServer({ clock, limits: { shutdownDelayMs: 5000 } });
  const session = open(server.port);
  const watch = ended(ask(session, '/api/v1/namespaces?watch=true'));
  const writing = ask(session, '/api/v1/namespaces/default/configmaps', 'POST');
  writing.write('{"apiVersion":"v1","kind":"ConfigMap",');
  assert.equal((await ended(ask(session, '/readyz'))).text, 'ok');

  const closed = server.close();
  const notReady = await ended(ask(session, '/readyz'));
  assert.equal(notReady.status, 500);
  assert.match(notReady.text, /\[-\]shutdown failed: reason withheld\n/);
  assert.equal((await ended(ask(session, '/livez'))).text, 'ok');

  clock.advance(5000);
  const { text } = await watch;
  assert.match(text, /"type":"ADDED"/);
  await assert.rejects(ended(ask(open(server.port), '/livez')));
  writing.end('"metadata":{"name":"late"}}');
  assert.equal((await ended(writing)).status, 201);
  await closed;
});

test('close() waits for no client that does not end its handshake', { timeout: 30_000 }, async () => {
  const server = await startTestServer();
  const silent = connectPlain({ port: server.port, host: '127.0.0.1' });
  const gone = once(
    silent.on('error', () => undefined),
    'close',
  );
  await once(silent, 'connect');
  // The server has seen the silent one when it answers one that came later.
  const session = open(server.port);
  await ended(ask(session, '/livez'));
  await server.close();
  await gone;
  session.destroy();
});

test('requests beyond the limits are refused when fairness is off, but those of masters', async () => {
  const server = await startTestServer({ limits: { fairness: false, maxInFlight: 1 } });
  const release = await server.hold('/version', { ...alice, groups: ['system:authenticated'] });
  const refused = await server.call('GET', '/version', { user: alice });
  assert.equal(refused.status, 429);
  assert.equal((await server.call('GET', '/version')).status, 200);
  await release();
  assert.equal((await server.call('GET', '/version', { user: alice })).status, 200);
  await server.close();
});

test('a request whose body does not come is answered with a timeout', async () => {
  const clock = virtualClock();
  const server = await startTestServer({ clock });
  const session = open(server.port);
  const slow = ask(session, '/api/v1/namespaces', 'POST');
  slow.write('{');
  const answered = ended(slow);
  await ended(ask(session, '/livez'));
  await advanced(server, clock);
  const { status, text } = await answered;
  assert.equal(status, 504);
  assert.match(text, /request did not complete within the allotted timeout/);
  slow.destroy();
  session.destroy();
  await server.close();
});

/** The server's time goes on, after all that came was taken. */
async function advanced(server: TestServer, clock: ReturnType<typeof virtualClock>): Promise<void> {
  await server.call('GET', '/livez');
  await settled();
  clock.advance(62_000);
}
