/** Flags that say where nodes get their pods' networks from, as kube-controller-manager has them. */
import { readNodeRanges, type NodeRanges } from '../controllers/node-ipam/node-ranges.ts';
import type { Flag, Invocation } from './command.ts';
import { UsageError } from './usage-error.ts';

export const nodeRangeFlags: Readonly<Record<string, Flag>> = {
  'allocate-node-cidrs': { help: 'Give every node networks for its pods, out of --cluster-cidr (default false).' },
  'cluster-cidr': {
    value: 'CIDRS',
    help: 'Networks of all pods: one, or one IPv4 and one IPv6, with a comma between.',
  },
  'service-cluster-ip-range': { value: 'CIDRS', help: 'Networks of Services, which nodes never get.' },
  'node-cidr-mask-size': { value: 'N', help: "Length of the prefix of a node's network (default 24, of IPv6 64)." },
  'node-cidr-mask-size-ipv4': { value: 'N', help: 'The same of IPv4 beside IPv6.' },
  'node-cidr-mask-size-ipv6': { value: 'N', help: 'The same of IPv6 beside IPv4.' },
};

/** Undefined unless asked for. @throws UsageError */
export function readNodeRangeFlags(flags: Invocation['flags']): NodeRanges | undefined {
  if (flags.switched('allocate-node-cidrs') !== true) return undefined;
  const clusterCidrs = listOf(flags.text('cluster-cidr'));
  const size = flags.number('node-cidr-mask-size', 1, 128);
  const maskSizeV4 = flags.number('node-cidr-mask-size-ipv4', 1, 32) ?? size;
  const maskSizeV6 = flags.number('node-cidr-mask-size-ipv6', 1, 128) ?? size;
  if (size !== undefined && clusterCidrs.length > 1) {
    throw new UsageError('With two networks use --node-cidr-mask-size-ipv4 and --node-cidr-mask-size-ipv6');
  }
  const ranges: NodeRanges = {
    clusterCidrs,
    serviceCidrs: listOf(flags.text('service-cluster-ip-range')),
    ...(maskSizeV4 === undefined ? {} : { maskSizeV4 }),
    ...(maskSizeV6 === undefined ? {} : { maskSizeV6 }),
  };
  try {
    readNodeRanges(ranges);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
  return ranges;
}

const listOf = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter((one) => one !== '');
