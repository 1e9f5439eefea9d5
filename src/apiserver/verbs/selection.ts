/** Label and field selectors of a request, compiled to one test on entries. */
import { ApiError } from '../../api/api-error.ts';
import { parseFieldSelector } from '../../api/field-selector.ts';
import { parseLabelSelector } from '../../api/label-selector.ts';
import { scopeOf, type Served } from '../registry/served.ts';
import type { ApiRequest } from '../request.ts';
import type { Matches } from '../registry/watch.ts';
import { servedObject } from './update.ts';
import { targetOf } from './target.ts';

export interface Selection {
  /** Prefix of the keys in question, or the one key that metadata.name selects. */
  readonly scope: string;
  readonly matches: Matches;
  /** There is no selector: every entry of the scope matches. */
  readonly all: boolean;
}

export function readSelection(served: Served, request: ApiRequest): Selection {
  const labels = readLabels(request);
  const fields = readFields(served, request);
  const { namespace, name } = targetOf(request);
  const scope = scopeOf(served, namespace);
  const single = name ?? fields?.exact('metadata.name');
  const within =
    single === undefined || (served.resource.namespaced && namespace === undefined) ? scope : scope + single;
  if (labels === undefined && fields === undefined) return { scope: within, matches: () => true, all: true };
  const selectable = (entry: Parameters<Matches>[0]): Readonly<Record<string, string>> => {
    const object = servedObject(served, entry);
    const { metadata } = object;
    const own = served.descriptor.selectableFields?.(object) ?? {};
    return { 'metadata.name': metadata.name, 'metadata.namespace': metadata.namespace ?? '', ...own };
  };
  return {
    scope: within,
    all: false,
    matches: (entry) =>
      (labels === undefined || labels.matches(entry.object.metadata.labels ?? {})) &&
      (fields === undefined || fields.matches(selectable(entry))),
  };
}

function readLabels(request: ApiRequest): ReturnType<typeof parseLabelSelector> | undefined {
  const text = request.query.get('labelSelector') ?? '';
  if (text.trim() === '') return undefined;
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw new ApiError(
      'BadRequest',
      `unable to parse requirement: ${messageOf(error)}`.replace(/^(unable to parse requirement: )+/, '$1'),
    );
  }
}

function readFields(served: Served, request: ApiRequest): ReturnType<typeof parseFieldSelector> | undefined {
  const text = request.query.get('fieldSelector') ?? '';
  if (text === '') return undefined;
  let selector: ReturnType<typeof parseFieldSelector>;
  try {
    selector = parseFieldSelector(text);
  } catch (error) {
    throw new ApiError('BadRequest', messageOf(error));
  }
  const known = new Set(['metadata.name', 'metadata.namespace', ...(served.descriptor.selectableFieldNames ?? [])]);
  for (const field of selector.fields) {
    if (known.has(field)) continue;
    const { group, version, kind } = served.type;
    const { apiVersion } = served.type;
    throw new ApiError(
      'BadRequest',
      group === '' || served.itemsCarryType === false
        ? `Unable to find "${apiVersion}, Resource=${served.resource.plural}" that match label selector "", field selector "${text}": field label not supported: ${field}`
        : `field label not supported: ${field} (${version} ${kind})`,
    );
  }
  return selector;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
