import { access } from 'node:fs/promises';
import { defaultDataDirectory } from '../../cluster/data-directory.ts';
import { withNodeRuntime } from '../../cluster/node-images.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import type { Image } from '../../kubelet/runtimes/runtime.ts';
import type { Command, Invocation } from '../command.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  parameters: 'load FILE | list',
  description: [
    'Brings images to the node of a running cluster without a registry, and lists what it has. FILE is an archive as',
    '"docker save" writes it, or an OCI layout in a tar file. Pods find a loaded image by its name, unless they ask to pull it',
    'always (imagePullPolicy, which is "Always" for the tag "latest").',
  ].join('\n'),
  flags: { 'data-dir': { value: 'DIR', help: `The cluster's data directory (default ${defaultDataDirectory()}).` } },
  examples: {
    'docker save my-app:1 -o my-app.tar && slipway image load my-app.tar': 'Bring an image from Docker.',
    'slipway image list': 'Show the images of the node.',
  },
  async run(invocation) {
    const [verb, file, ...more] = invocation.parameters;
    if (verb === 'list' && file === undefined) return await list(invocation);
    if (verb === 'load' && file !== undefined && more.length === 0) return await load(invocation, file);
    throw new UsageError('Say what to do: slipway image load FILE, or slipway image list');
  },
};

async function load({ flags, terminal }: Invocation, file: string): Promise<number> {
  await access(file).catch((error: Error) => {
    throw new SetupError(`Cannot read the image archive: ${error.message}`, { cause: error });
  });
  const references = await withNodeRuntime(directoryOf(flags), (runtime) => runtime.images.load(file));
  if (references.length === 0) throw new SetupError(`"${file}" holds no image with a name`);
  for (const reference of references) terminal.write(`${terminal.style('green', '✔')} ${reference}\n`);
  return 0;
}

async function list({ flags, terminal }: Invocation): Promise<number> {
  const images = await withNodeRuntime(directoryOf(flags), (runtime) => runtime.images.list());
  const rows = images.flatMap((image) => names(image).map((name) => [name, image.id.slice(7, 19), size(image)]));
  const table = [['IMAGE', 'ID', 'SIZE'], ...rows.toSorted(([a = ''], [b = '']) => a.localeCompare(b))];
  const width = Math.max(...table.map(([name = '']) => name.length));
  for (const [name = '', id = '', bytes = ''] of table) {
    terminal.write(`${name.padEnd(width)}   ${id.padEnd(12)}   ${bytes}\n`);
  }
  return 0;
}

function directoryOf(flags: Invocation['flags']): string {
  return flags.text('data-dir') ?? defaultDataDirectory();
}

function names({ tags, digests }: Image): readonly string[] {
  if (tags.length > 0) return tags;
  return digests.length > 0 ? digests.slice(0, 1) : ['<none>'];
}

function size({ sizeBytes }: Image): string {
  return sizeBytes < 1e6 ? `${(sizeBytes / 1e3).toFixed(1)} kB` : `${(sizeBytes / 1e6).toFixed(1)} MB`;
}
