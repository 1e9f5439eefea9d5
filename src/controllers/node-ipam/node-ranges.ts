/** The networks out of which nodes get their pods' addresses, and what --cluster-cidr and its fellows may say of them. */
import { contains, overlaps, parseIpNetwork, type IpNetwork } from '../ip-network.ts';

export interface NodeRanges {
  /** One, or one of each family: `10.244.0.0/16`. */
  readonly clusterCidrs: readonly string[];
  /** Never given to nodes. */
  readonly serviceCidrs?: readonly string[];
  /** Lengths of the nodes' prefixes; default: 24 and 64. */
  readonly maskSizeV4?: number;
  readonly maskSizeV6?: number;
}

export interface NodeRange {
  readonly network: IpNetwork;
  readonly nodePrefix: number;
  readonly excluded: readonly IpNetwork[];
}

/** An IPv6 range holds at most so many powers of two. */
const widestV6 = 16;

/** @throws RangeError in words for the command line. */
export function readNodeRanges({
  clusterCidrs,
  serviceCidrs = [],
  maskSizeV4,
  maskSizeV6,
}: NodeRanges): readonly NodeRange[] {
  const networks = clusterCidrs.map((text) => networkOf('cluster-cidr', text));
  const excluded = serviceCidrs.map((text) => networkOf('service-cluster-ip-range', text));
  const families = new Set(networks.map(({ family }) => family));
  if (networks.length === 0 || networks.length > 2 || families.size < networks.length) {
    throw new RangeError('--cluster-cidr names one network, or one IPv4 and one IPv6 network');
  }
  return networks.map((network) => {
    const nodePrefix = network.family === 'IPv4' ? (maskSizeV4 ?? 24) : (maskSizeV6 ?? 64);
    const longest = network.family === 'IPv4' ? 32 : 128;
    if (nodePrefix < network.prefix || nodePrefix > longest) {
      throw new RangeError(`--node-cidr-mask-size ${nodePrefix} does not fit a cluster network of /${network.prefix}`);
    }
    if (network.family === 'IPv6' && nodePrefix - network.prefix > widestV6) {
      throw new RangeError('New CIDR set failed; the node CIDR size is too big');
    }
    if (excluded.some((one) => contains(one, network))) {
      throw new RangeError('--service-cluster-ip-range leaves nothing of --cluster-cidr');
    }
    return { network, nodePrefix, excluded: excluded.filter((one) => overlaps(one, network)) };
  });
}

function networkOf(flag: string, text: string): IpNetwork {
  const network = parseIpNetwork(text);
  if (network === undefined) throw new RangeError(`--${flag} "${text}" is no network such as 10.244.0.0/16`);
  return network;
}
