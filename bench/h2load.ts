/**
 * Load over HTTP/2 that costs its machine little: h2load (Debian package nghttp2-client). A client in JavaScript takes as
 * much time for a call as a server, and two servers on the same cores seem alike when it is the client that is measured.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Load {
  readonly url: string;
  /** One gRPC message, sent again and again. */
  readonly message: Uint8Array;
  /** Each waits for its answer before it sends the next. */
  readonly connections: number;
  /** That many do not count. */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** Where the message is left for h2load. */
  readonly file: string;
}

/** Answers of gRPC calls per second. @throws when one fails */
export async function grpcRate(load: Load): Promise<number> {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(load.message.length, 1);
  await writeFile(load.file, Buffer.concat([prefix, load.message]));
  const { stdout } = await run('h2load', [
    `--clients=${load.connections}`,
    '--max-concurrent-streams=1',
    `--duration=${load.seconds}`,
    `--warm-up-time=${load.warmSeconds}`,
    `--data=${load.file}`,
    '--header=content-type: application/grpc',
    '--header=te: trailers',
    load.url,
  ]);
  const rate = /, ([\d.]+) req\/s/.exec(stdout)?.[1];
  const failed = /, (\d+) failed/.exec(stdout)?.[1];
  if (rate === undefined || failed !== '0') throw new Error(`h2load did not get all answers:\n${stdout}`);
  return Number(rate);
}
