/**
 * What the API server holds in how much memory, and how soon it is back: `node bench/capacity.ts`.
 *
 * 45,000 ConfigMaps of 1 KB and 10,600 Pods are created and listed, then watched by connections that have nothing to
 * read; then the server is started again on what it stored. Resident memory is that of the server's process. Ten thousand
 * watches need as many open files here and there (`ulimit -n`).
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
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

/** Bare sockets: what they take in this process is of no interest. */
async function openWatches({ port }: MeasuredServer, count: number): Promise<readonly TLSSocket[]> {
  const sockets: TLSSocket[] = [];
  const path = `${namespaced}/secrets?watch=1&resourceVersion=0`;
  const head = `GET ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const worker = async (): Promise<void> => {
    while (sockets.length < count) {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
      sockets.push(socket);
      await once(socket, 'secureConnect');
      socket.write(head);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error('A watch was refused');
      socket.on('error', () => undefined);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return sockets;
}

async function printMemory(server: MeasuredServer, when: string): Promise<void> {
  print(when, await server.residentMegabytes(), 'MB');
}

function print(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(50)} ${value.toFixed(0).padStart(6)} ${unit}\n`);
}
