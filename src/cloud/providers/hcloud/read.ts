/**
 * The settings of the provider for Hetzner Cloud:
 *
 *   tokenFile:    /etc/slipway/hcloud-token   read again for each request; default: the environment's HCLOUD_TOKEN
 *   network:      cluster                     the private network of the nodes, name or number; none: no routes
 *   location:     fsn1                        of load balancers; or networkZone: eu-central
 *   loadBalancerType: lb11
 *   usePrivateIp: true                        load balancers reach nodes through the network
 *   endpoint:     https://api.hetzner.cloud/v1
 */
import { readFile } from 'node:fs/promises';
import type { CloudProvider } from '../../provider.ts';
import type { ProviderContext } from '../../run-cloud-controllers.ts';
import { ProviderConfigError, type ProviderConfig } from '../provider-config.ts';
import type { OpenProvider } from '../read-provider.ts';
import { HcloudApi } from './api.ts';
import { hcloudInstances } from './instances.ts';
import { HcloudLoadBalancers } from './load-balancers.ts';
import type { Network } from './resources.ts';
import { hcloudRoutes } from './routes.ts';

interface Settings {
  readonly endpoint: string;
  readonly token: () => Promise<string>;
  readonly network: string | undefined;
  readonly location: string | undefined;
  readonly networkZone: string | undefined;
  readonly type: string;
  readonly usePrivateIp: boolean;
}

export function readHcloudProvider(config: ProviderConfig): OpenProvider {
  const tokenFile = config.text('tokenFile');
  const settings = {
    endpoint: (config.text('endpoint') ?? 'https://api.hetzner.cloud/v1').replace(/\/+$/, ''),
    network: config.text('network'),
    location: config.text('location'),
    networkZone: config.text('networkZone'),
    type: config.text('loadBalancerType') ?? 'lb11',
    usePrivateIp: config.switched('usePrivateIp') ?? false,
  };
  config.end();
  if (settings.usePrivateIp && settings.network === undefined) {
    throw new ProviderConfigError('The cloud configuration must give "network" for "usePrivateIp"');
  }
  const token = tokenSource(tokenFile, process.env['HCLOUD_TOKEN']);
  return (context) => openHcloud({ ...settings, token }, context);
}

function tokenSource(file: string | undefined, given: string | undefined): () => Promise<string> {
  if (file !== undefined) return async () => (await readFile(file, 'utf8')).trim();
  if (given !== undefined && given !== '') return async () => given;
  throw new ProviderConfigError(
    'Hetzner Cloud asks for a token: set $HCLOUD_TOKEN, or "tokenFile" in the cloud configuration',
  );
}

function openHcloud(settings: Settings, { clock, random, signal }: ProviderContext): CloudProvider {
  const { endpoint, token, location, networkZone, type, usePrivateIp } = settings;
  const api = new HcloudApi({ endpoint, token, clock, random });
  const chosen = settings.network === undefined ? undefined : networkFinder(api, settings.network, signal);
  const network = chosen ?? (async () => undefined);
  const defaults = { location, networkZone, type, usePrivateIp };
  return {
    name: 'hcloud',
    instances: hcloudInstances(api, network),
    ...(chosen === undefined ? {} : { routes: hcloudRoutes(api, chosen) }),
    loadBalancers: new HcloudLoadBalancers(api, { defaults, network }),
    close: async () => undefined,
  };
}

/** A name is looked up once; a number is taken as it is. */
function networkFinder(api: HcloudApi, wanted: string, signal: AbortSignal): () => Promise<number> {
  let found = /^\d+$/.test(wanted) ? Number(wanted) : undefined;
  return async () => {
    if (found !== undefined) return found;
    const networks = await api.list<Network>(`/networks?name=${encodeURIComponent(wanted)}`, 'networks', signal);
    found = networks.find(({ name }) => name === wanted)?.id;
    if (found === undefined) throw new Error(`there is no network "${wanted}" in the project`);
    return found;
  };
}
