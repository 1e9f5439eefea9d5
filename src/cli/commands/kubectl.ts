import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { dataDirectoryLayout, defaultDataDirectory } from '../../cluster/data-directory.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import { findProgram } from '../../cluster/system-packages.ts';
import { clientTool } from '../client-tools.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  parameters: '[--data-dir DIR] [kubectl arguments …]',
  description: [
    'Takes the kubectl on the PATH, else the one among the development dependencies of a checkout, and points it to the',
    'cluster in the data directory. Everything else after "kubectl" is kubectl\'s own.',
  ].join('\n'),
  flags: {},
  examples: {
    'slipway kubectl get pods -A': 'List every pod.',
    'slipway kubectl explain deployment.spec': 'Read what a field means.',
  },
  passThrough: true,
  async run({ parameters }) {
    const [first, second, ...others] = parameters;
    const hasDirectory = first === '--data-dir' && second !== undefined;
    const kubeconfig = await kubeconfigPath(hasDirectory ? second : defaultDataDirectory());
    const program = (await findProgram('kubectl')) ?? (await clientTool('kubectl'));
    if (program === undefined) {
      throw new SetupError(
        'Cannot run kubectl: it is not on the PATH. Install it as https://kubernetes.io/docs/tasks/tools says, then try again',
      );
    }
    const child = spawn(program, hasDirectory ? others : parameters, {
      stdio: 'inherit',
      env: { ...process.env, KUBECONFIG: kubeconfig },
    });
    // A terminal sends Ctrl-C to kubectl itself; main.ts keeps this process alive until kubectl has ended.
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return status ?? (signal === 'SIGINT' ? 130 : 1);
  },
};

async function kubeconfigPath(directory: string): Promise<string> {
  const path = dataDirectoryLayout(directory).kubeconfig;
  await access(path).catch(() => {
    throw new SetupError(
      `Cannot find the cluster: "${path}" does not exist. Start one with slipway up, or name its data directory with --data-dir`,
    );
  });
  return path;
}
