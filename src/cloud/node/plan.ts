/**
 * What the cloud's facts about a machine make of its node.
 *
 * A kubelet that is told to wait for a cloud (--cloud-provider=external) registers its node with a taint that keeps pods off.
 * The node controller then fills in what only the cloud knows, and takes the taint off. Later only addresses and labels are
 * kept up to date: a providerID never changes.
 */
import type { Node, NodeAddress, Taint } from '../../api/groups/core.v1.ts';
import type { Instance } from '../provider.ts';

const uninitializedTaint = 'node.cloudprovider.kubernetes.io/uninitialized';
/** The address that the kubelet was told to use (--node-ip), the one that comes first of its type. */
const nodeIpAnnotation = 'alpha.kubernetes.io/provided-node-ip';

/** Each fact under its present label and the one that came before, which old tools still read. */
const factLabels = {
  instanceType: ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'],
  zone: ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  region: ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
} as const;

export interface NodeChanges {
  /** Undefined: they are as they should be. */
  readonly addresses: readonly NodeAddress[] | undefined;
  /** Only those that are missing or other. */
  readonly labels: Readonly<Record<string, string>>;
  readonly providerId: string | undefined;
  /** The taint is to go. */
  readonly initialize: boolean;
}

export function isInitialized({ spec }: Node): boolean {
  return !(spec.taints ?? []).some(({ key }) => key === uninitializedTaint);
}

export function initializedTaints({ spec }: Node): readonly Taint[] {
  return (spec.taints ?? []).filter(({ key }) => key !== uninitializedTaint);
}

/** @throws Error when the kubelet uses an address that the machine does not have. */
export function planNode(node: Node, instance: Instance): NodeChanges {
  const addresses = wantedAddresses(node, instance.addresses);
  const current = node.status.addresses ?? [];
  return {
    addresses: addressesText(addresses) === addressesText(current) ? undefined : addresses,
    labels: wantedLabels(node, instance),
    providerId: (node.spec.providerID ?? '') === '' ? instance.providerId : undefined,
    initialize: !isInitialized(node),
  };
}

function wantedAddresses(node: Node, found: readonly NodeAddress[]): readonly NodeAddress[] {
  const hostname = node.status.addresses?.find(({ type }) => type === 'Hostname');
  const named = hostname === undefined || found.some(({ type }) => type === 'Hostname') ? found : [...found, hostname];
  const chosen = (node.metadata.annotations?.[nodeIpAnnotation] ?? '').split(',').filter((ip) => ip !== '');
  return chosen.reduceRight((addresses, ip) => withFirst(addresses, ip), named);
}

/** Of each type that has the address it stays alone in its family, in front; the others follow as they were. */
function withFirst(addresses: readonly NodeAddress[], ip: string): readonly NodeAddress[] {
  const matches = addresses.filter(({ address }) => address === ip);
  if (matches.length === 0) throw new Error(`failed to get node address from cloud provider that matches ip: ${ip}`);
  const types = new Set(matches.map(({ type }) => type));
  const isOfFamily = ({ address }: NodeAddress): boolean => address.includes(':') === ip.includes(':');
  const others = addresses.filter((one) => !types.has(one.type) || (!isOfFamily(one) && one.address !== ip));
  return [...matches, ...others];
}

function addressesText(addresses: readonly NodeAddress[]): string {
  return addresses.map(({ type, address }) => `${type} ${address}`).join('\n');
}

function wantedLabels(node: Node, instance: Instance): Readonly<Record<string, string>> {
  const facts = Object.entries(factLabels).flatMap(([fact, labels]) => {
    const value = instance[fact as keyof typeof factLabels];
    return value === '' ? [] : labels.map((label) => [label, value] as const);
  });
  const all = { ...instance.labels, ...Object.fromEntries(facts) };
  return Object.fromEntries(Object.entries(all).filter(([key, value]) => node.metadata.labels?.[key] !== value));
}
