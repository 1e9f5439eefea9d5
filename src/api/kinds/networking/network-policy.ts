import type { Descriptor, Draft } from '../../descriptor.ts';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../groups/networking.v1.ts';
import { NetworkPolicies } from '../../resources.ts';
import { selectorText } from '../cells.ts';
import { rangeWarnings } from '../ip-warnings.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration } from '../prepare.ts';
import { networkPolicyErrors, networkPolicyUpdateErrors } from './network-policy-errors.ts';

export const networkPolicyDescriptor: Descriptor<NetworkPolicy> = {
  resource: NetworkPolicies,
  ...prepareWithGeneration<NetworkPolicy>(NetworkPolicies),
  validateCreate: networkPolicyErrors,
  validateUpdate: networkPolicyUpdateErrors,
  warnings: ({ spec }) => [
    ...(spec.ingress ?? []).flatMap(({ from }, index) => peersWarnings(from ?? [], `spec.ingress[${index}].from`)),
    ...(spec.egress ?? []).flatMap(({ to }, index) => peersWarnings(to ?? [], `spec.egress[${index}].to`)),
  ],
  defaults({ spec }) {
    for (const { ports } of spec.ingress ?? []) portDefaults(ports ?? []);
    for (const { ports } of spec.egress ?? []) portDefaults(ports ?? []);
    if ((spec.policyTypes ?? []).length === 0) {
      spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
    }
  },
  table: table<NetworkPolicy>([
    nameColumn,
    column('Pod-Selector', ({ spec }) => selectorText(spec.podSelector)),
    ageColumn,
  ]),
};

function peersWarnings(peers: readonly NetworkPolicyPeer[], field: string): readonly string[] {
  return peers.flatMap(({ ipBlock }, index) => {
    if (ipBlock == null) return [];
    const block = `${field}[${index}].ipBlock`;
    return [
      ...rangeWarnings(ipBlock.cidr, `${block}.cidr`),
      ...(ipBlock.except ?? []).flatMap((range, at) => rangeWarnings(range, `${block}.except[${at}]`)),
    ];
  });
}

function portDefaults(ports: Draft<readonly NetworkPolicyPort[]>): void {
  for (const port of ports) port.protocol ??= 'TCP';
}
