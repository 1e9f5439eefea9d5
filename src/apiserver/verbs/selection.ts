/** Label and field selectors of a request, compiled to one test on entries. */
import { ApiError } from '../../api/api-error.ts';
import { matchesFields, parseFieldSelector, type FieldRequirement } from '../../api/field-selector.ts';
import type { KubeObject } from '../../api/kind.ts';
import { matchesLabels, parseLabelSelector, SelectorError, type LabelRequirements } from '../../api/label-selector.ts';
import { ConversionPending } from '../registry/conversion-pending.ts';
import type { Entry, FieldReader } from '../registry/entry.ts';
import { scopeOf, servedObject, type Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';
import { everything, type Matches } from '../registry/watch.ts';
import { targetOf } from './target.ts';

export interface Selection {
  /** Prefix of the keys in question, or the one key that metadata.name selects. */
  readonly scope: string;
  readonly matches: Matches;
  /** There is no selector: every entry of the scope matches. */
  readonly all: boolean;
  /** The selector asks for fields of the kind, which depend on the version. */
  readonly ownFields: boolean;
  /** A label and the one value of it that is selected, if there is such a requirement. */
  readonly label?: readonly [label: string, value: string] | undefined;
}

export function readSelection(served: Served, request: ApiRequest): Selection {
  const labels = readLabels(request);
  const fields = readFields(served, request);
  const { namespace, name } = targetOf(request);
  const scope = scopeOf(served, namespace);
  const selected = exactValue(fields, 'metadata.name');
  if (name !== undefined && fields.length > 0 && selected !== name) {
    throw new ApiError('BadRequest', "fieldSelector metadata.name doesn't match requested name");
  }
  const single = name ?? selected;
  const known = single !== undefined && (!served.resource.namespaced || namespace !== undefined);
  const within = known ? scope + single : scope;
  if (labels.length === 0 && fields.length === 0)
    return { scope: within, matches: everything, all: true, ownFields: false };
  return {
    scope: within,
    all: false,
    ownFields: fields.some(({ field }) => !field.startsWith('metadata.')),
    label: exactLabel(labels),
    matches: (entry) =>
      (labels.length === 0 || matchesLabels(labels, entry.labels)) &&
      (fields.length === 0 || matchesFields(fields, fieldsOf(served, entry))),
  };
}

function exactValue(fields: readonly FieldRequirement[], field: string): string | undefined {
  return fields.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;
}

function exactLabel(labels: LabelRequirements): Selection['label'] {
  for (const { key, operator, values } of labels) {
    const [value] = values;
    if (values.length === 1 && value !== undefined && exactOperators.has(operator)) return [key, value];
  }
  return undefined;
}

const exactOperators: ReadonlySet<string> = new Set(['=', '==', 'in']);

function fieldsOf(served: Served, entry: Entry): Readonly<Record<string, string>> {
  // Another version of the kind may name other fields: only those of the stored one are kept with the entry.
  if (served.conversion !== undefined) return fieldsOfObject(served.descriptor, knownObject(served, entry));
  let reader = readers.get(served.descriptor);
  if (reader === undefined) {
    reader = { read: (object) => fieldsOfObject(served.descriptor, object) };
    readers.set(served.descriptor, reader);
  }
  return entry.selectable(reader);
}

const readers = new WeakMap<Served['descriptor'], FieldReader>();

function fieldsOfObject(descriptor: Served['descriptor'], object: KubeObject): Readonly<Record<string, string>> {
  const { name, namespace = '' } = object.metadata;
  return { 'metadata.name': name, 'metadata.namespace': namespace, ...descriptor.selectableFields?.(object) };
}

/** As stored, while a webhook has yet to convert it: lists convert first, watches see every object once as stored. */
function knownObject(served: Served, entry: Entry): KubeObject {
  try {
    return servedObject(served, entry);
  } catch (error) {
    if (error instanceof ConversionPending) return entry.object;
    throw error;
  }
}

function readLabels(request: ApiRequest): LabelRequirements {
  return orBadRequest(() => parseLabelSelector(request.query.get('labelSelector') ?? ''));
}

function readFields(served: Served, request: ApiRequest): readonly FieldRequirement[] {
  const requirements = orBadRequest(() => parseFieldSelector(request.query.get('fieldSelector') ?? ''));
  const known = new Set(['metadata.name', 'metadata.namespace', ...(served.descriptor.selectableFieldNames ?? [])]);
  for (const { field } of requirements) {
    if (!known.has(field)) throw new ApiError('BadRequest', unknownFieldText(served, field));
  }
  return requirements;
}

/** Kinds with selectable fields of their own say it in their own words. */
function unknownFieldText({ descriptor, itemsCarryType, resource }: Served, field: string): string {
  const { apiVersion, kind } = resource;
  if ((descriptor.selectableFieldNames ?? []).length === 0 && !itemsCarryType) {
    return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
  }
  const own: Readonly<Record<string, string>> = {
    'batch/v1 Job': `field label ${JSON.stringify(field)} not supported for Job`,
    'resource.k8s.io/v1 ResourceSlice': `field label not supported for ${apiVersion}, Kind=${kind.kind}: ${field}`,
  };
  return own[`${apiVersion} ${kind.kind}`] ?? `field label not supported: ${field}`;
}

function orBadRequest<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SelectorError) throw new ApiError('BadRequest', error.message);
    throw error;
  }
}
