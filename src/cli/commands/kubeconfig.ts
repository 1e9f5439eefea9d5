import { readFile } from 'node:fs/promises';
import { dataDirectoryLayout, defaultDataDirectory } from '../../cluster/data-directory.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  description: 'The kubeconfig is written when the cluster starts and gives full rights: keep it to yourself.',
  flags: {
    'data-dir': { value: 'DIR', help: `The cluster's data directory (default ${defaultDataDirectory()}).` },
    path: { help: 'Print only where the file lies.' },
  },
  examples: {
    'export KUBECONFIG=$(slipway kubeconfig --path)': 'Let kubectl and Helm in this shell use the cluster.',
    'slipway kubeconfig > ~/.kube/config': 'Make it the default cluster of this user.',
  },
  async run({ flags, terminal }) {
    const directory = flags.text('data-dir') ?? defaultDataDirectory();
    const path = dataDirectoryLayout(directory).kubeconfig;
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      const reason = error.code === 'ENOENT' ? 'no cluster was started there yet' : error.message;
      throw new SetupError(
        `Cannot read "${path}": ${reason}. Start one with slipway up, or name its data directory with --data-dir`,
      );
    });
    terminal.write(flags.has('path') ? `${path}\n` : text);
    return 0;
  },
};
