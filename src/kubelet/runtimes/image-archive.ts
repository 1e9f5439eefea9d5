/**
 * Makes container images from files of this machine, without a registry or a build tool: one uncompressed layer in an
 * OCI image layout, with the `manifest.json` of docker-save beside it, so that containerd, Docker and skopeo all read
 * the file. The same input gives the same bytes.
 *
 *   archive.tar ─┬ oci-layout, index.json ──► blobs/sha256/<manifest> ──► <config>, <layer>
 *                └ manifest.json ─────────────────────────────────────────┘
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack, type Header, type Pack } from 'tar-stream';

/**
 * One path of an image: copied from this machine (folders with all that is in them), given as text, a symbolic link, or
 * an empty folder.
 */
export type ImageEntry =
  | { readonly path: string; readonly source: string }
  | { readonly path: string; readonly content: string | Buffer; readonly mode?: number }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly folder: true; readonly mode?: number };

export interface ImageRecipe {
  /** Such as `slipway.local/pause:1`. */
  readonly reference: string;
  readonly entries: readonly ImageEntry[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly user?: string;
}

const epoch = new Date(0);
const layerMediaType = 'application/vnd.oci.image.layer.v1.tar';
const configMediaType = 'application/vnd.oci.image.config.v1+json';
const manifestMediaType = 'application/vnd.oci.image.manifest.v1+json';

/** Writes the archive and answers the image's id (the digest of its configuration). */
export async function writeImageArchive(file: string, recipe: ImageRecipe): Promise<string> {
  const layerFile = `${file}.layer`;
  try {
    const layer = await writeLayer(layerFile, recipe.entries);
    const config = blob(configMediaType, imageConfig(recipe, layer.digest));
    const manifest = blob(manifestMediaType, {
      schemaVersion: 2,
      mediaType: manifestMediaType,
      config: config.descriptor,
      layers: [{ mediaType: layerMediaType, digest: layer.digest, size: layer.size }],
    });
    await writeTar(file, async (tar) => {
      await addBuffer(tar, 'oci-layout', json({ imageLayoutVersion: '1.0.0' }));
      await addBuffer(tar, 'index.json', json(index(recipe.reference, manifest.descriptor)));
      await addBuffer(
        tar,
        'manifest.json',
        json(dockerManifest(recipe.reference, config.path, blobPath(layer.digest))),
      );
      await addBuffer(tar, config.path, config.bytes);
      await addBuffer(tar, manifest.path, manifest.bytes);
      await addFile(tar, header({ name: blobPath(layer.digest), size: layer.size, mode: 0o644 }), layerFile);
    });
    return config.descriptor.digest;
  } finally {
    await rm(layerFile, { force: true });
  }
}

function imageConfig(recipe: ImageRecipe, layerDigest: string): object {
  return {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created: epoch.toISOString(),
    config: {
      User: recipe.user,
      Env: Object.entries({ PATH: defaultPath, ...recipe.env }).map(([name, value]) => `${name}=${value}`),
      Entrypoint: recipe.entrypoint,
      Cmd: recipe.command,
      WorkingDir: recipe.workingDirectory,
    },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
  };
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What container images call the architectures of Node. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

function index(reference: string, manifest: object): object {
  const annotations = { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference };
  return { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
}

function dockerManifest(reference: string, configPath: string, layerPath: string): object {
  return [{ Config: configPath, RepoTags: [reference], Layers: [layerPath] }];
}

function blob(mediaType: string, value: object) {
  const bytes = json(value);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { bytes, path: blobPath(digest), descriptor: { mediaType, digest, size: bytes.length } };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

async function writeLayer(file: string, entries: readonly ImageEntry[]) {
  await writeTar(file, async (tar) => {
    const folders = new Set<string>();
    for (const entry of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) await addEntry(tar, entry, folders);
  });
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { digest: `sha256:${hash.digest('hex')}`, size: (await stat(file)).size };
}

async function writeTar(file: string, fill: (tar: Pack) => Promise<void>): Promise<void> {
  const tar = pack();
  const output = createWriteStream(file);
  const written = pipeline(tar, output);
  try {
    await fill(tar);
    tar.finalize();
  } catch (error) {
    tar.destroy();
    await written.catch(() => undefined);
    throw error;
  }
  await written;
}

async function addEntry(tar: Pack, entry: ImageEntry, folders: Set<string>): Promise<void> {
  const name = entry.path.replace(/^\/+/, '');
  await addParents(tar, name, folders);
  if ('link' in entry) return addBuffer(tar, name, Buffer.alloc(0), { type: 'symlink', linkname: entry.link });
  if ('folder' in entry) return addFolder(tar, name, entry.mode ?? 0o755, folders);
  if ('content' in entry) return addBuffer(tar, name, Buffer.from(entry.content), { mode: entry.mode ?? 0o644 });
  await addSource(tar, name, entry.source, folders, true);
}

/**
 * Copies a file or a folder of this machine. A link named by the caller is followed; links inside a folder stay links.
 */
async function addSource(
  tar: Pack,
  name: string,
  source: string,
  folders: Set<string>,
  follow: boolean,
): Promise<void> {
  const info = follow ? await stat(source) : await lstat(source);
  if (info.isSymbolicLink()) {
    return addBuffer(tar, name, Buffer.alloc(0), { type: 'symlink', linkname: await readlink(source) });
  }
  const mode = info.mode & 0o7777;
  if (info.isDirectory()) {
    await addFolder(tar, name, mode, folders);
    for (const child of (await readdir(source)).toSorted()) {
      await addSource(tar, join(name, child), join(source, child), folders, false);
    }
  } else if (info.isFile()) {
    await addFile(tar, header({ name, size: info.size, mode }), source);
  }
}

async function addParents(tar: Pack, name: string, folders: Set<string>): Promise<void> {
  const parts = name.split('/').slice(0, -1);
  for (let i = 1; i <= parts.length; i++) await addFolder(tar, parts.slice(0, i).join('/'), 0o755, folders);
}

async function addFolder(tar: Pack, name: string, mode: number, folders: Set<string>): Promise<void> {
  if (name === '' || folders.has(name)) return;
  folders.add(name);
  await addBuffer(tar, `${name}/`, Buffer.alloc(0), { type: 'directory', mode });
}

function addBuffer(tar: Pack, name: string, content: Buffer, more: Partial<EntryHeader> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry(header({ name, size: content.length, mode: 0o644, ...more }), content, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

async function addFile(tar: Pack, entry: EntryHeader, source: string): Promise<void> {
  const { promise: added, resolve, reject } = Promise.withResolvers<void>();
  const sink = tar.entry(entry, (error) => (error ? reject(error) : resolve()));
  // A file that grows meanwhile must not overrun the size that the header promised.
  const bytes = entry.size === 0 ? [] : createReadStream(source, { end: entry.size - 1 });
  for await (const chunk of bytes) if (!sink.write(chunk)) await once(sink, 'drain');
  sink.end(undefined);
  await added;
}

type EntryHeader = Partial<Header> & Pick<Header, 'name' | 'size'>;

function header(entry: EntryHeader): EntryHeader {
  return { uid: 0, gid: 0, mtime: epoch, ...entry };
}
