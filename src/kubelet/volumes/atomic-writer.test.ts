import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeAtomically } from './atomic-writer.ts';
import type { Payload } from './payload.ts';

async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-volume-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function payload(files: Readonly<Record<string, string>>, mode = 0o644): Payload {
  return new Map(Object.entries(files).map(([path, text]) => [path, { data: Buffer.from(text), mode }]));
}

const options = { nowMs: Date.UTC(2026, 0, 1), group: undefined };

test('writeAtomically() puts files behind links that are swapped together', async (t) => {
  const folder = await folderFor(t);
  assert.equal(await writeAtomically(folder, payload({ a: '1', 'deep/b': '2' }, 0o400), options), true);
  assert.equal(await readFile(join(folder, 'deep/b'), 'utf8'), '2');
  assert.equal(await readlink(join(folder, 'a')), '..data/a');
  assert.equal((await stat(join(folder, 'a'))).mode & 0o777, 0o400);
  const before = await readlink(join(folder, '..data'));
  assert.equal(await writeAtomically(folder, payload({ a: '1', 'deep/b': '2' }, 0o400), options), false);
  assert.equal(await readlink(join(folder, '..data')), before);
});

test('writeAtomically() takes away what is no longer there, and keeps nothing of old versions', async (t) => {
  const folder = await folderFor(t);
  await writeAtomically(folder, payload({ a: '1', b: '2' }), options);
  await writeAtomically(folder, payload({ b: '3', c: '4' }), options);
  const names = (await readdir(folder)).filter((name) => !name.startsWith('..2026'));
  assert.deepEqual(names.toSorted(), ['..data', 'b', 'c']);
  assert.equal((await readdir(folder)).length, 4);
  assert.equal(await readFile(join(folder, 'b'), 'utf8'), '3');
});

test('writeAtomically() rejects for paths that lead out of the volume', async (t) => {
  const folder = await folderFor(t);
  for (const path of ['../x', '/x', 'a/../../x', '..data', '']) {
    await assert.rejects(writeAtomically(folder, payload({ [path]: '' }), options), /invalid path/, path);
  }
});
