/** Asks for a snapshot or a sum of a whole store, which a thread of its own makes (export-worker.ts). */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

export type ExportTask =
  | { readonly type: 'hash'; readonly directory: string; readonly revision: number }
  | { readonly type: 'snapshot'; readonly directory: string; readonly path: string };

export interface HashResult {
  readonly hash: number;
  /** The store's. */
  readonly revision: number;
  readonly compactRevision: number;
}

export interface SnapshotResult {
  readonly bytes: number;
}

/** @param revision Sums up what is there up to it; 0 for the latest. */
export function hashStore(directory: string, revision: number): Promise<HashResult> {
  return run<HashResult>({ type: 'hash', directory, revision });
}

/** @param path Must not exist. @throws Error when the disk is full, for one. */
export function exportStore(directory: string, path: string): Promise<SnapshotResult> {
  return run<SnapshotResult>({ type: 'snapshot', directory, path });
}

function run<Result>(workerData: ExportTask): Promise<Result> {
  return new Promise((resolve, reject) => {
    const file = new URL(`./export-worker${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(file, { workerData, execArgv: [], name: `store ${workerData.type}` });
    worker.once('message', (result: Result) => resolve(result));
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error(`The ${workerData.type} of the store ended without a result`)));
  });
}
