/** Every command in the order of the help. Loading one loads its file and what that needs, nothing else. */
import type { Command } from './command.ts';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly section: 'Cluster' | 'Use' | 'Components';
  load(): Promise<{ readonly command: Command }>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    summary: 'Start a cluster and keep it running',
    section: 'Cluster',
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'kubeconfig',
    summary: 'Print the kubeconfig, or where it lies',
    section: 'Use',
    load: () => import('./commands/kubeconfig.ts'),
  },
  {
    name: 'kubectl',
    summary: 'Run kubectl against the cluster',
    section: 'Use',
    load: () => import('./commands/kubectl.ts'),
  },
  {
    name: 'version',
    summary: 'Print the versions of Slipway, its engine and Kubernetes',
    section: 'Use',
    load: () => import('./commands/version.ts'),
  },
  {
    name: 'apiserver',
    summary: 'Run the API server alone',
    section: 'Components',
    load: () => import('./commands/apiserver.ts'),
  },
];
