import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { openProcess } from '../cri/streams.ts';
import type { TerminalSize } from '../runtimes/runtime.ts';
import type { ClientStreams } from './client-streams.ts';
import { serveExec, streamRequestFromQuery } from './remote-command.ts';
import { connectSpdy } from './spdy-client.ts';

let server: Server;
let address: string;
let gone: Promise<unknown>;

before(async () => {
  server = createServer().listen(0, '127.0.0.1');
  server.on('upgrade', (req, socket, head) => {
    const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
    const streams = streamRequestFromQuery(searchParams);
    const command = searchParams.get('command') ?? '';
    gone = serveExec(req, socket, head, { streams, handler: (client) => runCommand(command, client) });
  });
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** What the "container" can do: repeat its input, fail, tell the size of its terminal, wait for the client to go. */
async function runCommand(command: string, client: ClientStreams): Promise<number> {
  switch (command) {
    case 'cat':
      for await (const chunk of client.stdin ?? [])
        if (client.stdout?.write(chunk) === false) await once(client.stdout, 'drain');
      return 0;
    case 'fail':
      client.stdout?.write('some output');
      client.stderr?.write('went wrong');
      return 7;
    case 'size': {
      const size = await new Promise<TerminalSize>((resolve) => client.onResize(resolve));
      client.stdout?.write(`${size.width}x${size.height}`);
      return 0;
    }
    case 'wait':
      await once(client.signal, 'abort');
      return 0;
    default:
      throw new Error(`no such command: ${command}`);
  }
}

const all = 'stdin=true&stdout=true&stderr=true';
const request = { stdin: true, stdout: true, stderr: true, tty: false };

test('serveExec() carries input, output and exit codes over SPDY', async () => {
  const cat = await openProcess(`http://${address}/?${all}&command=cat`, request);
  cat.stdin?.end('x'.repeat(2_000_000));
  assert.equal((await text(cat.stdout ?? Readable.from([]))).length, 2_000_000);
  assert.equal(await cat.exitCode, 0);
  cat.close();
  const fail = await openProcess(`http://${address}/?${all}&command=fail`, request);
  const results = await Promise.all([
    text(fail.stdout ?? Readable.from([])),
    text(fail.stderr ?? Readable.from([])),
    fail.exitCode,
  ]);
  assert.deepEqual(results, ['some output', 'went wrong', 7]);
  fail.close();
});

test('serveExec() tells the client over SPDY why a command could not run', async () => {
  const nope = await openProcess(`http://${address}/?${all}&command=nope`, request);
  await assert.rejects(nope.exitCode, {
    message: 'Internal error occurred: error executing command in container: no such command: nope',
  });
  nope.close();
});

test('serveExec() hands terminal sizes over SPDY to the command', async () => {
  const terminal = { stdin: true, stdout: true, stderr: false, tty: true };
  const size = await openProcess(`http://${address}/?stdin=1&stdout=1&tty=1&command=size`, terminal);
  size.resize({ width: 120, height: 40 });
  assert.equal(await text(size.stdout ?? Readable.from([])), '120x40');
  size.close();
});

test('serveExec() aborts the command when the client goes away', async () => {
  const wait = await openProcess(`http://${address}/?${all}&command=wait`, request);
  wait.close();
  await gone;
});

test('serveExec() speaks plain text on the error stream before v4', async () => {
  const connection = await connectSpdy(`http://${address}/?stdout=true&command=fail`, 'v2.channel.k8s.io');
  const error = await connection.open({ streamtype: 'error' });
  const stdout = await connection.open({ streamtype: 'stdout' });
  const message = 'command terminated with non-zero exit code: command terminated with exit code 7';
  assert.deepEqual(await Promise.all([text(error), text(stdout)]), [message, 'some output']);
  connection.close();
});

test('serveExec() answers 400 when no stream is asked for', async () => {
  const refused = connectSpdy(`http://${address}/?command=cat`, 'v4.channel.k8s.io');
  await assert.rejects(refused, /400 you must specify at least 1 of stdin, stdout, stderr/);
});

interface Transcript {
  readonly channels: ReadonlyMap<number, string>;
  readonly code: number;
}

/** Talks over a WebSocket until the server closes it. */
async function talk(
  protocol: string | undefined,
  query: string,
  say: readonly (readonly [number, string])[],
): Promise<Transcript> {
  const webSocket = new WebSocket(`ws://${address}/?${query}`, protocol);
  const base64 = protocol?.includes('base64') === true;
  const channels = new Map<number, string>();
  webSocket.on('message', (data: Buffer) => {
    const channel = base64 ? Number(data.toString('latin1', 0, 1)) : (data[0] ?? -1);
    const payload = base64 ? Buffer.from(data.toString('latin1', 1), 'base64') : data.subarray(1);
    channels.set(channel, (channels.get(channel) ?? '') + payload.toString());
  });
  await once(webSocket, 'open');
  for (const [channel, content] of say) {
    if (base64) webSocket.send(String(channel) + Buffer.from(content).toString('base64'));
    else webSocket.send(Buffer.concat([Buffer.of(channel), Buffer.from(content, 'latin1')]));
  }
  const [code] = (await once(webSocket, 'close')) as [number];
  return { channels, code };
}

const failure = {
  metadata: {},
  status: 'Failure',
  message: 'command terminated with non-zero exit code: command terminated with exit code 7',
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: '7' }] },
};

for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io']) {
  test(`serveExec() ends with a Status over ${protocol}`, async () => {
    const { channels, code } = await talk(protocol, `${all}&command=fail`, []);
    assert.equal(code, 1000);
    assert.deepEqual([channels.get(1), channels.get(2)], ['some output', 'went wrong']);
    assert.deepEqual(JSON.parse(channels.get(3) ?? ''), failure);
  });
}

for (const protocol of ['channel.k8s.io', 'base64.channel.k8s.io', undefined]) {
  test(`serveExec() ends with plain text over ${protocol ?? 'a WebSocket without sub-protocol'}`, async () => {
    const { channels } = await talk(protocol, `${all}&command=fail`, []);
    assert.deepEqual([channels.get(1), channels.get(3)], ['some output', failure.message]);
  });
}

test('serveExec() ends the input when a v5 client closes the channel', async () => {
  const { channels } = await talk('v5.channel.k8s.io', `${all}&command=cat`, [
    [0, 'hello'],
    [255, '\0'],
  ]);
  assert.deepEqual(
    [channels.get(1), JSON.parse(channels.get(3) ?? '')],
    ['hello', { metadata: {}, status: 'Success' }],
  );
});

test('serveExec() hands terminal sizes over WebSocket to the command', async () => {
  const { channels } = await talk('v5.channel.k8s.io', 'stdout=true&tty=true&command=size', [
    [4, '{"Width":80,"Height":24}'],
  ]);
  assert.equal(channels.get(1), '80x24');
});

test('serveExec() refuses WebSocket protocols that it does not know', async () => {
  const webSocket = new WebSocket(`ws://${address}/?${all}`, 'v9.channel.k8s.io');
  const [error] = (await once(webSocket, 'error')) as [Error];
  assert.match(error.message, /400/);
});
