import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { plainFolders } from './mounts.ts';
import { pinSubPath } from './sub-path.ts';

test('pinSubPath() finds or makes what lies in the volume, and refuses what does not', async (t) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-subpath-')));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const volume = join(folder, 'volume');
  await mkdir(join(volume, '..2026'), { recursive: true });
  await writeFile(join(volume, '..2026/file'), '');
  await symlink('..2026', join(volume, '..data'));
  await symlink('/etc', join(volume, 'out'));
  await symlink('../../etc', join(volume, 'far'));
  const pin = (path: string): Promise<string> => pinSubPath(volume, path, join(folder, 'pin'), plainFolders);
  assert.equal(await pin('..data/file'), join(volume, '..2026/file'));
  assert.equal(await pin('new/deep'), join(volume, 'new/deep'));
  assert.ok((await stat(join(volume, 'new/deep'))).isDirectory());
  for (const path of ['out/passwd', '../x', '/etc', 'a/../../x', 'out']) {
    await assert.rejects(pin(path), /outside its volume/, path);
  }
});
