import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubernetesVersion } from '../../apiserver/version.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  description: 'Kubernetes is the release whose API and behaviour this Slipway follows.',
  flags: {},
  examples: { 'slipway version': 'Print the versions.' },
  async run({ terminal }) {
    const path = join(import.meta.dirname, '..', '..', '..', 'package.json');
    const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
    terminal.write(`Slipway ${version}\nKubernetes ${kubernetesVersion}\nNode.js ${process.version}\n`);
    return 0;
  },
};
