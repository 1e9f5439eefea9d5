import { hostname } from 'node:os';
import { findNodeAddress } from '../../cluster/node-address.ts';
import { runProxy } from '../../proxy/proxy.ts';
import type { Command } from '../command.ts';
import { componentFlags, runComponent } from '../run-component.ts';

export const command: Command = {
  description: [
    "Makes Services reachable on this machine, for any Kubernetes API server: writes the kernel's nftables rules and takes",
    'them away at its end. Needs root and the program nft. A node that slipway up started has its proxy already.',
  ].join('\n'),
  flags: {
    'cluster-cidr': { value: 'CIDR', help: 'Addresses of pods (default 10.244.0.0/16).' },
    'hostname-override': { value: 'NAME', help: "The node's name (default this machine's)." },
    'node-ip': { value: 'IP', help: 'Address that serves node ports (default that of the default route).' },
    ...componentFlags,
  },
  examples: { 'slipway proxy --kubeconfig DIR/kubeconfigs/proxy': 'Serve the cluster in the data directory DIR.' },
  async run(invocation) {
    const { flags } = invocation;
    const options = {
      nodeName: flags.text('hostname-override') ?? hostname().toLowerCase(),
      nodeIps: [flags.text('node-ip') ?? (await findNodeAddress())],
      clusterCidr: flags.text('cluster-cidr') ?? '10.244.0.0/16',
      tableName: 'slipway-proxy',
    };
    return await runComponent(invocation, {
      name: 'kube-proxy',
      elected: false,
      run: (signal, context) => runProxy(signal, context, options),
    });
  },
};
