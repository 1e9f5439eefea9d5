import type { Descriptor, Draft } from '../../descriptor.ts';
import type { EndpointSlice } from '../../groups/discovery.v1.ts';
import { EndpointSlices } from '../../resources.ts';
import { samePlain } from '../../equality.ts';
import { firstFew } from '../cells.ts';
import { addressWarnings } from '../ip-warnings.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { endpointSliceErrors, endpointSliceUpdateErrors } from './endpoint-slice-errors.ts';

const shown = 3;

export const endpointSliceDescriptor: Descriptor<EndpointSlice> = {
  resource: EndpointSlices,
  defaults,
  prepareForCreate(draft) {
    draft.metadata.generation = 1;
    dropTopology(draft);
  },
  prepareForUpdate(draft, old) {
    const parts = (slice: EndpointSlice): unknown => [
      slice.addressType,
      slice.endpoints ?? [],
      slice.ports ?? [],
      slice.metadata.labels ?? {},
    ];
    if (!samePlain(parts(draft as EndpointSlice), parts(old))) {
      draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
    if (!samePlain(draft.endpoints ?? [], old.endpoints ?? [])) dropTopology(draft);
  },
  validateCreate: (slice) => endpointSliceErrors(slice),
  validateUpdate: endpointSliceUpdateErrors,
  warnings: (slice, old) => [
    ...(old === undefined && slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...sliceAddressWarnings(slice),
  ],
  table: table<EndpointSlice>([
    nameColumn,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports }) =>
      orUnset(
        firstFew(
          (ports ?? []).map(({ port, name }) => (port != null ? String(port) : (name ?? '*'))),
          shown,
        ),
      ),
    ),
    column('Endpoints', ({ endpoints }) =>
      orUnset(
        firstFew(
          (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
          shown,
        ),
      ),
    ),
    ageColumn,
  ]),
};

/** A field of an older version of the API, which this one reads but does not take. */
function dropTopology(draft: Draft<EndpointSlice>): void {
  for (const endpoint of draft.endpoints ?? []) delete endpoint.deprecatedTopology;
}

const controllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

/** The controllers write addresses as they should be. */
function sliceAddressWarnings({ metadata, endpoints }: EndpointSlice): readonly string[] {
  if (controllers.includes(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '')) return [];
  return (endpoints ?? []).flatMap(({ addresses }, index) =>
    (addresses ?? []).flatMap((address, at) => addressWarnings(address, `endpoints[${index}].addresses[${at}]`)),
  );
}

function defaults(draft: Draft<EndpointSlice>): void {
  for (const port of draft.ports ?? []) {
    port.name ??= '';
    port.protocol ??= 'TCP';
  }
}

const orUnset = (text: string): string => (text === '' ? '<unset>' : text);
