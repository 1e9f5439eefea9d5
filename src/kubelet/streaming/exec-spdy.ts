/**
 * Exec and attach over SPDY/3.1: the client opens one SPDY stream for each of error, stdin, stdout, stderr and resize,
 * named by the `streamtype` header. v1 and v2 know no resize; before v4 the error stream carries text instead of a
 * Status.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { StreamRequest } from '../runtimes/runtime.ts';
import { printExecStatus } from './exec-status.ts';
import type { ExecSession } from './client-streams.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { ResizeFeed } from './terminal-resize.ts';
import { upgradeToSpdy } from './upgrade.ts';

const protocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];
const streamCreationTimeoutMs = 30_000;

/** Answers undefined when the client was refused or did not open its streams in time. */
export async function acceptExecOverSpdy(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  request: StreamRequest,
): Promise<ExecSession | undefined> {
  const protocol = upgradeToSpdy(req, socket, protocols);
  if (protocol === undefined) return undefined;
  if (head.length > 0) socket.unshift(head);
  const resizable = protocol.startsWith('v4') || protocol.startsWith('v3');
  const expected = ['error'];
  for (const name of ['stdin', 'stdout', 'stderr'] as const) if (request[name]) expected.push(name);
  if (request.tty && resizable) expected.push('resize');

  const streams = new Map<string, SpdyStream>();
  const { promise: complete, resolve } = Promise.withResolvers<boolean>();
  const connection = new SpdyConnection(socket, {
    role: 'server',
    onStream(stream) {
      const type = stream.headers['streamtype'] ?? '';
      if (!expected.includes(type) || streams.has(type)) throw new Error(`Unexpected stream type "${type}"`);
      stream.on('error', () => undefined);
      streams.set(type, stream);
      if (streams.size === expected.length) resolve(true);
    },
  });
  const timer = setTimeout(() => resolve(false), streamCreationTimeoutMs);
  const isComplete = await Promise.race([complete, connection.closed.then(() => false)]);
  clearTimeout(timer);
  if (!isComplete) {
    connection.close();
    return undefined;
  }
  return session(connection, streams, protocol.startsWith('v4'));
}

function session(
  connection: SpdyConnection,
  streams: ReadonlyMap<string, SpdyStream>,
  structured: boolean,
): ExecSession {
  const gone = new AbortController();
  void connection.closed.then(() => gone.abort());
  const resize = new ResizeFeed();
  streams.get('resize')?.on('data', (chunk: Buffer) => resize.push(chunk));
  streams.get('error')?.resume();
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize: (listener) => resize.onResize(listener),
    signal: gone.signal,
    async finish(outcome) {
      streams.get('error')?.end(printExecStatus(outcome, structured));
      const outgoing = ['stdout', 'stderr', 'error']
        .map((name) => streams.get(name))
        .filter((stream) => stream !== undefined);
      for (const stream of outgoing) stream.end();
      await Promise.allSettled(outgoing.map((stream) => finished(stream, { readable: false })));
      connection.close();
      await connection.closed;
    },
  };
}
