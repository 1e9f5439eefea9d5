/** Load balancers of the emulated project: what may be asked of them, and what is refused. */
import type { Fields, Project } from './emulator.ts';
import { ApiFault } from './fault.ts';

interface Service {
  readonly listen_port: number;
  readonly protocol: string;
  readonly [field: string]: unknown;
}

interface Target {
  readonly type: string;
  readonly server: { readonly id: number };
  readonly use_private_ip: boolean;
}

export interface EmulatedBalancer {
  readonly id: number;
  name: string;
  labels: Record<string, string>;
  load_balancer_type: { name: string };
  readonly location: { readonly name: string; readonly network_zone: string };
  algorithm: { type: string };
  readonly public_net: { enabled: boolean; ipv4: { ip: string }; ipv6: { ip: string } };
  private_net: readonly { readonly network: number; readonly ip: string }[];
  services: readonly Service[];
  targets: readonly Target[];
}

const creationFields = ['name', 'labels', 'load_balancer_type', 'algorithm', 'location', 'network_zone', 'network'];

export function createBalancer({ balancers, networks, nextId }: Project, body: Fields): EmulatedBalancer {
  const unknown = Object.keys(body).find((field) => !creationFields.includes(field));
  if (unknown !== undefined) throw new ApiFault(422, 'invalid_input', `unknown field ${unknown}`);
  if ((body['location'] === undefined) === (body['network_zone'] === undefined)) {
    throw new ApiFault(422, 'invalid_input', 'either location or network_zone');
  }
  const name = String(body['name']);
  if ([...balancers.values()].some((other) => other.name === name)) {
    throw new ApiFault(409, 'uniqueness_error', 'name is already used');
  }
  const network = body['network'] as number | undefined;
  if (network !== undefined && !networks.has(network)) throw new ApiFault(404, 'not_found', 'network not found');
  const id = nextId();
  const balancer: EmulatedBalancer = {
    id,
    name,
    labels: (body['labels'] ?? {}) as Record<string, string>,
    load_balancer_type: { name: String(body['load_balancer_type']) },
    location: { name: String(body['location'] ?? 'fsn1'), network_zone: 'eu-central' },
    algorithm: (body['algorithm'] ?? { type: 'round_robin' }) as { type: string },
    public_net: { enabled: true, ipv4: { ip: `198.51.100.${id % 256}` }, ipv6: { ip: `2001:db8:ffff::${id}` } },
    private_net: network === undefined ? [] : [{ network, ip: `10.0.255.${id % 256}` }],
    services: [],
    targets: [],
  };
  balancers.set(id, balancer);
  return balancer;
}

export function balancerAction(project: Project, id: number, command: string, body: Fields): void {
  const balancer = project.balancers.get(id);
  const act = actions[command];
  if (balancer === undefined || act === undefined) throw new ApiFault(404, 'not_found', 'no such action');
  act(balancer, body, project);
}

const actions: Readonly<Record<string, (balancer: EmulatedBalancer, body: Fields, project: Project) => void>> = {
  change_type: (balancer, body) => void (balancer.load_balancer_type = { name: String(body['load_balancer_type']) }),
  change_algorithm: (balancer, body) => void (balancer.algorithm = { type: String(body['type']) }),
  attach_to_network(balancer, body) {
    const network = Number(body['network']);
    if (balancer.private_net.some((net) => net.network === network)) {
      throw new ApiFault(422, 'load_balancer_already_attached', 'is attached to the network already');
    }
    balancer.private_net = [...balancer.private_net, { network, ip: `10.0.255.${balancer.id % 256}` }];
  },
  add_service(balancer, body) {
    const service = checkedService(body);
    if (balancer.services.some(({ listen_port }) => listen_port === service.listen_port)) {
      throw new ApiFault(409, 'source_port_already_used', 'the listen port is used already');
    }
    balancer.services = [...balancer.services, service];
  },
  update_service(balancer, body) {
    const service = checkedService(body);
    if (!balancer.services.some(({ listen_port }) => listen_port === service.listen_port)) {
      throw new ApiFault(404, 'not_found', 'no service listens there');
    }
    const others = balancer.services.filter(({ listen_port }) => listen_port !== service.listen_port);
    balancer.services = [...others, service];
  },
  delete_service(balancer, body) {
    const left = balancer.services.filter(({ listen_port }) => listen_port !== body['listen_port']);
    if (left.length === balancer.services.length) throw new ApiFault(404, 'not_found', 'no service listens there');
    balancer.services = left;
  },
  add_target(balancer, body, { servers }) {
    const { id } = body['server'] as { id: number };
    const server = servers.get(id);
    if (server === undefined) throw new ApiFault(404, 'not_found', 'server not found');
    if (balancer.targets.some((target) => target.server.id === id)) {
      throw new ApiFault(409, 'target_already_defined', 'is a target already');
    }
    const isPrivate = body['use_private_ip'] === true;
    const shared = balancer.private_net.some(({ network }) =>
      server.private_net.some((net) => net.network === network),
    );
    if (isPrivate && !shared) throw new ApiFault(422, 'server_not_attached_to_network', 'no network in common');
    balancer.targets = [...balancer.targets, { type: 'server', server: { id }, use_private_ip: isPrivate }];
  },
  remove_target(balancer, body) {
    const { id } = body['server'] as { id: number };
    balancer.targets = balancer.targets.filter((target) => target.server.id !== id);
  },
};

function checkedService(body: Fields): Service {
  const check = body['health_check'] as Fields | undefined;
  const complete = ['listen_port', 'destination_port', 'protocol', 'proxyprotocol'].every((field) => field in body);
  if (!complete || check === undefined || Number(check['interval']) < 3 || Number(check['timeout']) < 1) {
    throw new ApiFault(422, 'invalid_input', 'the service is not complete');
  }
  return body as unknown as Service;
}
