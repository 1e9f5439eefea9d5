import type { Descriptor, Draft } from '../../descriptor.ts';
import type { Endpoints as EndpointsObject } from '../../groups/core.v1.ts';
import { Endpoints } from '../../resources.ts';
import { firstFew } from '../cells.ts';
import { addressWarnings } from '../ip-warnings.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { endpointsErrors, endpointsUpdateErrors } from './endpoints-errors.ts';

export const endpointsDescriptor: Descriptor<EndpointsObject> = {
  resource: Endpoints,
  createOnUpdate: true,
  defaults,
  validateCreate: endpointsErrors,
  validateUpdate: endpointsUpdateErrors,
  warnings: endpointsWarnings,
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  table: table<EndpointsObject>([nameColumn, column('Endpoints', (object) => addressesText(object)), ageColumn]),
};

function defaults(draft: Draft<EndpointsObject>): void {
  for (const { ports } of draft.subsets ?? []) {
    for (const port of ports ?? []) if (!port.protocol) port.protocol = 'TCP';
  }
}

/** The controller writes addresses as they should be. */
function endpointsWarnings({ metadata, subsets = [] }: EndpointsObject): readonly string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return subsets.flatMap((subset, index) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, at) => addressWarnings(ip, `subsets[${index}].${list}[${at}].ip`)),
    ),
  );
}

function addressesText({ subsets = [] }: EndpointsObject): string {
  if (subsets.length === 0) return '<none>';
  const texts = subsets.flatMap(({ addresses, ports }) =>
    ports === undefined || ports.length === 0
      ? (addresses ?? []).map(({ ip }) => ip)
      : ports.flatMap(({ port }) => (addresses ?? []).map(({ ip }) => hostPort(ip, port))),
  );
  return firstFew(texts, 3);
}

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
