/**
 * CPU time of the paths of a request without sockets: `node bench/paths.ts [path …]`. The API server runs in this process on
 * a store in memory and is called as its own components call it, 64 requests at a time.
 *
 * Shown is the best round of several in microseconds a request: what a path costs where nothing disturbs it. The time of
 * the store's thread and of the collector is in it.
 */
import { createCertificate, createPrivateKeyPem } from '../src/base/certificate.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { seededRandom } from '../src/base/random.ts';
import { startApiServer } from '../src/apiserver/api-server.ts';
import { joinPieces } from '../src/apiserver/http/body-writer.ts';
import { negotiate } from '../src/apiserver/http/negotiate.ts';
import { render } from '../src/apiserver/http/render.ts';
import type { ApiRequest } from '../src/apiserver/request.ts';
import { readRequestInfo } from '../src/apiserver/request-info.ts';
import { openEmbeddedStore } from '../src/store/embedded/open.ts';
import { configMapBody, podBody } from './bodies.ts';

const rounds = 12;
const together = 64;

const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };
const { certificate: cert, key } = createCertificate({
  commonName: 'bench',
  usage: 'server',
  hosts: ['127.0.0.1'],
  ...validity,
});
const server = await startApiServer({
  store,
  clock: systemClock,
  random: seededRandom(1),
  log: silentLog,
  bindAddress: '127.0.0.1',
  securePort: 0,
  serving: { certificate: () => ({ cert, key }) },
  authentication: { serviceAccounts: { signingKey: createPrivateKeyPem() } },
  serviceClusterIpRange: '10.96.0.0/16',
});
const namespaced = '/api/v1/namespaces/default';
const neverAborted = new AbortController().signal;
let count = 0;
const paths: Readonly<Record<string, { readonly requests: number; readonly ask: () => Promise<void> }>> = {
  create: {
    requests: 2048,
    ask: () => call('POST', `${namespaced}/configmaps`, configMapBody(`a-${count++}`, count % 10)),
  },
  pods: { requests: 1024, ask: () => call('POST', `${namespaced}/pods`, podBody(`p-${count++}`, count % 10)) },
  get: { requests: 8192, ask: () => call('GET', `${namespaced}/pods/get`) },
  list: { requests: 64, ask: () => call('GET', '/api/v1/pods?resourceVersion=0') },
  page: { requests: 256, ask: () => call('GET', '/api/v1/pods?limit=500') },
  label: { requests: 256, ask: () => call('GET', '/api/v1/pods?labelSelector=shard%3D3&resourceVersion=0') },
};

try {
  await call('POST', `${namespaced}/serviceaccounts`, '{"metadata":{"name":"default"}}');
  await call('POST', `${namespaced}/pods`, podBody('get', 1));
  const wanted = process.argv.slice(2);
  for (const [name, { requests, ask }] of Object.entries(paths)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await measure(requests, ask));
    const best = Math.min(...times);
    process.stdout.write(`${name.padEnd(12)}${best.toFixed(1).padStart(10)} us\n`);
  }
} finally {
  await server.close();
  await store.close();
}

async function measure(requests: number, ask: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left-- > 0) await ask();
  };
  await Promise.all(Array.from({ length: together }, worker));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requests;
}

async function call(method: string, url: string, body?: string): Promise<void> {
  const { pathname, searchParams: query } = new URL(url, 'https://bench');
  const request: ApiRequest = {
    info: readRequestInfo(method, pathname, query),
    method,
    query,
    user: { name: 'admin', groups: ['system:masters'] },
    userAgent: 'bench',
    accept: 'application/json',
    contentType: 'application/json',
    body: body === undefined ? { type: 'none' } : { type: 'bytes', bytes: Buffer.from(body) },
    lifetime: { signal: neverAborted },
    warn: () => undefined,
  };
  const answer = await server.handle(request);
  if (answer.type !== 'entry' && answer.type !== 'list')
    throw new Error(`${method} ${url} answers with ${answer.type}`);
  const negotiated = negotiate(request.accept, { pretty: false });
  const { pieces } = await render(answer, { negotiated, query, nowMs: 0 });
  joinPieces(pieces);
}
