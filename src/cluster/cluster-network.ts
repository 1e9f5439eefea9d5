/**
 * The addresses of a cluster's pods and Services on this machine.
 *
 *   number n    pods 10.(244+n).0.0/16, the first node's 10.(244+n).0.0/24    Services 10.(96+n).0.0/16, DNS at .0.10
 *               load balancers 10.(112+n).0.0/24
 *
 * The first cluster of a machine has number 0, as everywhere in Kubernetes. One that is made while another runs takes the
 * next number that no route of the machine touches, and keeps it for good, because its Services keep their addresses.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Route } from './node-address.ts';
import { SetupError } from './setup-error.ts';

export interface ClusterNetwork {
  readonly number: number;
  /** Of all pods, `10.244.0.0/16`. */
  readonly podRange: string;
  readonly serviceRange: string;
  readonly dnsAddress: string;
  /** Of Services of type LoadBalancer. */
  readonly loadBalancerRange: string;
  /** Pods of the n-th node. */
  podSubnet(node: number): string;
  /** Where the first node's pods reach their machine. */
  readonly gateway: string;
}

const numbers = 10;

function clusterNetwork(number: number): ClusterNetwork {
  return {
    number,
    podRange: `10.${244 + number}.0.0/16`,
    serviceRange: `10.${96 + number}.0.0/16`,
    dnsAddress: `10.${96 + number}.0.10`,
    loadBalancerRange: `10.${112 + number}.0.0/24`,
    podSubnet: (node) => `10.${244 + number}.${node % 256}.0/24`,
    gateway: `10.${244 + number}.0.1`,
  };
}

/** Names what a cluster makes on its machine (bridge, rules, control groups): 8 letters and digits out of its path. */
export function instanceOf(dataDirectory: string): string {
  return createHash('sha256').update(dataDirectory).digest('hex').slice(0, 8);
}

export interface NetworkSources {
  readonly dataDirectory: string;
  /** What the machine has; none where no pod gets a real network. */
  readonly routes: readonly Route[];
  /** Its routes are the cluster's own, left by a run that was killed. */
  readonly ownBridge: string;
}

/** The network of a data directory: the one it has, else the first that is free. @throws SetupError when it is taken. */
export async function ensureClusterNetwork(sources: NetworkSources): Promise<ClusterNetwork> {
  const file = join(sources.dataDirectory, 'network');
  const routes = sources.routes.filter(({ interfaceName }) => interfaceName !== sources.ownBridge);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return keptNetwork(Number(text), routes, file);
  const chosen = freeNetwork(routes);
  await writeFile(file, `${chosen.number}\n`);
  return chosen;
}

function keptNetwork(number: number, routes: readonly Route[], file: string): ClusterNetwork {
  if (!Number.isInteger(number) || number < 0 || number >= numbers) {
    throw new SetupError(`Cannot choose the pods' addresses: "${file}" has no number below ${numbers}. Restore it`);
  }
  const network = clusterNetwork(number);
  const taken = routes.find((route) => touches(route, number));
  if (taken === undefined) return network;
  throw new SetupError(
    `Cannot use the pods' addresses ${network.podRange}: the interface "${taken.interfaceName}" has them. Stop the cluster that uses it, or, when there is none, remove it with: ip link delete ${taken.interfaceName}`,
  );
}

/** @throws SetupError when every number is taken. */
export function freeNetwork(routes: readonly Route[]): ClusterNetwork {
  const free = Array.from({ length: numbers }, (_, number) => number).find(
    (number) => !routes.some((route) => touches(route, number)),
  );
  if (free !== undefined) return clusterNetwork(free);
  throw new SetupError(
    `Cannot find addresses for pods: routes of this machine take all from 10.244.0.0/16 to 10.${243 + numbers}.0.0/16. Stop a cluster that is not needed`,
  );
}

/** Routes wider than this stand for whole sites, and say nothing about who uses an address here. */
const widestMask = 0xff_80_00_00;

function touches(route: Route, number: number): boolean {
  if (route.mask < widestMask) return false;
  return [244 + number, 112 + number, 96 + number].some((second) => {
    const network = 10 * 2 ** 24 + second * 2 ** 16;
    const mask = Math.min(route.mask, 0xff_ff_00_00);
    return and(network, mask) === and(route.network, mask);
  });
}

/** Of unsigned numbers. */
function and(a: number, b: number): number {
  return (a & b) >>> 0;
}
