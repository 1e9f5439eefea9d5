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
    name: 'demo',
    summary: 'Deploy an example and use it',
    section: 'Cluster',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'backup',
    summary: 'Write the state of a running cluster to a file',
    section: 'Cluster',
    load: () => import('./commands/backup.ts'),
  },
  {
    name: 'restore',
    summary: 'Make a cluster of a backup',
    section: 'Cluster',
    load: () => import('./commands/restore.ts'),
  },
  {
    name: 'migrate',
    summary: 'Move the objects between the data directory and etcd',
    section: 'Cluster',
    load: () => import('./commands/migrate.ts'),
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
    name: 'image',
    summary: 'Bring images to the node, or list them',
    section: 'Use',
    load: () => import('./commands/image.ts'),
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
  {
    name: 'etcd',
    summary: 'Serve a store by the etcd v3 API',
    section: 'Components',
    load: () => import('./commands/etcd.ts'),
  },
  {
    name: 'controllers',
    summary: 'Run the controllers alone',
    section: 'Components',
    load: () => import('./commands/controllers.ts'),
  },
  {
    name: 'cloud-controllers',
    summary: 'Run the controllers of a cloud alone',
    section: 'Components',
    load: () => import('./commands/cloud-controllers.ts'),
  },
  {
    name: 'scheduler',
    summary: 'Run the scheduler alone',
    section: 'Components',
    load: () => import('./commands/scheduler.ts'),
  },
  {
    name: 'kubelet',
    summary: 'Run the kubelet of a node alone',
    section: 'Components',
    load: () => import('./commands/kubelet.ts'),
  },
  {
    name: 'simulate',
    summary: 'Add nodes that only pretend to a cluster',
    section: 'Components',
    load: () => import('./commands/simulate.ts'),
  },
  {
    name: 'proxy',
    summary: 'Run the service proxy of a node alone',
    section: 'Components',
    load: () => import('./commands/proxy.ts'),
  },
  {
    name: 'dns',
    summary: 'Run the DNS of a cluster alone',
    section: 'Components',
    load: () => import('./commands/dns.ts'),
  },
  {
    name: 'local-path',
    summary: 'Serve claims with folders of a node',
    section: 'Components',
    load: () => import('./commands/local-path.ts'),
  },
];
