import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { extract } from 'tar-stream';
import { writeImageArchive, type ImageRecipe } from './image-archive.ts';
import { parseLdd, programEntries } from './machine-images.ts';
import { pauseProgram, pauseRecipe } from './pause-image.ts';

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

interface TarEntry {
  readonly type: string;
  readonly mode: number;
  readonly link: string;
  readonly content: Buffer;
}

async function readTar(source: Readable): Promise<ReadonlyMap<string, TarEntry>> {
  const entries = new Map<string, TarEntry>();
  for await (const entry of source.pipe(extract())) {
    const { name, type, mode, linkname } = entry.header;
    entries.set(name, { type, mode, link: linkname ?? '', content: await buffer(entry) });
  }
  return entries;
}

test('writeImageArchive() writes an OCI layout whose digests hold, readable as docker-save too', async (t) => {
  const folder = await newFolder(t);
  const file = join(folder, 'image.tar');
  const recipe: ImageRecipe = {
    reference: 'slipway.local/app:1',
    entries: [{ path: '/app/greeting', content: 'hello' }],
    entrypoint: ['/bin/app'],
    command: ['--serve'],
    env: { COLOUR: 'blue' },
    user: '1000',
  };
  const id = await writeImageArchive(file, recipe);
  const archive = await readTar(createReadStream(file));
  const json = (path: string) => JSON.parse(archive.get(path)?.content.toString() ?? 'null');
  const blob = ({ digest }: { readonly digest: string }) => archive.get(`blobs/${digest.replace(':', '/')}`)?.content;
  for (const [path, { content }] of archive) {
    const digest = /^blobs\/sha256\/(.*)$/.exec(path)?.[1];
    if (digest !== undefined) assert.equal(createHash('sha256').update(content).digest('hex'), digest);
  }
  const [entry] = json('index.json').manifests;
  assert.equal(entry.annotations['io.containerd.image.name'], recipe.reference);
  const manifest = JSON.parse(String(blob(entry)));
  assert.equal(manifest.config.digest, id);
  const config = JSON.parse(String(blob(manifest.config)));
  assert.deepEqual(config.rootfs.diff_ids, [manifest.layers[0].digest]);
  assert.deepEqual(
    [config.config.Entrypoint, config.config.Cmd, config.config.User],
    [['/bin/app'], ['--serve'], '1000'],
  );
  assert.ok(config.config.Env.includes('COLOUR=blue'));
  assert.deepEqual(json('manifest.json')[0].RepoTags, [recipe.reference]);
  const layer = await readTar(Readable.from([blob(manifest.layers[0]) ?? Buffer.alloc(0)]));
  assert.deepEqual([...layer.keys()], ['app/', 'app/greeting']);
  assert.equal(String(layer.get('app/greeting')?.content), 'hello');
});

test('writeImageArchive() copies folders, follows the named link and keeps the others', async (t) => {
  const folder = await newFolder(t);
  const source = join(folder, 'source');
  await mkdir(join(source, 'inner'), { recursive: true });
  await writeFile(join(source, 'inner/run.sh'), '#!/bin/sh\n', { mode: 0o750 });
  await symlink('inner/run.sh', join(source, 'run'));
  await symlink(source, join(folder, 'alias'));
  const file = join(folder, 'image.tar');
  const entries = [
    { path: '/opt/app', source: join(folder, 'alias') },
    { path: '/bin/app', link: '/opt/app/run' },
    { path: '/tmp', folder: true, mode: 0o1777 } as const,
  ];
  await writeImageArchive(file, { reference: 'a.local/b:1', entries });
  const archive = await readTar(createReadStream(file));
  const [{ Layers }] = JSON.parse(String(archive.get('manifest.json')?.content));
  const layer = await readTar(Readable.from([archive.get(Layers[0])?.content ?? Buffer.alloc(0)]));
  const seen = [...layer].map(([path, { type, mode, link }]) => `${path} ${type} ${mode.toString(8)} ${link}`.trim());
  assert.deepEqual(seen, [
    'bin/ directory 755',
    'bin/app symlink 644 /opt/app/run',
    'opt/ directory 755',
    'opt/app/ directory 755',
    'opt/app/inner/ directory 755',
    'opt/app/inner/run.sh file 750',
    'opt/app/run symlink 644 inner/run.sh',
    'tmp/ directory 1777',
  ]);
});

test('writeImageArchive() gives the same bytes for the same recipe', async (t) => {
  const folder = await newFolder(t);
  const recipe = pauseRecipe('x64');
  assert.ok(recipe !== undefined);
  for (const name of ['one', 'two']) await writeImageArchive(join(folder, name), recipe);
  assert.ok((await readFile(join(folder, 'one'))).equals(await readFile(join(folder, 'two'))));
});

test('writeImageArchive() rejects when a file is missing, and leaves no layer behind', async (t) => {
  const folder = await newFolder(t);
  const entries = [{ path: '/gone', source: join(folder, 'gone') }];
  await assert.rejects(writeImageArchive(join(folder, 'x.tar'), { reference: 'a.local/b:1', entries }), /ENOENT/);
  await assert.rejects(readFile(join(folder, 'x.tar.layer')), /ENOENT/);
});

test('parseLdd() finds libraries and the loader, not what the kernel brings', () => {
  const printed = [
    '\tlinux-vdso.so.1 (0x00007ffd2a5f2000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0d1a000000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f0d1a3c5000)',
    '\tlibgone.so => not found',
  ];
  assert.deepEqual(parseLdd(printed.join('\n')), ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
});

test('programEntries() puts a program where it is wanted', async () => {
  const entries = await programEntries(process.execPath, '/bin/node');
  assert.deepEqual(entries[0], { path: '/bin/node', source: process.execPath });
});

test('pauseProgram() is an executable for the machines that it knows', () => {
  for (const [architecture, machine] of [
    ['x64', 62],
    ['arm64', 183],
  ] as const) {
    const program = pauseProgram(architecture);
    assert.equal(program?.toString('latin1', 0, 4), '\x7fELF');
    assert.equal(program?.readUInt16LE(18), machine);
    assert.equal(program?.readBigUInt64LE(96), BigInt(program?.length ?? 0));
  }
  assert.equal(pauseProgram('mips'), undefined);
});
