import type { Descriptor, Draft } from '../../descriptor.ts';
import type { NetworkPolicy, NetworkPolicyPort } from '../../groups/networking.v1.ts';
import { NetworkPolicies } from '../../resources.ts';
import { selectorText } from '../cells.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration } from '../prepare.ts';
import { networkPolicyErrors, networkPolicyUpdateErrors } from './network-policy-errors.ts';

export const networkPolicyDescriptor: Descriptor<NetworkPolicy> = {
  resource: NetworkPolicies,
  ...prepareWithGeneration<NetworkPolicy>(NetworkPolicies),
  validateCreate: networkPolicyErrors,
  validateUpdate: networkPolicyUpdateErrors,
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

function portDefaults(ports: Draft<readonly NetworkPolicyPort[]>): void {
  for (const port of ports) port.protocol ??= 'TCP';
}
