/** Reads the whole store on a thread of its own: into a snapshot that etcd can start from, or into a sum of all keys. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { id, int, encodeMessage, declareMessage } from '../protocol/schema.ts';
import { BoltWriter } from './bolt-writer.ts';
import { crc32c } from './crc32c.ts';
import { readEtcdRows, revisionKey } from './etcd-rows.ts';
import type { EtcdRows } from './etcd-rows.ts';
import type { ExportTask, HashResult, SnapshotResult } from './export.ts';

const LeaseRecord = declareMessage({ id: id(1), ttl: int(2) });
/** Buckets in the order of their names; those that stay empty are there because etcd's tools look into them. */
const before = ['alarm', 'auth', 'authRoles', 'authUsers', 'cluster'];
const after = ['members', 'members_removed'];

if (parentPort === null) throw new Error('Cannot export a store: the thread was started as a program');
const port = parentPort;
const task = workerData as ExportTask;
const source = await readEtcdRows(task.directory);
try {
  const result = task.type === 'hash' ? hash(source, task.revision) : writeSnapshot(source, task.path);
  port.postMessage(result satisfies HashResult | SnapshotResult);
} finally {
  source.close();
}

/**
 * As etcd's HashKV: over the rows up to a revision; of those that compaction has left only what is still current then, as
 * members compact at their own pace.
 */
function hash({ revision, compactRevision, rows, isSuperseded }: EtcdRows, upTo: number): HashResult {
  const wanted = upTo > 0 ? upTo : revision;
  let sum = crc32c(Buffer.from('key'));
  for (const row of rows()) {
    if (row.revision > wanted) break;
    if (row.revision <= compactRevision && (row.deleted || isSuperseded(row, wanted))) continue;
    sum = crc32c(row.value, crc32c(row.key, sum));
  }
  return { hash: sum, revision, compactRevision };
}

function writeSnapshot(from: EtcdRows, path: string): SnapshotResult {
  const file = openSync(path, 'wx', 0o600);
  try {
    const writer = new BoltWriter(file);
    for (const name of before) writer.addBucket(name, []);
    writer.addBucket('key', from.rows());
    writer.addBucket(
      'lease',
      from.leases.map(leaseRow).sort((a, b) => Buffer.compare(a.key, b.key)),
    );
    for (const name of after) writer.addBucket(name, []);
    writer.addBucket('meta', metaRows(from));
    const bytes = writer.finish();
    fsyncSync(file);
    return { bytes };
  } finally {
    closeSync(file);
  }
}

function leaseRow({ id: lease, ttlSeconds }: EtcdRows['leases'][number]) {
  const key = Buffer.alloc(8);
  key.writeBigInt64BE(lease);
  return { key, value: encodeMessage(LeaseRecord, { id: lease, ttl: Number(ttlSeconds) }) };
}

function metaRows({ compactRevision }: EtcdRows) {
  const index = Buffer.alloc(8);
  index.writeBigUInt64BE(1n);
  const applied = { key: Buffer.from('consistent_index'), value: index };
  if (compactRevision === 0) return [applied];
  const compacted = revisionKey(compactRevision);
  return [
    applied,
    { key: Buffer.from('finishedCompactRev'), value: compacted },
    { key: Buffer.from('scheduledCompactRev'), value: compacted },
  ];
}
