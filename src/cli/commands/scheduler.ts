import { runScheduler } from '../../scheduler/scheduler.ts';
import type { Command } from '../command.ts';
import { componentFlags, runComponent } from '../run-component.ts';
import { schedulerConfiguration } from '../scheduler-configuration.ts';

export const command: Command = {
  description: [
    'Gives pods their nodes, for any Kubernetes API server. Of several copies one works, the one that holds the lease',
    'kube-scheduler in kube-system. A cluster that slipway up started has a scheduler already.',
  ].join('\n'),
  flags: {
    ...componentFlags,
    config: { value: 'FILE', help: 'A KubeSchedulerConfiguration: profiles, plugins, extenders.' },
  },
  examples: {
    'slipway scheduler --kubeconfig DIR/kubeconfigs/scheduler':
      'Schedule the pods of the cluster in the data directory DIR.',
    'slipway scheduler --config scheduler.yaml': 'Do so with the profiles and plugins of a file.',
  },
  async run(invocation) {
    const configuration = await schedulerConfiguration(invocation.flags.text('config'));
    return runComponent(invocation, {
      name: 'kube-scheduler',
      elected: configuration.leaderElect,
      run: (signal, context) => runScheduler(signal, context, { configuration }),
    });
  },
};
