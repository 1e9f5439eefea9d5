/** Servers as the machines of nodes: found by the id in spec.providerID (`hcloud://42`), before that by the node's name. */
import { isIPv4 } from 'node:net';
import type { Node, NodeAddress } from '../../../api/groups/core.v1.ts';
import type { Instance, Instances } from '../../provider.ts';
import type { HcloudApi } from './api.ts';
import type { Server } from './resources.ts';

const scheme = 'hcloud://';

/** `network`: the private network whose addresses are the nodes' own; undefined: none. */
export function hcloudInstances(api: HcloudApi, network: () => Promise<number | undefined>): Instances {
  return {
    async find(node, signal) {
      const server = await findServer(api, node, signal);
      return server === undefined ? undefined : instanceOfServer(server, node, await network());
    },
  };
}

/** Undefined for a node that is not initialized yet, or of another cloud. */
export function serverId({ spec: { providerID = '' } }: Node): number | undefined {
  const id = providerID.startsWith(scheme) ? Number(providerID.slice(scheme.length)) : 0;
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

async function findServer(api: HcloudApi, node: Node, signal: AbortSignal): Promise<Server | undefined> {
  const id = serverId(node);
  if (id !== undefined) return (await api.find<{ server: Server }>(`/servers/${id}`, signal))?.server;
  const { providerID = '' } = node.spec;
  if (providerID !== '') {
    // Nothing is known of it here: to say that it is gone would remove the node.
    throw new Error(`the node ${node.metadata.name} is no server of Hetzner Cloud: its providerID is "${providerID}"`);
  }
  const name = encodeURIComponent(node.metadata.name);
  const found = await api.list<Server>(`/servers?name=${name}`, 'servers', signal);
  return found.find((server) => server.name === node.metadata.name);
}

function instanceOfServer(server: Server, node: Node, network: number | undefined): Instance {
  const location = server.location ?? server.datacenter?.location;
  return {
    providerId: `${scheme}${server.id}`,
    instanceType: server.server_type.name,
    // A zone is what fails alone: their data centres within a location.
    zone: server.datacenter?.name ?? location?.name ?? '',
    region: location?.name ?? '',
    addresses: serverAddresses(server, node.metadata.name, network),
    isShutdown: server.status === 'off',
  };
}

function serverAddresses(server: Server, name: string, network: number | undefined): readonly NodeAddress[] {
  const { ipv4, ipv6 } = server.public_net;
  const own = server.private_net.find((net) => net.network === network);
  return [
    { type: 'Hostname', address: name },
    ...(own === undefined ? [] : [{ type: 'InternalIP', address: own.ip }]),
    ...(ipv4 !== null && isIPv4(ipv4.ip) ? [{ type: 'ExternalIP', address: ipv4.ip }] : []),
    // Of its network a server has the first address.
    ...(ipv6 === null ? [] : [{ type: 'ExternalIP', address: ipv6.ip.replace(/::\/\d+$/, '::1') }]),
  ];
}
