/** Where a cluster stands on its machine: its name among others, its addresses. */
import { readFile } from 'node:fs/promises';
import type { RuntimeChoice } from './choose-runtime.ts';
import { ensureClusterNetwork, instanceOf, type ClusterNetwork } from './cluster-network.ts';
import type { DataDirectory } from './data-directory.ts';
import { findNodeAddress, parseRoutes } from './node-address.ts';
import { bridgeName } from './real-node.ts';

export interface Place {
  readonly instance: string;
  readonly network: ClusterNetwork;
  readonly nodeAddress: string;
  readonly bindAddress: string;
}

/** @throws SetupError when the addresses of the cluster's pods are taken. */
export async function findPlace(directory: DataDirectory, runtime: RuntimeChoice['runtime']): Promise<Place> {
  const real = runtime === 'containerd';
  const instance = instanceOf(directory.path);
  const routes = real ? parseRoutes(await readFile('/proc/net/route', 'utf8')) : [];
  return {
    instance,
    network: await ensureClusterNetwork({ dataDirectory: directory.path, routes, ownBridge: bridgeName(instance) }),
    nodeAddress: real ? await findNodeAddress() : '127.0.0.1',
    // Pods reach the API at the machine's own address; simulated ones never ask.
    bindAddress: real ? '0.0.0.0' : '127.0.0.1',
  };
}
