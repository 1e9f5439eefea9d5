/** Servers and networks of the emulated project. */
import { BlockList } from 'node:net';
import type { Fields, Project } from './emulator.ts';
import { ApiFault } from './fault.ts';

export interface EmulatedServer {
  readonly id: number;
  name: string;
  status: string;
  readonly server_type: { readonly id: number; readonly name: string };
  readonly datacenter: {
    readonly id: number;
    readonly name: string;
    readonly location: { readonly id: number; readonly name: string; readonly network_zone: string };
  };
  readonly public_net: { readonly ipv4: { readonly ip: string } | null; readonly ipv6: { readonly ip: string } | null };
  readonly private_net: readonly {
    readonly network: number;
    readonly ip: string;
    readonly alias_ips: readonly string[];
  }[];
  labels: Record<string, string>;
}

export interface EmulatedNetwork {
  readonly id: number;
  name: string;
  readonly ip_range: string;
  routes: readonly { readonly destination: string; readonly gateway: string }[];
  labels: Record<string, string>;
}

const routesMax = 100;

export function networkAction({ networks }: Project, id: number, command: string, body: Fields): void {
  const network = networks.get(id);
  if (network === undefined) throw new ApiFault(404, 'not_found', 'network not found');
  const destination = String(body['destination']);
  const gateway = String(body['gateway']);
  const isIt = (route: { destination: string; gateway: string }): boolean =>
    route.destination === destination && route.gateway === gateway;
  if (command === 'add_route') {
    if (!isWithin(network.ip_range, gateway)) throw new ApiFault(422, 'invalid_input', 'gateway is not in the network');
    if (network.routes.some((route) => route.destination === destination)) {
      throw new ApiFault(422, 'invalid_input', 'destination exists already');
    }
    if (network.routes.length >= routesMax) throw new ApiFault(403, 'resource_limit_exceeded', 'too many routes');
    network.routes = [...network.routes, { destination, gateway }];
  } else if (command === 'delete_route') {
    if (!network.routes.some(isIt)) throw new ApiFault(404, 'not_found', 'route not found');
    network.routes = network.routes.filter((route) => !isIt(route));
  } else throw new ApiFault(404, 'not_found', 'no such action');
}

function isWithin(range: string, address: string): boolean {
  const [network = '', prefix = ''] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix));
  return list.check(address);
}
