/**
 * Hands queries on to the upstream resolvers, byte for byte but for the id, one resolver after the other until one
 * answers. Each query goes from a socket of its own, so that its port and id are hard to guess.
 *
 * A query of ours that comes back to us is a loop in the resolvers' set-up: `isOwn` knows it, and the server refuses it.
 */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { questionKey, readHeader } from './message.ts';
import type { Upstream } from './resolv-conf.ts';
import { TcpMessages, tcpFrame } from './tcp-messages.ts';

export type Transport = 'udp' | 'tcp';

const timeoutMs = 2000;
/** Beyond that many queries under way, more are refused at once. */
const maxInFlight = 1000;

export class Forwarder {
  readonly #upstreams: readonly Upstream[];
  readonly #own = new Set<string>();
  #inFlight = 0;

  constructor(upstreams: readonly Upstream[]) {
    this.#upstreams = upstreams;
  }

  /** The response with the query's id, or undefined when no upstream has answered. */
  async forward(query: Buffer, transport: Transport, signal: AbortSignal): Promise<Buffer | undefined> {
    if (this.#inFlight >= maxInFlight) return undefined;
    const sent = Buffer.from(query);
    sent.writeUInt16BE(randomInt(65_536), 0);
    const mark = markOf(sent);
    this.#own.add(mark);
    this.#inFlight++;
    try {
      for (const upstream of this.#upstreams) {
        const response = await ask(upstream, sent, transport, signal);
        if (response === undefined) continue;
        query.copy(response, 0, 0, 2);
        return response;
      }
      return undefined;
    } finally {
      this.#own.delete(mark);
      this.#inFlight--;
    }
  }

  isOwn(query: Buffer): boolean {
    return this.#own.has(markOf(query));
  }
}

function markOf(query: Buffer): string {
  return `${query.readUInt16BE(0)} ${questionKey(query) ?? ''}`;
}

/** Never rejects: whatever goes wrong with one upstream, the next is asked. */
function ask(
  upstream: Upstream,
  query: Buffer,
  transport: Transport,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const abort = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  return transport === 'udp' ? askUdp(upstream, query, abort) : askTcp(upstream, query, abort);
}

function askUdp({ address, port }: Upstream, query: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  const finish = (response?: Buffer): void => {
    signal.removeEventListener('abort', giveUp);
    resolve(response);
  };
  const giveUp = (): void => finish();
  signal.addEventListener('abort', giveUp, { once: true });
  socket.on('error', giveUp);
  socket.on('message', (response) => {
    if (answers(response, query)) finish(response);
  });
  socket.connect(port, address, () => socket.send(query));
  return promise.finally(() => socket.close());
}

function askTcp({ address, port }: Upstream, query: Buffer, signal: AbortSignal): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  const socket = connect({ host: address, port, signal });
  const messages = new TcpMessages((response) => {
    if (answers(response, query)) resolve(response);
  });
  socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
  socket.on('data', (chunk) => messages.push(chunk));
  socket.write(tcpFrame(query));
  return promise.finally(() => socket.destroy());
}

/** A response to just this query, and not what somebody else sends to our port. */
function answers(response: Buffer, query: Buffer): boolean {
  const header = readHeader(response);
  if (header === undefined || header.isQuery || header.id !== query.readUInt16BE(0)) return false;
  return questionKey(response) === questionKey(query);
}
