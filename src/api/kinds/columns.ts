/**
 * Columns of the tables that `kubectl get` prints: what a column is called beside how its cells are made.
 *
 *   table<ConfigMap>([nameColumn, column('Data', (map) => …), ageColumn])
 */
import type { Cell, Column, TableColumns } from '../descriptor.ts';
import type { KubeObject } from '../kind.ts';
import { age } from './cells.ts';

export interface CellColumn<T> extends Column {
  cell(object: T, nowMs: number): Cell;
}

type Options = Partial<Pick<Column, 'type' | 'format' | 'priority'>>;

export function column<T>(
  name: string,
  cell: (object: T, nowMs: number) => Cell,
  options: Options = {},
): CellColumn<T> {
  return { name, type: 'string', priority: 0, ...options, cell };
}

/** A column that only `-o wide` shows. */
export function wideColumn<T>(name: string, cell: (object: T, nowMs: number) => Cell) {
  return column(name, cell, { priority: 1 });
}

export function countColumn<T>(name: string, cell: (object: T) => number): CellColumn<T> {
  return column(name, cell, { type: 'integer' });
}

export const nameColumn: CellColumn<KubeObject> = column('Name', (object: KubeObject) => object.metadata.name, {
  format: 'name',
});

/** Marks the one that is taken when none is named: it has one of the annotations. */
export function nameColumnWithDefault(annotations: readonly string[]): CellColumn<KubeObject> {
  const isDefault = ({ metadata }: KubeObject): boolean =>
    annotations.some((each) => metadata.annotations?.[each] === 'true');
  return {
    ...nameColumn,
    cell: (object) => (isDefault(object) ? `${object.metadata.name} (default)` : object.metadata.name),
  };
}

export const ageColumn: CellColumn<KubeObject> = column('Age', (object: KubeObject, nowMs: number) =>
  age(object.metadata.creationTimestamp, nowMs),
);

/** For kinds that have nothing else to show. */
const createdAtColumn: CellColumn<KubeObject> = column(
  'Created At',
  (object: KubeObject) => object.metadata.creationTimestamp ?? '0001-01-01T00:00:00Z',
  { type: 'date' },
);

export function table<T>(columns: readonly CellColumn<T>[]): TableColumns<T> {
  return {
    columns: columns.map(({ name, type, format, priority }) => ({
      name,
      type,
      ...(format === undefined ? {} : { format }),
      priority,
    })),
    cells: (object, nowMs) => columns.map((each) => each.cell(object, nowMs)),
  };
}

/** Kinds without columns of their own. */
export const createdAtTable: TableColumns<KubeObject> = table([nameColumn, createdAtColumn]);
