import type { Descriptor } from '../../descriptor.ts';
import type { Ingress, IngressClass } from '../../groups/networking.v1.ts';
import { Ingresses, IngressClasses } from '../../resources.ts';
import { loadBalancerText, orNone } from '../cells.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration, prepareWithStatus } from '../prepare.ts';
import {
  ingressClassErrors,
  ingressClassUpdateErrors,
  ingressCreateErrors,
  ingressStatusErrors,
  ingressUpdateErrors,
} from './ingress-errors.ts';

const shownHosts = 3;
const classAnnotation = 'kubernetes.io/ingress.class';

export const ingressDescriptor: Descriptor<Ingress> = {
  resource: Ingresses,
  ...prepareWithStatus<Ingress>(Ingresses),
  validateCreate: ingressCreateErrors,
  validateUpdate: (ingress, old, { subresource }) =>
    subresource === 'status' ? ingressStatusErrors(ingress, old) : ingressUpdateErrors(ingress, old),
  warnings: ({ metadata, spec }, old) =>
    old === undefined && metadata.annotations?.[classAnnotation] !== undefined && spec.ingressClassName == null
      ? [`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
  table: table<Ingress>([
    nameColumn,
    column('Class', ({ spec }) => orNone(spec.ingressClassName)),
    column('Hosts', ({ spec }) => hostsText((spec.rules ?? []).map(({ host }) => host ?? ''))),
    column('Address', ({ status }) => loadBalancerText(status.loadBalancer?.ingress)),
    column('Ports', ({ spec }) => ((spec.tls ?? []).length > 0 ? '80, 443' : '80')),
    ageColumn,
  ]),
};

export const ingressClassDescriptor: Descriptor<IngressClass> = {
  resource: IngressClasses,
  ...prepareWithGeneration<IngressClass>(IngressClasses),
  validateCreate: ingressClassErrors,
  validateUpdate: ingressClassUpdateErrors,
  defaults({ spec }) {
    if (spec.parameters != null) spec.parameters.scope ??= 'Cluster';
  },
  table: table<IngressClass>([
    nameColumn,
    column('Controller', ({ spec }) => spec.controller ?? ''),
    column('Parameters', ({ spec }) => {
      if (spec.parameters == null) return '<none>';
      const { apiGroup, kind, name } = spec.parameters;
      return `${apiGroup ? `${kind}.${apiGroup}` : kind}/${name}`;
    }),
    ageColumn,
  ]),
};

function hostsText(hosts: readonly string[]): string {
  const named = [...hosts.keys()].filter((index) => hosts[index] !== '').slice(0, shownHosts);
  if (named.length === 0) return '*';
  const shown = named.map((index) => hosts[index]).join(',');
  // Rules without a host count only after as many as are shown.
  const hasMore = named.length === shownHosts && (named.at(-1) ?? 0) < hosts.length - 1;
  return hasMore ? `${shown} + ${hosts.length - shownHosts} more...` : shown;
}
