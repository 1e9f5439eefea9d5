import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram, missingPackages } from './system-packages.ts';

test('findProgram() finds programs by name and by path, and nothing that cannot be run', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-programs-'));
  t.after(() => rm(folder, { recursive: true }));
  const program = join(folder, 'program');
  await writeFile(program, '#!/bin/sh\n');
  assert.equal(await findProgram(program), undefined);
  await chmod(program, 0o755);
  assert.equal(await findProgram(program), program);
  assert.match((await findProgram('node')) ?? '', /node/);
  assert.equal(await findProgram('no-such-program-anywhere'), undefined);
});

test('missingPackages() gives the packages whose program is not there, in order', async () => {
  const absent = { name: 'absent', provides: '/nonexistent/program' };
  const present = { name: 'nodejs', provides: process.execPath };
  assert.deepEqual(await missingPackages([present, absent]), [absent]);
});
