/** One forwarded connection, whatever protocol carries it. */
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { errorText } from '../../base/log.ts';

/** Opens one connection to a port of the pod. What it throws is shown to the client. */
export type PortForwardHandler = (port: number) => Promise<Duplex>;

export interface PortForwardOptions {
  readonly handler: PortForwardHandler;
  /** Names the pod in error texts, such as `default/web-0`. */
  readonly pod: string;
  readonly uid: string;
  /** Ports of the request's query, which only the plain WebSocket protocol uses. */
  readonly ports: readonly number[];
}

/**
 * Copies both ways until the pod's side has ended; a client that ends its side first still gets the rest of the answer.
 */
export async function joinDuplexes(client: Duplex, target: Duplex): Promise<void> {
  target.on('error', () => undefined);
  client.once('close', () => target.destroy());
  if (client.destroyed) target.destroy();
  client.pipe(target);
  target.pipe(client, { end: false });
  await finished(target, { writable: false });
}

export function printPortForwardError(port: number, options: PortForwardOptions, failure: unknown): string {
  return `error forwarding port ${port} to pod ${options.pod}, uid ${options.uid}: ${errorText(failure)}`;
}
