/** Routes of a private network: ranges of pods by way of the servers' addresses in it. */
import { isIPv4 } from 'node:net';
import type { Node } from '../../../api/groups/core.v1.ts';
import type { Route, Routes } from '../../provider.ts';
import type { HcloudApi } from './api.ts';
import { HcloudError } from './api.ts';
import type { Network } from './resources.ts';

export function hcloudRoutes(api: HcloudApi, network: () => Promise<number>): Routes {
  const path = async (action: string): Promise<string> => `/networks/${await network()}/actions/${action}`;
  return {
    async list(nodes, signal) {
      const id = await network();
      const found = await api.find<{ network: Network }>(`/networks/${id}`, signal);
      if (found === undefined) throw new Error(`the network ${id} does not exist`);
      return found.network.routes.map(({ destination, gateway }) => ({
        name: gateway,
        nodeName: nodes.find((node) => internalAddress(node) === gateway)?.metadata.name,
        destination,
      }));
    },
    async create(node, destination, signal) {
      const gateway = internalAddress(node);
      if (gateway === undefined)
        throw new Error(`the node ${node.metadata.name} has no address in the private network yet`);
      await api.change('POST', await path('add_route'), { destination, gateway }, signal);
    },
    async remove({ destination, name }: Route, signal) {
      try {
        await api.change('POST', await path('delete_route'), { destination, gateway: name }, signal);
      } catch (error) {
        if (!(error instanceof HcloudError) || error.status !== 404) throw error;
      }
    },
  };
}

function internalAddress({ status }: Node): string | undefined {
  return status.addresses?.find(({ type, address }) => type === 'InternalIP' && isIPv4(address))?.address;
}
