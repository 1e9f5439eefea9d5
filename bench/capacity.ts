/**
 * What the API server holds in how much memory, and how soon it is back: `node bench/capacity.ts`.
 *
 * 45,000 ConfigMaps of 1 KB and 10,600 Pods are created and listed, then watched by connections that have nothing to
 * read; then the server is started again on what it stored. Resident memory is that of the server's process.
 */
import { once } from 'node:events';
import { connect, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { configMapBody, podBody } from './bodies.ts';
import {
  makeFolder,
  namespaced,
  removeFolder,
  startMeasuredServer,
  token,
  type MeasuredServer,
} from './measured-server.ts';

const watchesOfSession = 500;
const { values: options } = parseArgs({
  options: {
    'config-maps': { type: 'string', default: '45000' },
    pods: { type: 'string', default: '10600' },
    watches: { type: 'string', default: '10000' },
    directory: { type: 'string', default: '/var/tmp' },
  },
});

const folder = await makeFolder(options.directory);
try {
  let server = await startMeasuredServer(folder);
  print('ready on an empty store', server.readyMs, 'ms');
  await printMemory(server, 'empty');
  await create(server, Number(options['config-maps']), (i) => ['configmaps', configMapBody(`config-${i}`, i % 10)]);
  await printMemory(server, `${options['config-maps']} ConfigMaps`);
  await create(server, Number(options.pods), (i) => ['pods', podBody(`pod-${i}`, i % 10)]);
  await printMemory(server, `and ${options.pods} Pods`);
  for (let i = 0; i < 5; i++) await server.ask('GET', '/api/v1/pods');
  await server.ask('GET', '/api/v1/pods?labelSelector=shard%3D3');
  await printMemory(server, 'listed whole five times, and by label');
  await delay(10_000);
  await printMemory(server, '10 s later');
  const watches = await openWatches(server, Number(options.watches));
  await delay(2000);
  await printMemory(server, `with ${options.watches} idle watches`);
  for (const watch of watches) watch.destroy();
  await server.stop();
  server = await startMeasuredServer(folder);
  print('ready on all of it', server.readyMs, 'ms');
  await printMemory(server, 'after that start');
  await delay(10_000);
  await printMemory(server, '10 s later');
  await server.stop();
} finally {
  await removeFolder(folder);
}

async function create(
  server: MeasuredServer,
  count: number,
  next: (index: number) => readonly [resource: string, body: string],
): Promise<void> {
  let index = 0;
  const worker = async (): Promise<void> => {
    while (index < count) {
      const [resource, body] = next(index++);
      const status = await server.ask('POST', `${namespaced}/${resource}`, body);
      if (status !== 201) throw new Error(`A creation was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

/** As client libraries do: many watches share a connection of HTTP/2. */
async function openWatches({ port }: MeasuredServer, count: number): Promise<readonly ClientHttp2Session[]> {
  const sessions: ClientHttp2Session[] = [];
  for (let opened = 0; opened < count; opened += watchesOfSession) {
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    sessions.push(session);
    await once(session, 'remoteSettings');
    await Promise.all(Array.from({ length: Math.min(watchesOfSession, count - opened) }, () => openWatch(session)));
  }
  return sessions;
}

async function openWatch(session: ClientHttp2Session): Promise<void> {
  const path = `${namespaced}/secrets?watch=1&resourceVersion=0`;
  const stream = session.request({ ':path': path, authorization: `Bearer ${token}` });
  stream.on('error', () => undefined);
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
  if (Number(headers[':status']) !== 200) throw new Error('A watch was refused');
}

async function printMemory(server: MeasuredServer, when: string): Promise<void> {
  print(when, await server.residentMegabytes(), 'MB');
}

function print(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(50)} ${value.toFixed(0).padStart(6)} ${unit}\n`);
}
