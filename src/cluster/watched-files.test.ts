import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../base/log.ts';
import { createWatchedFiles } from './watched-files.ts';

async function fixture(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'watched-'));
  const files = createWatchedFiles(silentLog, 10);
  t.after(async () => {
    files.close();
    await rm(directory, { recursive: true });
  });
  const path = join(directory, 'file');
  const replace = async (text: string) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  await replace('first');
  return { files, path, replace };
}

const refuseBad = (text: string): void => {
  if (text.startsWith('bad')) throw new Error('bad');
};

test('a file that is replaced is read again, and listeners are told', { timeout: 10_000 }, async (t) => {
  const { files, path, replace } = await fixture(t);
  const text = await files.open(path, refuseBad);
  assert.equal(text(), 'first');
  const told = new EventEmitter();
  const stop = files.onChange(() => told.emit('change'));
  const change = once(told, 'change');
  await replace('second, longer');
  await change;
  assert.equal(text(), 'second, longer');
  stop();
});

test('what the check refuses is not taken over', { timeout: 10_000 }, async (t) => {
  const { files, path, replace } = await fixture(t);
  await assert.rejects(files.open(`${path}.missing`));
  const checked = new EventEmitter();
  const text = await files.open(path, (next) => {
    checked.emit('check', next);
    refuseBad(next);
  });
  const looked = once(checked, 'check');
  await replace('bad content');
  await looked;
  assert.equal(text(), 'first');
});
