/**
 * Exec and attach over WebSocket channels: 0 stdin, 1 stdout, 2 stderr, 3 error, 4 resize. Before v4 the error channel
 * carries text instead of a Status.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import type { StreamRequest } from '../runtimes/runtime.ts';
import { printExecStatus } from './exec-status.ts';
import type { ExecSession } from './client-streams.ts';
import { ResizeFeed } from './terminal-resize.ts';
import { WebSocketChannels } from './websocket-channels.ts';
import { upgradeToWebSocket } from './websocket-upgrade.ts';

const protocols = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
];
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

/** Answers undefined when the client was refused. */
export async function acceptExecOverWebSocket(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  request: StreamRequest,
): Promise<ExecSession | undefined> {
  const accepted = await upgradeToWebSocket(req, socket, head, protocols);
  if (accepted === undefined) return undefined;
  const { webSocket, protocol } = accepted;
  const structured = protocol.startsWith('v');
  const connection = new WebSocketChannels(webSocket, {
    base64: protocol.includes('base64'),
    closable: protocol.startsWith('v5'),
  });
  const gone = new AbortController();
  void connection.closed.then(() => gone.abort());
  const resize = new ResizeFeed();
  connection.readable(channels.resize).on('data', (chunk: Buffer) => resize.push(chunk));
  const stdout = request.stdout ? connection.writable(channels.stdout) : undefined;
  const stderr = request.stderr ? connection.writable(channels.stderr) : undefined;
  const session: ExecSession = {
    stdin: request.stdin ? connection.readable(channels.stdin) : undefined,
    stdout,
    stderr,
    onResize: (listener) => resize.onResize(listener),
    signal: gone.signal,
    async finish(outcome) {
      await Promise.all([whenWritten(stdout), whenWritten(stderr)]);
      const status = printExecStatus(outcome, structured);
      if (status !== '') connection.send(channels.error, Buffer.from(status));
      await connection.close();
    },
  };
  // An empty message tells the client that the session stands.
  const lowest = request.stdout ? channels.stdout : request.stderr ? channels.stderr : channels.error;
  connection.send(lowest, Buffer.alloc(0));
  return session;
}

/** The outcome must not overtake output that still waits to be sent. */
function whenWritten(stream: Writable | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stream === undefined || stream.destroyed) resolve();
    else stream.end(() => resolve());
  });
}
