/** Load balancers of Hetzner Cloud for Services: each is found by a label with the Service's uid, whatever its name. */
import type { LoadBalancerIngress, LoadBalancerStatus, Node, Service } from '../../../api/groups/core.v1.ts';
import type { LoadBalancers } from '../../provider.ts';
import { HcloudError, type HcloudApi } from './api.ts';
import {
  balancerCalls,
  selectorOf,
  targetCalls,
  wantedBalancer,
  type BalancerDefaults,
  type Call,
  type WantedBalancer,
} from './balancer-plan.ts';
import { serverId } from './instances.ts';
import type { Balancer } from './resources.ts';

export interface HcloudBalancersOptions {
  readonly defaults: BalancerDefaults;
  readonly network: () => Promise<number | undefined>;
}

export class HcloudLoadBalancers implements LoadBalancers {
  readonly #api: HcloudApi;
  readonly #options: HcloudBalancersOptions;

  constructor(api: HcloudApi, options: HcloudBalancersOptions) {
    this.#api = api;
    this.#options = options;
  }

  async find(service: Service, signal: AbortSignal): Promise<LoadBalancerStatus | undefined> {
    const balancer = await this.#find(service, signal);
    return balancer === undefined ? undefined : statusOf(balancer, undefined);
  }

  async ensure(service: Service, nodes: readonly Node[], signal: AbortSignal): Promise<LoadBalancerStatus> {
    const wanted = wantedBalancer(service, this.#options.defaults);
    const network = await this.#options.network();
    const balancer = (await this.#find(service, signal)) ?? (await this.#create(wanted, network, signal));
    const calls = balancerCalls(balancer, wanted, serversOf(nodes), network);
    await this.#call(balancer, calls, signal);
    return statusOf(calls.length === 0 ? balancer : await this.#get(balancer.id, signal), wanted);
  }

  async updateNodes(service: Service, nodes: readonly Node[], signal: AbortSignal): Promise<void> {
    const balancer = await this.#find(service, signal);
    if (balancer === undefined) throw new Error('the load balancer does not exist');
    const { usePrivateIp } = wantedBalancer(service, this.#options.defaults);
    await this.#call(balancer, targetCalls(balancer, serversOf(nodes), usePrivateIp), signal);
  }

  async remove(service: Service, signal: AbortSignal): Promise<void> {
    const balancer = await this.#find(service, signal);
    if (balancer === undefined) return;
    try {
      await this.#api.change('DELETE', `/load_balancers/${balancer.id}`, undefined, signal);
    } catch (error) {
      if (!(error instanceof HcloudError) || error.status !== 404) throw error;
    }
  }

  async #find(service: Service, signal: AbortSignal): Promise<Balancer | undefined> {
    const path = `/load_balancers?label_selector=${encodeURIComponent(selectorOf(service))}`;
    const [found] = await this.#api.list<Balancer>(path, 'load_balancers', signal);
    return found;
  }

  async #create(wanted: WantedBalancer, network: number | undefined, signal: AbortSignal): Promise<Balancer> {
    const { name, labels, type, location, networkZone, algorithm, usePrivateIp } = wanted;
    if (location === undefined && networkZone === undefined) {
      throw new Error('nothing says where: set the annotation load-balancer.hetzner.cloud/location, or a default');
    }
    const body = {
      name,
      labels,
      load_balancer_type: type,
      algorithm: { type: algorithm },
      ...(location === undefined ? { network_zone: networkZone } : { location }),
      ...(usePrivateIp && network !== undefined ? { network } : {}),
    };
    const created = await this.#api.change<{ load_balancer: Balancer }>('POST', '/load_balancers', body, signal);
    return await this.#get(created.load_balancer.id, signal);
  }

  async #get(id: number, signal: AbortSignal): Promise<Balancer> {
    const found = await this.#api.find<{ load_balancer: Balancer }>(`/load_balancers/${id}`, signal);
    if (found === undefined) throw new Error(`the load balancer ${id} has gone meanwhile`);
    return found.load_balancer;
  }

  /** One after the other: a load balancer takes one action at a time. */
  async #call({ id }: Balancer, calls: readonly Call[], signal: AbortSignal): Promise<void> {
    for (const { method, path, body } of calls) {
      await this.#api.change(method, `/load_balancers/${id}${path}`, body, signal);
    }
  }
}

/** Nodes of other clouds are left out; those whose server is not known yet come when they get their providerID. */
function serversOf(nodes: readonly Node[]): readonly number[] {
  return nodes.flatMap((node) => serverId(node) ?? []);
}

/** Traffic that has to bear the PROXY protocol's header must go through the load balancer, from inside of the cluster too. */
function statusOf(balancer: Balancer, wanted: WantedBalancer | undefined): LoadBalancerStatus {
  if (wanted?.hostname !== undefined) return { ingress: [{ hostname: wanted.hostname }] };
  const ipMode = wanted?.proxyProtocol === true ? 'Proxy' : 'VIP';
  const { ipv4, ipv6, enabled } = balancer.public_net;
  const ips = [
    ...(enabled ? [ipv4.ip, wanted?.hidesIpv6 === true ? null : ipv6.ip] : []),
    ...(wanted?.usePrivateIp === true && !wanted.hidesPrivateIp ? balancer.private_net.map(({ ip }) => ip) : []),
  ];
  const ingress: readonly LoadBalancerIngress[] = ips.flatMap((ip) => (ip === null ? [] : [{ ip, ipMode }]));
  return { ingress };
}
