/**
 * What a Service asks of a Hetzner load balancer, and the calls that bring one there. Annotations and labels are those of
 * Hetzner's own cloud controller manager, so that either can take over from the other.
 */
import type { Service } from '../../../api/groups/core.v1.ts';
import type { Balancer, BalancerService, BalancerTarget, HealthCheck } from './resources.ts';

const prefix = 'load-balancer.hetzner.cloud/';
const uidLabel = 'hcloud-ccm/service-uid';

export interface BalancerDefaults {
  /** One of the two says where: `fsn1`, `eu-central`. */
  readonly location: string | undefined;
  readonly networkZone: string | undefined;
  /** Such as lb11. */
  readonly type: string;
  /** Reach nodes by their private addresses. */
  readonly usePrivateIp: boolean;
}

export interface WantedBalancer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly location: string | undefined;
  readonly networkZone: string | undefined;
  readonly algorithm: string;
  readonly usePrivateIp: boolean;
  readonly services: readonly BalancerService[];
  /** Shown instead of addresses. */
  readonly hostname: string | undefined;
  readonly hidesIpv6: boolean;
  readonly hidesPrivateIp: boolean;
  /** Nodes are told the client's address by the PROXY protocol. */
  readonly proxyProtocol: boolean;
}

/** @throws Error for what these load balancers cannot do. */
export function wantedBalancer(service: Service, defaults: BalancerDefaults): WantedBalancer {
  const { metadata, spec } = service;
  const setting = (name: string): string | undefined => metadata.annotations?.[prefix + name];
  if ((spec.loadBalancerSourceRanges ?? []).length > 0) {
    throw new Error('load balancers of Hetzner Cloud cannot keep clients out by loadBalancerSourceRanges');
  }
  const networkZone = setting('network-zone');
  const location = setting('location') ?? (networkZone === undefined ? defaults.location : undefined);
  const proxyProtocol = setting('uses-proxyprotocol') === 'true';
  return {
    name: setting('name') ?? `a${metadata.uid.replaceAll('-', '')}`.slice(0, 32),
    labels: { [uidLabel]: metadata.uid },
    type: setting('type') ?? defaults.type,
    location,
    networkZone: location === undefined ? (networkZone ?? defaults.networkZone) : undefined,
    algorithm: setting('algorithm-type') ?? 'round_robin',
    usePrivateIp: (setting('use-private-ip') ?? String(defaults.usePrivateIp)) === 'true',
    services: (spec.ports ?? []).map((port) => balancerService(service, port, proxyProtocol)),
    hostname: setting('hostname'),
    hidesIpv6: setting('ipv6-disabled') === 'true',
    hidesPrivateIp: setting('disable-private-ingress') === 'true',
    proxyProtocol,
  };
}

/** How the load balancer of a Service is found. */
export function selectorOf({ metadata }: Service): string {
  return `${uidLabel}==${metadata.uid}`;
}

type Port = NonNullable<Service['spec']['ports']>[number];

function balancerService(service: Service, port: Port, proxyProtocol: boolean): BalancerService {
  const nodePort = port.nodePort ?? 0;
  if ((port.protocol ?? 'TCP') !== 'TCP') {
    throw new Error(`load balancers of Hetzner Cloud carry TCP alone: port ${port.port} is ${port.protocol}`);
  }
  if (nodePort === 0) throw new Error(`port ${port.port} has no node port that a load balancer could send to`);
  return {
    protocol: 'tcp',
    listen_port: port.port,
    destination_port: nodePort,
    proxyprotocol: proxyProtocol,
    health_check: healthCheck(service, nodePort),
  };
}

