import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Registry } from '../../base/metrics.ts';
import type { KeyPair } from '../../base/certificate.ts';
import { runScheduler } from '../../scheduler/scheduler.ts';
import type { Command, Invocation } from '../command.ts';
import { componentFlags, runComponent } from '../run-component.ts';
import { schedulerConfiguration } from '../scheduler-configuration.ts';
import { UsageError } from '../usage-error.ts';

const defaultPort = 10_259;

export const command: Command = {
  description: [
    'Gives pods their nodes, for any Kubernetes API server. Of several copies one works, the one that holds the lease',
    'kube-scheduler in kube-system. A cluster that slipway up started has a scheduler already.',
  ].join('\n'),
  flags: {
    ...componentFlags,
    config: { value: 'FILE', help: 'A KubeSchedulerConfiguration: profiles, plugins, extenders.' },
    'secure-port': { value: 'N', help: `Port for /healthz and /metrics; 0 serves none (default ${defaultPort}).` },
    'bind-address': { value: 'ADDRESS', help: 'Address of the secure port (default 0.0.0.0).' },
    'tls-cert-file': { value: 'FILE', help: 'Certificate of the secure port; one is made unless given.' },
    'tls-private-key-file': { value: 'FILE', help: 'Its key.' },
  },
  examples: {
    'slipway scheduler --kubeconfig DIR/kubeconfigs/scheduler':
      'Schedule the pods of the cluster in the data directory DIR.',
    'slipway scheduler --config scheduler.yaml': 'Do so with the profiles and plugins of a file.',
  },
  async run(invocation) {
    const { flags } = invocation;
    const configuration = await schedulerConfiguration(flags.text('config'));
    const port = flags.number('secure-port', 0, 65_535) ?? defaultPort;
    const address = flags.text('bind-address') ?? '0.0.0.0';
    const credentials = givenCredentials(invocation);
    let metrics = new Registry();
    return runComponent(invocation, {
      name: 'kube-scheduler',
      elected: configuration.leaderElect,
      serving: port === 0 ? undefined : { port, address, credentials, metricsText: () => metrics.text() },
      run(signal, context) {
        metrics = new Registry();
        return runScheduler(signal, context, { configuration, metrics, host: hostname() });
      },
    });
  },
};

function givenCredentials({ flags }: Invocation): KeyPair | undefined {
  const [certificate, key] = [flags.text('tls-cert-file'), flags.text('tls-private-key-file')];
  if ((certificate === undefined) !== (key === undefined)) {
    throw new UsageError('--tls-cert-file and --tls-private-key-file go together');
  }
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}
