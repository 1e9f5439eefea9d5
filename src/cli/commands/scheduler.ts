import { runScheduler } from '../../scheduler/scheduler.ts';
import type { Command } from '../command.ts';
import { componentFlags, runComponent } from '../run-component.ts';

export const command: Command = {
  description: [
    'Gives pods their nodes, for any Kubernetes API server. Of several copies one works, the one that holds the lease',
    'kube-scheduler in kube-system. A cluster that slipway up started has a scheduler already.',
  ].join('\n'),
  flags: componentFlags,
  examples: {
    'slipway scheduler --kubeconfig DIR/kubeconfigs/scheduler':
      'Schedule the pods of the cluster in the data directory DIR.',
  },
  run: (invocation) =>
    runComponent(invocation, {
      name: 'kube-scheduler',
      elected: true,
      run: (signal, context) => runScheduler(signal, context),
    }),
};
