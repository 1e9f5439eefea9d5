/** docs/conformance.md has a row for each entry of the suite, and no row leads nowhere. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entries } from './entries.ts';

const root = join(import.meta.dirname, '..', '..');

interface Row {
  readonly entry: string;
  readonly where: string;
}

/** The rows of all tables; the heading of a section is the first word of its entries. */
function readRows(): readonly Row[] {
  const rows: Row[] = [];
  let section = '';
  for (const line of readFileSync(join(root, 'docs', 'conformance.md'), 'utf8').split('\n')) {
    section = /^## (.+)$/.exec(line)?.[1] ?? section;
    const [, name, where] = /^\| `` (.+) `` \| (.+) \|$/.exec(line) ?? [];
    if (name !== undefined && where !== undefined) rows.push({ entry: `[${section}] ${name}`, where });
  }
  return rows;
}

test('docs/conformance.md has every entry of the suite once', () => {
  const listed = readRows().map(({ entry }) => entry);
  assert.deepEqual(listed.toSorted(), entries.toSorted());
});

test('every row of docs/conformance.md names a test file that exists, or says what it needs', () => {
  const offences = readRows().filter(({ where }) => {
    const files = [...where.matchAll(/\[([^\]]+\.test\.ts)\]/g)].map(([, path = '']) => path);
    return files.length === 0 ? !where.startsWith('needs ') : !files.every((path) => existsSync(join(root, path)));
  });
  assert.deepEqual(offences, []);
});
