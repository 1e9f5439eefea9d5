/** Maintenance.Snapshot and the sums over all keys. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Code } from '../protocol/errors.ts';
import type { SnapshotResponse } from '../protocol/messages.ts';
import type { Encodable } from '../protocol/schema.ts';
import { maintenance } from '../protocol/services.ts';
import { StoreError } from '../store.ts';
import type { EtcdContext } from './context.ts';
import { exportStore, hashStore } from './export.ts';
import { GrpcError } from './grpc-error.ts';
import { streaming, unary } from './grpc.ts';
import type { Handler, StreamCall } from './grpc.ts';
import { inEtcdTerms } from './to-grpc-error.ts';

const chunkBytes = 64 * 1024;
/** What may wait for a client that reads slowly. */
const maxAheadBytes = 8 * 1024 * 1024;

export function snapshotHandlers(context: EtcdContext): [string, Handler][] {
  const { store, header } = context;
  const sum = (revision: number) =>
    inEtcdTerms(() => {
      assertRevision(store, revision);
      assertFile(store.directory);
      return hashStore(store.directory, revision);
    });
  const hash = unary(maintenance.hash, async () => {
    const result = await sum(0);
    return { header: header(result.revision), hash: result.hash };
  });
  const hashKv = unary(maintenance.hashKv, async ({ revision }) => {
    const result = await sum(revision);
    const { hash: found, compactRevision } = result;
    return { header: header(result.revision), hash: found, compactRevision };
  });
  const snapshot = streaming(maintenance.snapshot, (call) => serveSnapshot(context, call));
  return [
    [maintenance.hash.path, hash],
    [maintenance.hashKv.path, hashKv],
    [maintenance.snapshot.path, snapshot],
  ];
}

function assertRevision({ revision: latest, compactRevision }: EtcdContext['store'], revision: number): void {
  if (revision > latest) throw new StoreError('future-revision', `The latest revision is ${latest}`);
  if (revision > 0 && revision <= compactRevision) {
    throw new StoreError('compacted', `The store is compacted up to ${compactRevision}`);
  }
}

function assertFile(directory: string): void {
  if (directory === ':memory:') throw new GrpcError(Code.failedPrecondition, 'etcdserver: this store has no file');
}

function serveSnapshot({ store }: EtcdContext, call: StreamCall<unknown, Encodable<typeof SnapshotResponse>>): void {
  const closing = new AbortController();
  call.listen({ closed: () => closing.abort() });
  const path = join(store.directory, `snapshot-${randomUUID()}.db`);
  const work = async (): Promise<void> => {
    try {
      assertFile(store.directory);
      const { bytes } = await exportStore(store.directory, path);
      await sendFile(path, bytes, call, closing.signal);
      call.end();
    } catch (error) {
      if (error instanceof GrpcError) return call.end(error);
      call.end(new GrpcError(Code.unknown, `etcdserver: cannot make a snapshot: ${String(error)}`, { cause: error }));
    } finally {
      await rm(path, { force: true });
    }
  };
  void work();
}

/** The file, then its SHA-256, by which `etcdctl snapshot restore` knows that it is whole. */
async function sendFile(
  path: string,
  bytes: number,
  call: StreamCall<unknown, Encodable<typeof SnapshotResponse>>,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256');
  let sent = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    const blob: Buffer = chunk;
    hash.update(blob);
    sent += blob.length;
    call.send({ remainingBytes: bytes - sent, blob });
    while (call.unsentBytes > maxAheadBytes && !signal.aborted) await nextTurn();
    if (signal.aborted) return;
  }
  call.send({ blob: hash.digest() });
}
