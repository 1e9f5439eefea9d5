/**
 * Port forwarding over plain WebSocket channels, as client libraries without SPDY use it: the query names the ports,
 * the n-th port has channel 2n for data and 2n+1 for errors, and each channel's first message to the client is its port
 * as two bytes, low byte first. One connection to each port.
 */
import type { WebSocket } from 'ws';
import { joinDuplexes, printPortForwardError, type PortForwardOptions } from './port-forward-session.ts';
import { WebSocketChannels } from './websocket-channels.ts';

export async function servePortForwardChannels(
  webSocket: WebSocket,
  protocol: string,
  options: PortForwardOptions,
): Promise<void> {
  if (options.ports.length === 0) return webSocket.close(1008, 'query parameter "port" is required');
  const channels = new WebSocketChannels(webSocket, { base64: protocol.includes('base64'), closable: false });
  await Promise.all(options.ports.map((port, i) => forward(channels, port, i * 2, options)));
  await channels.close();
}

async function forward(
  channels: WebSocketChannels,
  port: number,
  channel: number,
  options: PortForwardOptions,
): Promise<void> {
  const announcement = Buffer.alloc(2);
  announcement.writeUInt16LE(port);
  const client = channels.duplex(channel);
  channels.send(channel, announcement);
  channels.send(channel + 1, announcement);
  try {
    await joinDuplexes(client, await options.handler(port));
  } catch (failure) {
    channels.send(channel + 1, Buffer.from(printPortForwardError(port, options, failure)));
  }
}
