/**
 * The embedded store's file as the rows that etcd would have: under each revision the key-value pair that it made.
 *
 *   key    revision, 8 bytes · '_' · number of the change in its transaction, 8 bytes · 't' for a deletion
 *   value  the KeyValue message; of a deletion the key alone
 *
 * Read through a connection of its own, whose transaction sees one state while the store goes on writing.
 */
import type { SQLOutputValue } from 'node:sqlite';
import { openBeside } from '../embedded/open-beside.ts';
import { KeyValue } from '../protocol/messages.ts';
import { encodeMessage } from '../protocol/schema.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

export interface EtcdRow {
  readonly name: string;
  readonly revision: number;
  readonly deleted: boolean;
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface EtcdRows {
  readonly revision: number;
  readonly compactRevision: number;
  readonly leases: readonly { readonly id: bigint; readonly ttlSeconds: bigint }[];
  /** In the order of revisions. */
  rows(): Iterable<EtcdRow>;
  /** Whether a later row of the same key, up to that revision, takes this one's place. */
  isSuperseded(row: EtcdRow, upTo: number): boolean;
  close(): void;
}

/** @param directory Of an embedded store, whether it is open or not. */
export async function readEtcdRows(directory: string): Promise<EtcdRows> {
  const database = await openBeside(directory);
  const exact = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const last = exact('SELECT revision FROM change ORDER BY position DESC LIMIT 1').get();
  const compactRevision = Number(exact('SELECT revision FROM compaction').get()?.['revision'] ?? 0);
  const later = exact(
    'SELECT 1 FROM change INDEXED BY change_by_key WHERE key = ? AND revision > ? AND revision <= ? LIMIT 1',
  );
  return {
    revision: Math.max(1, compactRevision, Number(last?.['revision'] ?? 0)),
    compactRevision,
    leases: exact('SELECT id, ttl_seconds FROM lease ORDER BY id').all().map(toLease),
    *rows() {
      let revision = 0;
      let change = 0;
      for (const row of exact('SELECT * FROM change ORDER BY position').iterate()) {
        const next = Number(row['revision']);
        change = next === revision ? change + 1 : 0;
        revision = next;
        yield toRow(row, revision, change);
      }
    },
    isSuperseded: (row, upTo) => later.get(row.name, row.revision, upTo) !== undefined,
    close: () => database.close(),
  };
}

export function revisionKey(revision: number, change = 0, deleted = false): Buffer {
  const key = Buffer.alloc(deleted ? 18 : 17);
  key.writeBigUInt64BE(BigInt(revision), 0);
  key[8] = 0x5f;
  key.writeBigUInt64BE(BigInt(change), 9);
  if (deleted) key[17] = 0x74;
  return key;
}

function toRow(row: Row, revision: number, change: number): EtcdRow {
  const deleted = Number(row['deleted']) === 1;
  const key = String(row['key']);
  const value = row['value'] instanceof Uint8Array ? row['value'] : new Uint8Array(0);
  const pair = deleted
    ? { key }
    : {
        key,
        createRevision: Number(row['create_revision']),
        modRevision: revision,
        version: Number(row['version']),
        value,
        lease: typeof row['lease'] === 'bigint' ? row['lease'] : 0n,
      };
  return {
    name: key,
    revision,
    deleted,
    key: revisionKey(revision, change, deleted),
    value: encodeMessage(KeyValue, pair),
  };
}

function toLease(row: Row): { id: bigint; ttlSeconds: bigint } {
  return { id: BigInt(String(row['id'])), ttlSeconds: BigInt(String(row['ttl_seconds'])) };
}
