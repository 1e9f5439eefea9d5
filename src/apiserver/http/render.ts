/**
 * From answers to bytes. Stored objects go out as the bytes that were stored, joined with their resource versions; only
 * other forms (Table, metadata alone, YAML, pretty) are made anew.
 */
import { ApiError } from '../../api/api-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Piece } from './body-writer.ts';
import { servedObject, showEntry, showObject, type Served, type Shown } from '../registry/served.ts';
import type { Answer, ListAnswer } from '../request.ts';
import { protobufType, type Negotiated } from './negotiate.ts';
import { listMetadata, listOfObjectsMetadata } from './list-metadata.ts';
import { protobufObject, protobufPieces } from './render-protobuf.ts';
import { makeTable, partialMetadata, type IncludeObject } from './table.ts';

export interface Rendered {
  readonly contentType: string;
  /** Pieces to be sent one after the other. */
  readonly pieces: readonly Piece[];
}

export interface RenderOptions {
  readonly negotiated: Negotiated;
  readonly query: URLSearchParams;
  readonly nowMs: number;
}

export type Whole = Extract<Answer, { readonly type: 'entry' | 'object' | 'list' }>;

export async function render(answer: Whole, options: RenderOptions): Promise<Rendered> {
  const { negotiated } = options;
  if (negotiated.mediaType === protobufType && negotiated.form === 'object') {
    if (answer.type !== 'object') return { contentType: protobufType, pieces: await protobufPieces(answer) };
  }
  const plain = negotiated.mediaType === 'application/json' && !negotiated.pretty;
  if (plain && negotiated.form === 'object') {
    if (answer.type === 'entry' && answer.served.conversion === undefined) return jsonPieces([answer.entry.json]);
    if (answer.type === 'list' && answer.served.conversion === undefined)
      return jsonPieces(listPieces(answer.served, answer.list));
  }
  return encode(wholeObject(answer, options), negotiated, answer.served);
}

/** The answer as one value, in the form that was asked for. */
function wholeObject(answer: Whole, options: RenderOptions): JsonObject {
  const { form } = options.negotiated;
  if (answer.type === 'object' && (answer.served === undefined || form === 'object')) return answer.object;
  const { served } = answer;
  if (served === undefined) throw new Error('An answer without a resource has one form only');
  if (form === 'object') return answer.type === 'list' ? listObject(served, answer.list) : entryObject(served, answer);
  const shown = showAll(served, answer);
  const metadata = answer.type === 'list' ? listMetadata(answer.list) : rowMetadata(shown[0]?.object);
  return inForm(served, shown, metadata, answer.type === 'list', options);
}

function showAll(served: Served, answer: Whole): readonly Shown[] {
  if (answer.type === 'list') return answer.list.entries.map((entry) => showEntry(served, entry));
  if (answer.type === 'entry') return [showEntry(served, answer.entry)];
  return [showObject(served, answer.object as unknown as KubeObject)];
}

function inForm(
  served: Served,
  shown: readonly Shown[],
  metadata: JsonObject,
  isList: boolean,
  { negotiated, query, nowMs }: RenderOptions,
): JsonObject {
  const { form, formVersion: version } = negotiated;
  if (form === 'table') {
    return makeTable(served, shown, metadata, { include: readInclude(query), withColumns: true, version, nowMs });
  }
  if ((form === 'metadata-list') !== isList) {
    const wanted = isList ? 'PartialObjectMetadata' : 'PartialObjectMetadataList';
    const found = isList ? `a list (${internalName(served)}List)` : `not a list (${internalName(served)})`;
    throw new ApiError('NotAcceptable', `you requested ${wanted}, but the requested object is ${found}`);
  }
  if (!isList) return partialMetadata((shown[0] as Shown).internal, version);
  const items = shown.map(({ internal }) => partialMetadata(internal, version));
  const written = items.length === 0 ? null : items;
  return { kind: 'PartialObjectMetadataList', apiVersion: version, metadata, items: written };
}

export function readInclude(query: URLSearchParams): IncludeObject {
  const include = query.get('includeObject') ?? '';
  if (include === '' || include === 'Metadata') return 'Metadata';
  if (include === 'None' || include === 'Object') return include;
  const detail = "must be 'Metadata', 'Object', 'None', or empty";
  const error = `includeObject: Invalid value: ${JSON.stringify(include)}: ${detail}`;
  throw new ApiError('BadRequest', `Unable to convert to Table as requested: ${error}`);
}

/** The Go type by which Kubernetes names a kind in messages. */
function internalName({ resource: { group, kind } }: Served): string {
  return `*${group === '' ? 'core' : group.split('.')[0]}.${kind.kind}`;
}

function entryObject(served: Served, answer: Whole): JsonObject {
  if (answer.type === 'entry') return servedObject(served, answer.entry) as unknown as JsonObject;
  return (answer as Extract<Whole, { type: 'object' }>).object;
}

const rowMetadata = (object: KubeObject | undefined): JsonObject => ({
  resourceVersion: object?.metadata.resourceVersion ?? '',
});

function listObject(served: Served, list: ListAnswer): JsonObject {
  const { kind, apiVersion } = served.type;
  const items = list.entries.map((entry) => {
    const object = servedObject(served, entry) as unknown as JsonObject;
    if (served.itemsCarryType) return object;
    const { kind: _kind, apiVersion: _apiVersion, ...item } = object;
    return item;
  });
  return { kind: `${kind}List`, apiVersion, metadata: listOfObjectsMetadata(served, list), items };
}

function listPieces(served: Served, list: ListAnswer): readonly Piece[] {
  const { kind, apiVersion } = served.type;
  const metadata = JSON.stringify(listOfObjectsMetadata(served, list));
  const items = served.itemsCarryType
    ? { entries: list.entries, skip: 0, opening: '' }
    : { entries: list.entries, skip: `{"kind":"${kind}","apiVersion":"${apiVersion}",`.length, opening: '{' };
  return [`{"kind":"${kind}List","apiVersion":"${apiVersion}","metadata":${metadata},"items":[`, items, ']}\n'];
}

const jsonPieces = (pieces: readonly Piece[]): Rendered => ({ contentType: 'application/json', pieces });

/** `served`: what the object is one of, where that is no kind that the server itself knows. */
export async function encode(object: JsonObject, negotiated: Negotiated, served?: Served): Promise<Rendered> {
  if (negotiated.mediaType === protobufType) {
    return { contentType: protobufType, pieces: [protobufObject(object, served)] };
  }
  if (negotiated.mediaType === 'application/yaml') {
    const { writeYaml } = await import('../../api/codec/write-yaml.ts');
    return { contentType: 'application/yaml', pieces: [writeYaml(object)] };
  }
  if (!negotiated.pretty) return jsonPieces([`${JSON.stringify(object)}\n`]);
  return jsonPieces([`${escapeHtml(JSON.stringify(object, undefined, 2))}\n`]);
}

/** Pretty JSON is for people and their browsers: nothing in it may be taken for markup. */
function escapeHtml(json: string): string {
  return json.replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
