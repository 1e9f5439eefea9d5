/** What the parts of a node need from the cluster that they belong to. */
import type { Log } from '../base/log.ts';
import { join } from 'node:path';
import type { KeyPair } from '../base/certificate.ts';
import type { User } from '../apiserver/user.ts';
import type { ComponentContext } from '../client/component.ts';
import type { KubeletOptions } from '../kubelet/kubelet.ts';
import type { ClusterNetwork } from './cluster-network.ts';
import { clusterDomain } from './control-plane.ts';

export interface NodeContext {
  readonly name: string;
  /** From 0; says which of the cluster's subnets the node's pods have. */
  readonly index: number;
  readonly address: string;
  readonly network: ClusterNetwork;
  /** Where the node keeps its pods' files. */
  readonly directory: string;
  readonly certificates: { readonly server: KeyPair; readonly client: KeyPair };
  /** PEM of the authority of the API server's client certificate. */
  readonly authority: string;
  readonly log: Log;
  /** The environment of a component, with the identity that it has to the API server. */
  component(name: string, user: User): ComponentContext;
}

/** What kubelets have in common, whatever runs their containers. */
export function kubeletOptions(node: NodeContext): Omit<KubeletOptions, 'runtime'> {
  return {
    nodeName: node.name,
    nodeIps: [node.address],
    rootDirectory: join(node.directory, 'kubelet'),
    clusterDomain,
    credentials: {
      certificate: node.certificates.server.certificate,
      key: node.certificates.server.key,
      clientCa: node.authority,
    },
  };
}
