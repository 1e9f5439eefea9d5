/**
 * Hostile input: thousands of broken, odd, huge and deep requests, and clients that do not behave. The server answers each
 * with a Status and never with 500, stays up, gives its memory back, and keeps what it had.
 *
 * Ten seconds in a usual run, always with the same seed: what it finds is what the change at hand broke. For a long one
 * SLIPWAY_FUZZ_SECONDS, and SLIPWAY_SEED for other requests or to repeat a run.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { seededRandom } from '../src/base/random.ts';
import { eventually } from './eventually.ts';
import { Dice } from './fuzz/dice.ts';
import { rawClients } from './fuzz/raw-clients.ts';
import { areas, target, type Attempt } from './fuzz/requests.ts';
import { startFuzzServer, token, type Answer, type FuzzServer } from './fuzz/server.ts';

const seconds = Number(process.env['SLIPWAY_FUZZ_SECONDS'] ?? 10);
const seed = Number(process.env['SLIPWAY_SEED'] ?? 1);
const concurrent = 6;
const shownFailures = 5;
/** Caches may be full to their limits: of what is watched, of old versions, of expressions. */
const maxResidentBytes = 550 * 1024 * 1024;

/** What Kubernetes itself answers with 500. */
const deliberate = [
  /failed to create RequestInfo: unable to determine kind and namespace from url/,
  /resourceVersion should not be set on objects to be created/,
  /strconv\.ParseUint: parsing/,
  /without impersonating a user name/,
  /failed to create typed patch object/,
  /target\.(kind: Unsupported value|name: Required value)/,
];

let server: FuzzServer;

before(async () => {
  server = await startFuzzServer();
  const post = (path: string, object: object): Attempt => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(object),
  });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fuzz' } };
  assert.equal((await server.ask(post('/api/v1/namespaces', namespace)))?.code, 201);
  for (const name of ['target', 'kept']) {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' } };
    assert.equal((await server.ask(post('/api/v1/namespaces/fuzz/configmaps', object)))?.code, 201);
  }
});

after(() => server.close());

test('every request gets a Status, and none of them a 500', async (t) => {
  const dice = new Dice(seededRandom(seed));
  const tried: Record<string, number> = {};
  const failures: string[] = [];
  const deadline = performance.now() + seconds * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < deadline && failures.length < shownFailures && server.ended === undefined) {
      const area = dice.pick(Object.keys(areas));
      const attempt = areas[area]?.(dice);
      if (attempt === undefined) continue;
      tried[area] = (tried[area] ?? 0) + 1;
      const wrong = whatIsWrong(attempt, await server.ask(attempt));
      if (wrong !== undefined) failures.push(`${area}: ${describe(attempt)}\n  → ${wrong}`);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, work));
  const total = Object.values(tried).reduce((sum, count) => sum + count, 0);
  t.diagnostic(`${total} requests with seed ${seed}: ${JSON.stringify(tried)}`);
  assert.equal(server.ended, undefined, server.output().slice(-4000));
  assert.deepEqual(failures, []);
  assert.ok(total > 100);
});

test('clients that break off, dawdle or talk nonsense disturb nobody', async (t) => {
  const dice = new Dice(seededRandom(seed));
  const files = await server.openFiles();
  const deadline = performance.now() + (seconds * 1000) / 2;
  let tried = 0;
  const work = async (): Promise<void> => {
    for (; performance.now() < deadline; tried += 1) {
      await rawClients[dice.pick(Object.keys(rawClients))]?.(dice, { port: server.port, token });
    }
  };
  await Promise.all(Array.from({ length: concurrent * 2 }, work));
  t.diagnostic(`${tried} connections with seed ${seed}`);
  assert.equal(server.ended, undefined, server.output().slice(-4000));
  // Nothing of them is left.
  await eventually(async () => assert.ok((await server.openFiles()) <= files + 2));
});

test('afterwards all is as it was: memory, objects, health', async (t) => {
  const idle = async (): Promise<number> => {
    const ready = await server.ask({ method: 'GET', path: '/readyz' });
    assert.equal(ready?.text, 'ok');
    return await server.residentBytes();
  };
  t.diagnostic(`${Math.round((await idle()) / 1e6)} MB resident`);
  // What is garbage goes when the collector comes by, which light requests bring about.
  await eventually(async () => {
    const resident = await idle();
    assert.ok(resident < maxResidentBytes, `${resident} bytes`);
  });
  const kept = await server.ask({ method: 'GET', path: target.replace('target', 'kept') });
  assert.match(kept?.text ?? '', /"data":\{"a":"1"\}/);
  assert.doesNotMatch(server.output(), /unhandled|TypeError|RangeError|ReferenceError/i);
});

/** Undefined when the answer is as it should be. */
function whatIsWrong({ method }: Attempt, answer: Answer | undefined): string | undefined {
  // The connection may break where the server has to hang up on a body that it will not read.
  if (answer === undefined) return undefined;
  const { code, contentType, text } = answer;
  if (code === 500 && !deliberate.some((known) => known.test(text))) return `500 ${text.slice(0, 500)}`;
  if (code < 400 || method === 'HEAD') return undefined;
  if (contentType.startsWith('application/json')) {
    const status = JSON.parse(text) as { kind?: string; code?: number; message?: string };
    const whole = status.kind === 'Status' && status.code === code && typeof status.message === 'string';
    return whole ? undefined : `${code} is no Status: ${text.slice(0, 500)}`;
  }
  const encoded = /protobuf|yaml|cbor/.test(contentType);
  // What stands before the API: paths that are none, and what Node's parser refuses.
  return encoded || [400, 404, 405, 406, 431].includes(code)
    ? undefined
    : `${code} ${contentType} ${text.slice(0, 300)}`;
}

function describe({ method, path, headers, body }: Attempt): string {
  return `${method} ${path.slice(0, 300)} ${JSON.stringify(headers)} ${String(body ?? '').slice(0, 1500)}`;
}
