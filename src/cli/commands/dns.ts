import { runDns } from '../../dns/dns.ts';
import type { Command } from '../command.ts';
import { componentFlags, runComponent } from '../run-component.ts';

export const command: Command = {
  description: [
    'Answers DNS queries for the Services and pods of any Kubernetes cluster, and hands all others to the resolvers of this',
    'machine. A cluster with real nodes that slipway up started has its DNS already.',
  ].join('\n'),
  flags: {
    'bind-address': { value: 'IP,…', help: 'Addresses to listen on (default 127.0.0.1).' },
    port: { value: 'N', help: 'Port to listen on, UDP and TCP (default 53).' },
    'cluster-domain': { value: 'NAME', help: "What the cluster's names end in (default cluster.local)." },
    ...componentFlags,
  },
  examples: {
    'slipway dns --port 5353 --kubeconfig DIR/kubeconfigs/dns': 'Answer for the cluster in the data directory DIR.',
  },
  async run(invocation) {
    const { flags } = invocation;
    const options = {
      addresses: (flags.text('bind-address') ?? '127.0.0.1').split(','),
      port: flags.number('port', 1, 65_535),
      clusterDomain: flags.text('cluster-domain'),
    };
    return await runComponent(invocation, {
      name: 'coredns',
      elected: false,
      run: (signal, context) => runDns(signal, context, options),
    });
  },
};
