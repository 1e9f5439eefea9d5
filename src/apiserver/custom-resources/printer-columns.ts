/** The table of a custom resource: its name, then what the definition's printer columns name. */
import type { Cell, Column, TableColumns } from '../../api/descriptor.ts';
import type { CustomResourceColumnDefinition } from '../../api/groups/apiextensions.v1.ts';
import { age } from '../../api/kinds/cells.ts';
import { nameColumn } from '../../api/kinds/columns.ts';
import type { KubeObject } from '../../api/kind.ts';
import { goJson } from '../../api/patch/go-text.ts';
import type { Json } from '../../api/schema.ts';
import { parseTime } from '../../api/time.ts';
import { parseJsonPath, valuesAt, type Step } from './json-path.ts';

/** What definitions without columns show. */
const ageOnly: readonly CustomResourceColumnDefinition[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

export function tableOf(definitions: readonly CustomResourceColumnDefinition[] | undefined): TableColumns<KubeObject> {
  const own = definitions === undefined || definitions.length === 0 ? ageOnly : definitions;
  const columns = own.map((definition) => ({ type: definition.type, steps: readPath(definition.jsonPath) }));
  const { name, type, format = 'name', priority } = nameColumn;
  return {
    columns: [{ name, type, format, priority }, ...own.map(columnOf)],
    cells: (object, nowMs) => [
      object.metadata.name,
      ...columns.map(({ type: wanted, steps }) => cellOf(object, wanted, steps, nowMs)),
    ],
  };
}

function columnOf({ name, type, format, priority, description, jsonPath }: CustomResourceColumnDefinition): Column {
  return {
    name,
    type: type as Column['type'],
    ...(format === undefined ? {} : { format }),
    priority: priority ?? 0,
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
  };
}

/** A path that cannot be read shows nothing. */
function readPath(jsonPath: string): readonly Step[] | undefined {
  try {
    return parseJsonPath(jsonPath);
  } catch {
    return undefined;
  }
}

function cellOf(object: KubeObject, type: string, steps: readonly Step[] | undefined, nowMs: number): Cell {
  const [value] = steps === undefined ? [] : valuesAt(object as unknown as Json, steps);
  if (value === undefined) return null;
  if (type === 'string') return printed(value);
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateText(value, nowMs) : null;
    default:
      return null;
  }
}

function dateText(value: string, nowMs: number): string {
  try {
    if (value !== '') parseTime(value);
  } catch {
    return '<invalid>';
  }
  return age(value, nowMs);
}

function printed(value: Json): string {
  if (value === null) return '<no value>';
  return typeof value === 'object' ? goJson(value) : String(value);
}
