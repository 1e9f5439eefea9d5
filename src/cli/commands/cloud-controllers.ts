import { isIP } from 'node:net';
import {
  providerNames,
  readProvider,
  type OpenProvider,
  type ProviderName,
} from '../../cloud/providers/read-provider.ts';
import { ProviderConfigError } from '../../cloud/providers/provider-config.ts';
import { cloudControllerNames, runCloudControllers } from '../../cloud/run-cloud-controllers.ts';
import { createAccountClients } from '../../cluster/account-client.ts';
import { SetupError } from '../../cluster/setup-error.ts';
import type { Command } from '../command.ts';
import { readGivenFile } from '../read-given-file.ts';
import { componentFlags, runComponent } from '../run-component.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  description: [
    'Brings nodes, routes and load balancers in step with a cloud, for any Kubernetes API server. Of several copies one works,',
    'the one that holds the lease cloud-controller-manager in kube-system. A cluster that slipway up started gives addresses',
    'to Services of type LoadBalancer already. docs/cloud-providers.md tells the settings of each provider.',
  ].join('\n'),
  flags: {
    'cloud-provider': { value: providerNames.join('|'), help: 'The cloud (default local: a pool of addresses).' },
    'cloud-config': { value: 'FILE', help: 'Settings of the provider, YAML.' },
    'cluster-cidr': {
      value: 'RANGES',
      help: 'Ranges of all pods, with commas between: routes to them are made. Default: no routes.',
    },
    'configure-cloud-routes': { help: 'Make routes when the provider can (default true).' },
    controllers: {
      value: 'LIST',
      help: "Which ones: '*' for all, NAME for one, -NAME for not that one (default '*').",
    },
    'use-service-account-credentials': {
      help: 'Let each controller act as a service account of its own in kube-system (default true).',
    },
    ...componentFlags,
  },
  examples: {
    'slipway cloud-controllers --cloud-config pool.yaml': 'Addresses of a pool, announced on this machine.',
    'slipway cloud-controllers --cloud-provider hcloud --cluster-cidr 10.244.0.0/16':
      'Hetzner Cloud, token in $HCLOUD_TOKEN.',
  },
  async run(invocation) {
    const { flags } = invocation;
    const provider = flags.choice('cloud-provider', providerNames) ?? 'local';
    const names = readNames(flags.text('controllers'));
    const file = flags.text('cloud-config');
    const open = await readGivenProvider(provider, file);
    const ranges = readRanges(flags.text('cluster-cidr'));
    const clusterRanges = (flags.switched('configure-cloud-routes') ?? true) ? ranges : [];
    return await runComponent(invocation, {
      name: 'cloud-controller-manager',
      elected: true,
      async run(signal, context, access) {
        const separate = flags.switched('use-service-account-credentials') ?? true;
        const options = { ...access.client, userAgent: 'cloud-controller-manager' };
        const clients = separate ? createAccountClients(context.client, options) : undefined;
        try {
          await runCloudControllers(signal, context, {
            open,
            clusterRanges,
            ...(names === undefined ? {} : { names }),
            ...(clients === undefined ? {} : { clientOf: clients.of }),
          });
        } finally {
          clients?.close();
        }
      },
    });
  },
};

async function readGivenProvider(name: ProviderName, file: string | undefined): Promise<OpenProvider> {
  const text = file === undefined ? '' : await readGivenFile('--cloud-config', file);
  try {
    return await readProvider(name, text);
  } catch (error) {
    if (!(error instanceof ProviderConfigError)) throw error;
    throw new SetupError(file === undefined ? `${error.message}. Name a file with --cloud-config` : error.message);
  }
}

function readRanges(list: string | undefined): readonly string[] {
  const ranges = list === undefined ? [] : list.split(',');
  const wrong = ranges.find((range) => {
    const [address = '', prefix = ''] = range.split('/');
    return isIP(address) === 0 || !/^\d+$/.test(prefix) || Number(prefix) > (isIP(address) === 4 ? 32 : 128);
  });
  if (wrong === undefined) return ranges;
  throw new UsageError(`--cluster-cidr must have ranges such as 10.244.0.0/16: "${wrong}"`);
}

function readNames(list: string | undefined): readonly string[] | undefined {
  const names = list?.split(',');
  const known = cloudControllerNames.flat();
  const unknown = names?.find((name) => name !== '*' && !known.includes(name.replace(/^-/, '')));
  if (unknown === undefined) return names;
  throw new UsageError(`There is no controller "${unknown.replace(/^-/, '')}"; there are ${known.join(', ')}`);
}
