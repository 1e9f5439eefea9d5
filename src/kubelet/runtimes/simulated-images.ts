/**
 * Images of the simulated runtime. A pull always succeeds and fetches nothing, except from hosts below `.invalid` (the
 * domain that never exists, RFC 2606). An archive that is loaded brings its real names and command.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import type { Clock } from '../../base/clock.ts';
import { RuntimeError, type Image, type ImageService } from './runtime.ts';

export interface SimulatedImage extends Image {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: readonly string[];
}

export interface SimulatedImages extends ImageService {
  find(image: string): SimulatedImage | undefined;
}

interface ImageConfigFile {
  readonly config?: {
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Env?: readonly string[] | null;
    readonly User?: string;
  };
}

const noCommand = { entrypoint: [], command: [], env: [] };
const simulatedSizeBytes = 4 * 1024 * 1024;
const metadataLimitBytes = 4 * 1024 * 1024;

export function simulatedImages(clock: Clock): SimulatedImages {
  const images = new Map<string, SimulatedImage>();
  const find = (image: string): SimulatedImage | undefined => {
    const name = normalize(image);
    return (
      images.get(image) ??
      [...images.values()].find(({ tags, digests }) => tags.includes(name) || digests.includes(name))
    );
  };
  const add = (image: SimulatedImage): void => {
    for (const other of images.values()) {
      const tags = other.tags.filter((tag) => !image.tags.includes(tag));
      if (tags.length < other.tags.length) images.set(other.id, { ...other, tags });
    }
    images.set(image.id, { ...image, tags: [...(images.get(image.id)?.tags ?? []), ...image.tags] });
  };
  return {
    find,
    list: async () => [...images.values()],
    status: async (image) => find(image),
    async pull(image) {
      const name = normalize(image);
      if (/^[^/]*\.invalid[:/]/.test(name)) {
        const text = `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`;
        throw new RuntimeError('NotFound', text);
      }
      const known = find(image);
      if (known !== undefined) return known.id;
      const id = digest(name);
      const repository = name.replace(/[:@][^/]*$/, '');
      const tags = name.includes('@') ? [] : [name];
      const digests = [`${repository}@${digest(`manifest of ${name}`)}`];
      add({ id, tags, digests, sizeBytes: simulatedSizeBytes, uid: 0, username: '', ...noCommand });
      return id;
    },
    async load(file) {
      const loaded = await readArchive(file);
      loaded.forEach(add);
      return loaded.flatMap(({ tags }) => tags);
    },
    async remove(image) {
      const found = find(image);
      if (found !== undefined) images.delete(found.id);
    },
    async filesystems() {
      const usedBytes = [...images.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      return [{ timestampMs: clock.now(), mountpoint: '/', usedBytes, inodesUsed: images.size }];
    },
  };
}

/** `nginx` is short for `docker.io/library/nginx:latest`. */
function normalize(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasHost ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
  return /[:@][^/]*$/.test(path) ? path : `${path}:latest`;
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Reads the names and configurations of an archive as `docker save` and our own writer make it. */
async function readArchive(file: string): Promise<readonly SimulatedImage[]> {
  const documents = new Map<string, Buffer>();
  for await (const entry of createReadStream(file).pipe(extract())) {
    const isSmall = entry.header.type === 'file' && entry.header.size <= metadataLimitBytes;
    if (isSmall) documents.set(entry.header.name, await buffer(entry));
    else entry.resume();
  }
  const manifest = documents.get('manifest.json');
  if (manifest === undefined)
    throw new RuntimeError('InvalidArgument', `Cannot load ${file}: it holds no manifest.json`);
  const entries = JSON.parse(manifest.toString()) as readonly {
    readonly Config: string;
    readonly RepoTags?: readonly string[] | null;
  }[];
  return entries.map(({ Config, RepoTags }) => {
    const text = documents.get(Config);
    if (text === undefined) throw new RuntimeError('InvalidArgument', `Cannot load ${file}: ${Config} is missing`);
    const { config = {} } = JSON.parse(text.toString()) as ImageConfigFile;
    const user = config.User?.split(':')[0] ?? '';
    return {
      id: digest(text.toString()),
      tags: (RepoTags ?? []).map(normalize),
      digests: [],
      sizeBytes: simulatedSizeBytes,
      uid: /^\d+$/.test(user) ? Number(user) : undefined,
      username: /^\d*$/.test(user) ? '' : user,
      entrypoint: config.Entrypoint ?? [],
      command: config.Cmd ?? [],
      env: config.Env ?? [],
    };
  });
}
