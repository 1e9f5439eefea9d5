/** Connects a client's streams with a running command's, until the command has ended. */
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ProcessStreams } from '../runtimes/runtime.ts';
import type { ClientStreams } from './client-streams.ts';

/**
 * Copies in both directions and answers the exit code once all output has been written. A client that goes away lets go
 * of the command; output that nobody takes any more is dropped.
 */
export async function joinProcess(client: ClientStreams, process: ProcessStreams): Promise<number> {
  const letGo = (): void => process.close();
  client.signal.addEventListener('abort', letGo, { once: true });
  if (client.signal.aborted) letGo();
  client.onResize((size) => process.resize(size));
  const { stdin, stdout, stderr } = client;
  if (process.stdin !== undefined) stdin?.pipe(process.stdin);
  const output = [copy(process.stdout, stdout), copy(process.stderr, stderr)];
  try {
    const [exitCode] = await Promise.all([process.exitCode, Promise.allSettled(output)]);
    return exitCode;
  } finally {
    client.signal.removeEventListener('abort', letGo);
    process.close();
  }
}

async function copy(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (from === undefined) return;
  if (to === undefined) from.resume();
  else await pipeline(from, to, { end: false });
}
