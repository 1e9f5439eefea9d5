/**
 * Port forwarding for an HTTP server. The client opens, for every connection it forwards, two SPDY streams with the
 * same `requestid`: `data` carries the bytes both ways, `error` one line when the connection failed. SPDY runs on the
 * upgraded socket itself or tunnelled in a WebSocket's binary messages.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createWebSocketStream } from 'ws';
import { joinDuplexes, printPortForwardError, type PortForwardOptions } from './port-forward-session.ts';
import { servePortForwardChannels } from './port-forward-channels.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { upgradeToSpdy, wantsWebSocket } from './upgrade.ts';
import { upgradeToWebSocket } from './websocket-upgrade.ts';

export const portForwardProtocol = 'portforward.k8s.io';
const tunnelProtocol = `SPDY/3.1+${portForwardProtocol}`;
const channelProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];
const streamCreationTimeoutMs = 30_000;

/** Serves one port-forward request from node:http's `upgrade` event. Resolves when the client has gone. */
export async function servePortForward(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  options: PortForwardOptions,
): Promise<void> {
  if (!wantsWebSocket(req)) {
    if (upgradeToSpdy(req, socket, [portForwardProtocol]) === undefined) return;
    if (head.length > 0) socket.unshift(head);
    return serveConnection(socket, options);
  }
  const accepted = await upgradeToWebSocket(req, socket, head, [tunnelProtocol, ...channelProtocols]);
  if (accepted === undefined) return;
  if (accepted.protocol === tunnelProtocol) {
    return serveConnection(createWebSocketStream(accepted.webSocket), options);
  }
  return servePortForwardChannels(accepted.webSocket, accepted.protocol, options);
}

interface StreamPair {
  data?: SpdyStream;
  error?: SpdyStream;
  timer?: NodeJS.Timeout;
}

async function serveConnection(transport: Duplex, options: PortForwardOptions): Promise<void> {
  const pairs = new Map<string, StreamPair>();
  const connection = new SpdyConnection(transport, {
    role: 'server',
    onStream(stream) {
      const type = streamType(stream);
      portOf(stream);
      stream.on('error', () => undefined);
      const requestId = requestIdOf(stream, type);
      const pair = pairs.get(requestId) ?? {};
      if (pair[type] !== undefined) throw new Error(`${type} stream already assigned`);
      pairs.set(requestId, pair);
      pair[type] = stream;
      pair.timer ??= setTimeout(() => expire(requestId), streamCreationTimeoutMs);
      if (pair.data === undefined || pair.error === undefined) return;
      clearTimeout(pair.timer);
      pairs.delete(requestId);
      void forward(pair.data, pair.error, options);
    },
  });
  await connection.closed;
  for (const pair of pairs.values()) clearTimeout(pair.timer);

  function expire(requestId: string): void {
    const pair = pairs.get(requestId);
    pairs.delete(requestId);
    pair?.error?.end(`(request=${requestId}) timed out waiting for streams`);
    pair?.data?.destroy();
  }
}

async function forward(data: SpdyStream, error: SpdyStream, options: PortForwardOptions): Promise<void> {
  const port = portOf(data);
  error.resume();
  try {
    const target = await options.handler(port);
    await joinDuplexes(data, target);
  } catch (failure) {
    if (!error.destroyed) error.write(printPortForwardError(port, options, failure));
  }
  data.end();
  error.end();
  await Promise.allSettled([finished(data, { readable: false }), finished(error, { readable: false })]);
  data.destroy();
  error.destroy();
}

function streamType(stream: SpdyStream): 'data' | 'error' {
  const type = stream.headers['streamtype'];
  if (type === 'data' || type === 'error') return type;
  throw new Error(type === undefined ? '"streamType" header is required' : `invalid stream type "${type}"`);
}

function portOf(stream: SpdyStream): number {
  const port = Number(stream.headers['port'] ?? NaN);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error('"port" header must be a port');
  return port;
}

/** Old clients send no request id: theirs are pairs of neighbouring streams, error first. */
function requestIdOf(stream: SpdyStream, type: 'data' | 'error'): string {
  return stream.headers['requestid'] ?? `#${type === 'error' ? stream.id : stream.id - 2}`;
}
