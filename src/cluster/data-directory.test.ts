import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDataDirectory } from './data-directory.ts';
import { SetupError } from './setup-error.ts';

async function temporary(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

function setupError(pattern: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof SetupError && pattern.test(error.message);
}

test('openDataDirectory() makes the directory and gives it back after release', async (t) => {
  const path = join(await temporary(t), 'new', 'data');
  const first = await openDataDirectory(path);
  assert.equal(first.kubeconfig, join(path, 'kubeconfig'));
  first.release();
  const second = await openDataDirectory(path);
  second.release();
});

const holderProgram = `
  const { openDataDirectory } = await import(process.argv[1]);
  await openDataDirectory(process.argv[2]);
  process.stdout.write('held');
  setInterval(() => undefined, 1000);
`;

test('openDataDirectory() says which process holds it, and takes it once that was killed', async (t) => {
  const path = await temporary(t);
  const module = new URL('./data-directory.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', holderProgram, module, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await assert.rejects(
    openDataDirectory(path),
    setupError(new RegExp(`in use by process ${child.pid}\\. Stop that one`)),
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  const taken = await openDataDirectory(path);
  taken.release();
});

test('openDataDirectory() refuses what it cannot use, with the way out', async (t) => {
  const path = await temporary(t);
  const newer = join(path, 'newer');
  (await openDataDirectory(newer)).release();
  await writeFile(join(newer, 'format'), '2\n');
  await assert.rejects(openDataDirectory(newer), setupError(/its format 2 is newer than 1/));
  await writeFile(join(newer, 'format'), 'one\n');
  await assert.rejects(openDataDirectory(newer), setupError(/its file "format" says "one"/));
  await writeFile(join(path, 'file'), 'text');
  await assert.rejects(openDataDirectory(join(path, 'file')), setupError(/it is a file/));
  await assert.rejects(openDataDirectory(path), setupError(/has files that are not Slipway's/));
});
