import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dataDirectoryLayout, defaultDataDirectory } from '../../cluster/data-directory.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import { clientTool } from '../client-tools.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  parameters: '[--data-dir DIR] [kubectl arguments …]',
  description: [
    'Takes the kubectl on the PATH, else the one among the development dependencies of a checkout, and points it to the',
    'cluster in the data directory, or to the one that KUBECONFIG names. Everything else after "kubectl" is kubectl\'s own.',
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
    const kubeconfig = await findKubeconfig(hasDirectory ? second : undefined, process.env['KUBECONFIG']);
    const args = hasDirectory ? others : parameters;
    const status = (await run('kubectl', args, kubeconfig)) ?? (await runBundled(args, kubeconfig));
    if (status !== undefined) return status;
    throw new SetupError(
      'Cannot run kubectl: it is not on the PATH. Install it as https://kubernetes.io/docs/tasks/tools says, then try again',
    );
  },
};

async function runBundled(args: readonly string[], kubeconfig: string): Promise<number | undefined> {
  const program = await clientTool('kubectl');
  return program === undefined ? undefined : await run(program, args, kubeconfig);
}

/** The program's exit status, or undefined when there is no such program. */
function run(program: string, args: readonly string[], kubeconfig: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, KUBECONFIG: kubeconfig } });
    // A terminal sends Ctrl-C to kubectl itself; main.ts keeps this process alive until kubectl has ended.
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
    child.on('exit', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** The directory that was named wins, then what the user has set for every tool, then the usual directory. */
async function findKubeconfig(directory: string | undefined, chosen: string | undefined): Promise<string> {
  if (directory === undefined && chosen !== undefined && chosen !== '') return chosen;
  return kubeconfigPath(directory ?? defaultDataDirectory());
}

async function kubeconfigPath(directory: string): Promise<string> {
  const path = dataDirectoryLayout(directory).kubeconfig;
  await access(path).catch(() => {
    throw new SetupError(
      `Cannot find the cluster: "${path}" does not exist. Start one with slipway up, or name its data directory with --data-dir`,
    );
  });
  return path;
}
