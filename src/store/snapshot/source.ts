/**
 * Where a snapshot is taken from: a state that stands still while it is read, page by page.
 *
 * A data directory is read through SQLite beside the process that serves it: one read transaction sees one state, however
 * many writes land meanwhile. Any other store is read through its port, as of one revision.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { openBeside } from '../embedded/open-beside.ts';
import { damagedValue, isIntact } from '../embedded/value-sum.ts';
import { keyAfter } from '../key.ts';
import { prefixEnd, StoreError } from '../store.ts';
import type { Entry, Lease, Store } from '../store.ts';
import { bigint, exact } from './snapshot-file.ts';

const pageEntries = 500;

export interface SnapshotSource {
  /** For people: a directory or an address. */
  readonly name: string;
  readonly revision: number;
  /** Keys there are, for progress. */
  readonly count: number;
  pages(): AsyncIterable<readonly Entry[]>;
  /** Leases that still run, of those with these ids. */
  leases(ids: ReadonlySet<bigint>): Promise<readonly Lease[]>;
  close(): void | Promise<void>;
}

/**
 * @param directory Of an embedded store, whether a process has it open or not.
 * @throws StoreError `unavailable` when there is none.
 */
export async function openDirectorySource(directory: string): Promise<SnapshotSource> {
  const path = join(directory, 'store.db');
  await access(path).catch((error: Error) => {
    throw new StoreError('unavailable', `There is no store in "${directory}"`, { cause: error });
  });
  const database = await openBeside(directory);
  const number = (sql: string): number => Number(Object.values(database.prepare(sql).get() ?? {})[0]);
  const latest = number(
    'SELECT max(revision) FROM (SELECT max(position), revision FROM change UNION ALL SELECT 0, revision FROM compaction)',
  );
  const current = `FROM change AS c WHERE deleted = 0 AND NOT EXISTS
    (SELECT 1 FROM change AS n INDEXED BY change_by_key WHERE n.key = c.key AND n.revision > c.revision)`;
  return {
    name: directory,
    revision: Math.max(1, latest),
    count: number(`SELECT count(*) ${current}`),
    async *pages() {
      let page: Entry[] = [];
      for (const row of exact(database, `SELECT * ${current} ORDER BY position`).iterate()) {
        const value = row['value'] instanceof Uint8Array ? row['value'] : new Uint8Array(0);
        const [key, modRevision] = [String(row['key']), Number(row['revision'])];
        if (!isIntact({ key, revision: modRevision, value }, row['sum'] ?? null)) throw damagedValue(key, modRevision);
        page.push({
          key,
          value,
          createRevision: Number(row['create_revision']),
          modRevision,
          version: Number(row['version']),
          lease: bigint(row['lease']),
        });
        if (page.length < pageEntries) continue;
        yield page;
        page = [];
      }
      yield page;
    },
    async leases(ids) {
      const rows = exact(database, 'SELECT id, ttl_seconds FROM lease').all();
      return rows
        .map((row) => ({ id: bigint(row['id']), ttlSeconds: Number(row['ttl_seconds']) }))
        .filter(({ id }) => ids.has(id));
    },
    close: () => database.close(),
  };
}

/** @param prefix Keys outside of it are left alone. */
export async function openStoreSource(name: string, store: Store, prefix: string): Promise<SnapshotSource> {
  const end = prefixEnd(prefix);
  const { revision, count } = await store.range(prefix, { end, countOnly: true });
  return {
    name,
    revision,
    count,
    async *pages() {
      for (let from = prefix; ;) {
        const { entries } = await store.range(from, { end, revision, limit: pageEntries });
        yield entries;
        const last = entries.at(-1);
        if (last === undefined || entries.length < pageEntries) return;
        from = keyAfter(last.key);
      }
    },
    async leases(ids) {
      const leases: (Lease | undefined)[] = [];
      // The port tells how long a lease runs when it is kept alive; a restored store gives each its whole time again anyway.
      for (const id of ids) leases.push(await store.keepLeaseAlive(id));
      return leases.filter((lease) => lease !== undefined);
    },
    close: () => undefined,
  };
}
