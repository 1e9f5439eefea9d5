/** Tables: objects as the rows that kubectl prints, with the columns that the kind's descriptor declares. */
import type { Column, TableColumns } from '../../api/descriptor.ts';
import { createdAtTable } from '../../api/kinds/columns.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { columnText } from './column-texts.ts';
import type { Served, Shown } from '../registry/served.ts';

/** What each row carries of its object. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableRequest {
  readonly include: IncludeObject;
  /** Watches send the columns once. */
  readonly withColumns: boolean;
  /** apiVersion of the answer. */
  readonly version: string;
  readonly nowMs: number;
}

export function makeTable(
  served: Served,
  shown: readonly Shown[],
  metadata: JsonObject,
  request: TableRequest,
): JsonObject {
  const { columns, cells, conditions, order } = tableShown(served);
  const inOrder = order === undefined ? shown : shown.toSorted((a, b) => order(a.internal, b.internal));
  const rows = inOrder.map((each) => {
    const { internal } = each;
    const rowConditions = conditions?.(internal) ?? [];
    return {
      cells: [...cells(internal, request.nowMs)] as Json[],
      ...(rowConditions.length === 0 ? {} : { conditions: rowConditions as unknown as Json }),
      object: includedObject(each, request),
    };
  });
  return {
    kind: 'Table',
    apiVersion: request.version,
    metadata,
    columnDefinitions: request.withColumns ? columns.map((column) => columnDefinition(served, column)) : null,
    rows,
  };
}

export function tableShown({ descriptor }: Served): TableColumns<KubeObject> {
  return descriptor.table ?? createdAtTable;
}

function columnDefinition({ resource }: Served, { name, type, format, description, priority }: Column): JsonObject {
  const text = description ?? columnText(resource.plural, resource.group, name);
  return { name, type, format: format ?? '', description: text, priority };
}

function includedObject({ object, internal }: Shown, { include, version }: TableRequest): Json {
  if (include === 'None') return null;
  if (include === 'Object') return object as unknown as JsonObject;
  return partialMetadata(internal, version);
}

/** The metadata of an object in its internal form, as an object of their own. */
export function partialMetadata(internal: KubeObject, version: string): JsonObject {
  const metadata = internal.metadata as unknown as JsonObject;
  return { kind: 'PartialObjectMetadata', apiVersion: version, metadata };
}