/** Where only nodes with endpoints take traffic, the service proxy of each node says whether it has any. */
function healthCheck({ spec }: Service, nodePort: number): HealthCheck {
  const rhythm = { interval: 15, timeout: 10, retries: 3 };
  const ownPort = spec.healthCheckNodePort ?? 0;
  if (spec.externalTrafficPolicy !== 'Local' || ownPort === 0) return { protocol: 'tcp', port: nodePort, ...rhythm };
  return {
    protocol: 'http',
    port: ownPort,
    ...rhythm,
    http: { path: '/healthz', domain: '', status_codes: ['2??', '3??'] },
  };
}

export interface Call {
  readonly method: 'POST' | 'PUT';
  /** After `/load_balancers/ID`. */
  readonly path: string;
  readonly body: object;
}

/** In an order in which each may be the last. `network`: where nodes are reached when `usePrivateIp`. */
export function balancerCalls(
  balancer: Balancer,
  wanted: WantedBalancer,
  servers: readonly number[],
  network: number | undefined,
): readonly Call[] {
  const action = (name: string, body: object): Call => ({ method: 'POST', path: `/actions/${name}`, body });
  const calls: Call[] = [];
  const labelled = Object.entries(wanted.labels).every(([key, value]) => balancer.labels[key] === value);
  if (balancer.name !== wanted.name || !labelled) {
    calls.push({
      method: 'PUT',
      path: '',
      body: { name: wanted.name, labels: { ...balancer.labels, ...wanted.labels } },
    });
  }
  if (balancer.load_balancer_type.name !== wanted.type) {
    calls.push(action('change_type', { load_balancer_type: wanted.type }));
  }
  if (balancer.algorithm.type !== wanted.algorithm) calls.push(action('change_algorithm', { type: wanted.algorithm }));
  const isAttached = balancer.private_net.some((net) => net.network === network);
  if (wanted.usePrivateIp && network !== undefined && !isAttached) {
    calls.push(action('attach_to_network', { network }));
  }
  return [...calls, ...targetCalls(balancer, servers, wanted.usePrivateIp), ...serviceCalls(balancer, wanted)];
}

/** Targets that are no servers were put there by others and stay. */
export function targetCalls(balancer: Balancer, servers: readonly number[], usePrivateIp: boolean): readonly Call[] {
  const isRight = ({ server, use_private_ip }: BalancerTarget): boolean =>
    server !== undefined && servers.includes(server.id) && (use_private_ip ?? false) === usePrivateIp;
  const current = balancer.targets.filter(({ type }) => type === 'server');
  const there = new Set(current.filter(isRight).map(({ server }) => server?.id));
  const body = (id: number): object => ({ type: 'server', server: { id } });
  return [
    ...current
      .filter((target) => !isRight(target))
      .map(({ server }) => ({ method: 'POST', path: '/actions/remove_target', body: body(server?.id ?? 0) }) as const),
    ...servers
      .filter((id) => !there.has(id))
      .map((id) => {
        const added = { ...body(id), use_private_ip: usePrivateIp };
        return { method: 'POST', path: '/actions/add_target', body: added } as const;
      }),
  ];
}

function serviceCalls({ services }: Balancer, wanted: WantedBalancer): readonly Call[] {
  const known = new Map(services.map((one) => [one.listen_port, one]));
  const ports = new Set(wanted.services.map(({ listen_port }) => listen_port));
  const removed = services.filter(({ listen_port }) => !ports.has(listen_port));
  return [
    ...removed.map(
      ({ listen_port }) => ({ method: 'POST', path: '/actions/delete_service', body: { listen_port } }) as const,
    ),
    ...wanted.services.flatMap((body): readonly Call[] => {
      const current = known.get(body.listen_port);
      if (current === undefined) return [{ method: 'POST', path: '/actions/add_service', body }];
      if (serviceText(current) === serviceText(body)) return [];
      return [{ method: 'POST', path: '/actions/update_service', body }];
    }),
  ];
}

function serviceText({ protocol, destination_port, proxyprotocol, health_check }: BalancerService): string {
  const { protocol: checked, port, http } = health_check;
  return JSON.stringify([protocol, destination_port, proxyprotocol, checked, port, http?.path ?? '']);
}
