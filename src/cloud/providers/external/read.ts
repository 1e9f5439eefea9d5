/**
 * The settings of the provider that is a program of its own, and the provider port over its HTTP interface, which
 * docs/cloud-providers.md tells:
 *
 *   url:       unix:///run/my-provider.sock   or https://…, http://…
 *   tokenFile: /etc/slipway/provider-token    sent as a bearer token
 *   certificateAuthorityFile: /etc/slipway/provider-ca.pem
 */
import { readFile } from 'node:fs/promises';
import type { CloudProvider, Instances, LoadBalancers, Routes } from '../../provider.ts';
import { ProviderConfigError, requireSetting, type ProviderConfig } from '../provider-config.ts';
import type { OpenProvider } from '../read-provider.ts';
import { readInstance, readRoutes, readStatus } from './answers.ts';
import { Endpoint } from './endpoint.ts';

export async function readExternalProvider(config: ProviderConfig): Promise<OpenProvider> {
  const text = config.text('url');
  const tokenFile = config.text('tokenFile');
  const authorityFile = config.text('certificateAuthorityFile');
  config.end();
  const url = readUrl(requireSetting('url', text));
  const authority = authorityFile === undefined ? undefined : await readAuthority(authorityFile);
  const endpoint = new Endpoint({ url, tokenFile, authority });
  return ({ signal }) => openExternal(endpoint, signal);
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && ['http:', 'https:', 'unix:'].includes(url.protocol)) return url;
  throw new ProviderConfigError(
    `"url" in the cloud configuration must begin with unix://, https:// or http://: "${text}"`,
  );
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ProviderConfigError(`Cannot read "certificateAuthorityFile": ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The provider says first which parts it has. Until it answers, the controllers do not start. */
async function openExternal(endpoint: Endpoint, started: AbortSignal): Promise<CloudProvider> {
  const has = await endpoint.ask('/v1/capabilities', {}, started);
  return {
    name: typeof has['name'] === 'string' ? has['name'] : 'external',
    ...(has['instances'] === true ? { instances: externalInstances(endpoint) } : {}),
    ...(has['routes'] === true ? { routes: externalRoutes(endpoint) } : {}),
    ...(has['loadBalancers'] === true ? { loadBalancers: externalLoadBalancers(endpoint) } : {}),
    close: async () => undefined,
  };
}

function externalInstances(endpoint: Endpoint): Instances {
  return {
    async find(node, signal) {
      const answer = await endpoint.ask('/v1/instances/find', { node }, signal);
      // Only a clear "there is none" removes a node: an answer that forgot to say is none.
      return readInstance(answer['instance']);
    },
  };
}

function externalRoutes(endpoint: Endpoint): Routes {
  return {
    async list(nodes, signal) {
      return readRoutes((await endpoint.ask('/v1/routes/list', { nodes }, signal))['routes']);
    },
    async create(node, destination, signal) {
      await endpoint.ask('/v1/routes/create', { node, destination }, signal);
    },
    async remove(route, signal) {
      await endpoint.ask('/v1/routes/remove', { route }, signal);
    },
  };
}

function externalLoadBalancers(endpoint: Endpoint): LoadBalancers {
  return {
    async find(service, signal) {
      const { status } = await endpoint.ask('/v1/load-balancers/find', { service }, signal);
      return status === null ? undefined : readStatus(status);
    },
    async ensure(service, nodes, signal) {
      return readStatus((await endpoint.ask('/v1/load-balancers/ensure', { service, nodes }, signal))['status']);
    },
    async updateNodes(service, nodes, signal) {
      await endpoint.ask('/v1/load-balancers/update-nodes', { service, nodes }, signal);
    },
    async remove(service, signal) {
      await endpoint.ask('/v1/load-balancers/remove', { service }, signal);
    },
  };
}
