/** Tables: objects as the rows that kubectl prints, with the columns that the kind's descriptor declares. */
import type { Cell, Column } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { columnText } from './column-texts.ts';
import type { Served } from '../registry/served.ts';

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

const plainColumns: readonly Column[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    priority: 0,
    description: 'Name of the object, unique in its namespace',
  },
  { name: 'Created At', type: 'date', priority: 0, description: 'When the object was created' },
];

export function makeTable(
  served: Served,
  objects: readonly KubeObject[],
  metadata: JsonObject,
  request: TableRequest,
): JsonObject {
  const { table } = served.descriptor;
  const columns = table?.columns ?? plainColumns;
  const rows = objects.map((object) => ({
    cells: [...(table?.cells(object, request.nowMs) ?? plainCells(object))] as Json[],
    object: includedObject(object, request),
  }));
  return {
    kind: 'Table',
    apiVersion: request.version,
    metadata,
    columnDefinitions: request.withColumns ? columns.map((column) => columnDefinition(served, column)) : null,
    rows,
  };
}

function columnDefinition({ resource }: Served, { name, type, format, description, priority }: Column): JsonObject {
  const text = columnText(resource.plural, resource.group, name) ?? description;
  return { name, type, format: format ?? '', description: text, priority };
}

const plainCells = (object: KubeObject): readonly Cell[] => [object.metadata.name, object.metadata.creationTimestamp];

function includedObject(object: KubeObject, { include, version }: TableRequest): Json {
  if (include === 'None') return null;
  if (include === 'Object') return object as unknown as JsonObject;
  return partialMetadata(object, version);
}

/** The object's metadata as an object of its own. */
export function partialMetadata(object: KubeObject, version: string): JsonObject {
  const metadata = object.metadata as unknown as JsonObject;
  return { kind: 'PartialObjectMetadata', apiVersion: version, metadata };
}
