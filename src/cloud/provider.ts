/**
 * What a cloud has to be able to do for a cluster: the port between the cloud controllers and whoever runs machines, networks
 * and load balancers. A provider that lacks one of the three parts leaves it out, and the controllers that need it do not run.
 *
 *   node controllers ──▶ instances          facts about machines
 *   route controller ──▶ routes             pod ranges in the cloud's network
 *   service controller ─▶ loadBalancers     addresses of Services of type LoadBalancer
 *
 * All calls are idempotent: they are made again after an error, after a restart, and when nothing has changed. They throw an
 * Error with a sentence that users read in events; the queue of the controller calls again with a growing delay. `signal`
 * aborts when the controllers end. What Kubernetes calls these: the interfaces of k8s.io/cloud-provider.
 */
import type { LoadBalancerStatus, Node, NodeAddress, Service } from '../api/groups/core.v1.ts';

export interface CloudProvider {
  /** As --cloud-provider has it. */
  readonly name: string;
  readonly instances?: Instances;
  readonly routes?: Routes;
  readonly loadBalancers?: LoadBalancers;
  /** Gives back what is held on this machine and in connections. What is in the cloud stays. */
  close(): Promise<void>;
}

export interface Instances {
  /**
   * The machine of the node, found by spec.providerID or, while that is not set, by the node's name. Undefined when the cloud
   * says that there is none: the node object goes then, so a cloud that cannot be asked throws.
   */
  find(node: Node, signal: AbortSignal): Promise<Instance | undefined>;
}

export interface Instance {
  /** `scheme://…`, the same for ever: becomes spec.providerID. */
  readonly providerId: string;
  /** Such as cx22; becomes the label node.kubernetes.io/instance-type. '' = unknown. */
  readonly instanceType: string;
  /** Become the labels topology.kubernetes.io/zone and region. '' = unknown. */
  readonly zone: string;
  readonly region: string;
  /** In the order in which they are to be shown. */
  readonly addresses: readonly NodeAddress[];
  /** Further labels of the cloud's own. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The machine exists and is switched off. */
  readonly isShutdown: boolean;
}

export interface Route {
  /** Of the cloud's own, for messages. */
  readonly name: string;
  /** Undefined: it leads to a machine that is no node (any more). */
  readonly nodeName: string | undefined;
  /** A range of pods, `10.244.3.0/24`. */
  readonly destination: string;
}

export interface Routes {
  /** Routes of the cluster's network. `nodes`: to tell whose they are. */
  list(nodes: readonly Node[], signal: AbortSignal): Promise<readonly Route[]>;
  create(node: Node, destination: string, signal: AbortSignal): Promise<void>;
  remove(route: Route, signal: AbortSignal): Promise<void>;
}

export interface LoadBalancers {
  /** Undefined: the Service has none (any more). */
  find(service: Service, signal: AbortSignal): Promise<LoadBalancerStatus | undefined>;
  /** Makes the load balancer, or brings it to what the Service says; resolves when it serves. Answers where it is reached. */
  ensure(service: Service, nodes: readonly Node[], signal: AbortSignal): Promise<LoadBalancerStatus>;
  /** Sends to these nodes from now on. */
  updateNodes(service: Service, nodes: readonly Node[], signal: AbortSignal): Promise<void>;
  /** Resolves when it is gone; also when there was none. The Service may be gone already. */
  remove(service: Service, signal: AbortSignal): Promise<void>;
}
