/**
 * A node with real containers: a private containerd, and beside it, each with its own identity, kubelet, service proxy and
 * the cluster's DNS, which listens on the address of the pods' bridge.
 *
 *   pod ── bridge slip-ID (DNS at its address) ── nftables slipway-ID (pods' traffic), slipway-ID-services (Services)
 */
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import { runKubelet } from '../kubelet/kubelet.ts';
import { startContainerd, type PrivateContainerd } from '../kubelet/runtimes/containerd.ts';
import { runDns } from '../dns/dns.ts';
import { runProxy } from '../proxy/proxy.ts';
import { clusterDomain } from './control-plane.ts';
import { ensureDnsObjects } from './dns-objects.ts';
import { admin, dns, kubelet, proxy } from './identities.ts';
import type { ClusterNetwork } from './cluster-network.ts';
import { kubeletOptions, type NodeContext } from './node-context.ts';
import { createPodBridge } from './pod-bridge.ts';
import { preferPort } from './prefer-port.ts';
import type { Part } from './supervise.ts';

/** Where others expect a kubelet; the API server reads the real one from the node object. */
const kubeletPort = 10_250;

export function bridgeName(instance: string): string {
  return `slip-${instance}`;
}

/** Holds the addresses of load balancers. */
export function balancerInterface(instance: string): string {
  return `slb-${instance}`;
}

export interface NodeRuntimeOptions {
  /** The node's own. */
  readonly directory: string;
  /** See `instanceOf`. */
  readonly instance: string;
  readonly network: ClusterNetwork;
  readonly log: Log;
}

export function containerdDirectory(nodeDirectory: string): string {
  return join(nodeDirectory, 'containerd');
}

/** Removes what a killed run left, starts containerd, and makes the pods' bridge. Needs the data directory's lock. */
export async function startNodeRuntime(options: NodeRuntimeOptions): Promise<PrivateContainerd> {
  const { instance, network } = options;
  const containerd = await startContainerd({
    dataDirectory: containerdDirectory(options.directory),
    instance,
    podSubnet: network.podSubnet(0),
    clusterSubnet: network.podRange,
    bridge: bridgeName(instance),
    log: options.log.named('containerd'),
  });
  try {
    await createPodBridge(bridgeName(instance), network.gateway);
    return containerd;
  } catch (error) {
    await containerd.stop();
    throw error;
  }
}

/** In the order of their start. */
export function realNodeParts(node: NodeContext, instance: string, containerd: PrivateContainerd): readonly Part[] {
  return [dnsPart(node), proxyPart(node, instance), kubeletPart(node, containerd)];
}

function kubeletPart(node: NodeContext, { runtime, cgroupRoot }: PrivateContainerd): Part {
  const options = {
    ...kubeletOptions(node),
    runtime,
    cgroupRoot,
    podCidr: node.network.podSubnet(0),
    clusterDns: [node.network.dnsAddress],
  };
  const context = node.component('kubelet', kubelet(node.name));
  return {
    name: `kubelet ${node.name}`,
    run: async (signal) => runKubelet(signal, context, { ...options, port: await preferPort(kubeletPort) }),
  };
}

function proxyPart(node: NodeContext, instance: string): Part {
  const context = node.component('kube-proxy', proxy);
  const options = {
    nodeName: node.name,
    nodeIps: [node.address],
    clusterCidr: node.network.podRange,
    tableName: `slipway-${instance}-services`,
  };
  return { name: 'proxy', run: (signal) => runProxy(signal, context, options) };
}

function dnsPart({ component, network }: NodeContext): Part {
  const { client } = component('slipway', admin);
  const context = component('coredns', dns);
  return {
    name: 'dns',
    async run(signal) {
      await ensureDnsObjects(client, { clusterIp: network.dnsAddress, address: network.gateway, port: 53 });
      await runDns(signal, context, { addresses: [network.gateway], clusterDomain });
    },
  };
}
