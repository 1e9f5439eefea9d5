/** Bodies of PATCH: what is in them, and the errors when what they make of the object does not fit its kind. */
import { ApiError } from '../../api/api-error.ts';
import { decode } from '../../api/codec/decode.ts';
import { DecodeError } from '../../api/codec/decode-error.ts';
import { strictErrors } from '../../api/codec/duplicate-fields.ts';
import { JsonSyntaxError, parseJson } from '../../api/codec/json.ts';
import { parseYaml, YamlSyntaxError } from '../../api/codec/yaml.ts';
import type { Draft } from '../../api/descriptor.ts';
import { invalid, invalidError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { KindType } from '../../api/message.ts';
import { goDocument, goText } from '../../api/patch/go-text.ts';
import { unknownOperationFields, type PatchReading } from '../../api/patch/json-patch.ts';
import { noObjectText } from '../../api/patch/merge-patch.ts';
import { restoreErrorText } from '../../api/patch/restore-error.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { ApiRequest } from '../request.ts';
import { checkCustomType, isObject, mismatch, saidKind, versionText } from './body-kind.ts';
import { typeMetaProblem, unreadableTypeMeta } from './body.ts';
import type { WriteOptions } from './write-options.ts';

/** Patches that say in JSON what to change. */
export type JsonPatchType = 'json' | 'merge' | 'strategic';

export interface PatchBody {
  readonly value: Json;
  /** What strict reading says of it. */
  readonly problems: readonly string[];
}

/** The JSON of a patch. */
export function readPatchBody({ body }: ApiRequest, type: JsonPatchType, { strict }: PatchReading): PatchBody {
  if (body.type === 'value') return { value: body.value, problems: [] };
  try {
    const { value, duplicates, text } = parseJson(body.type === 'bytes' ? body.bytes : new Uint8Array());
    const patch = value as Json;
    const unknown = type === 'json' ? unknownOperationFields(patch) : [];
    const problems = strictErrors(text, duplicates, unknown);
    return { value: patch, problems: type === 'json' ? problems.map((problem) => `json patch ${problem}`) : problems };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (type === 'merge' && !strict) throw new ApiError('BadRequest', 'Invalid JSON Patch');
    const told = type === 'strategic' || !strict ? error.message : `error decoding patch: ${error.message}`;
    throw new ApiError('BadRequest', told);
  }
}

/** A strategic merge patch of a parsed body: null changes nothing. */
export function readStrategicPatch(body: Json): JsonObject {
  if (body === null) return {};
  if (!isObject(body)) throw new ApiError('BadRequest', noObjectText(body));
  return body;
}

export interface Patched {
  readonly value: Json;
  /** Of the patch itself. */
  readonly problems: readonly string[];
  /** The strategic merge patch that made it, which errors then show. */
  readonly by: JsonObject | undefined;
}

/** The patched value as an object of its kind. */
export function decodePatched(
  request: Pick<ApiRequest, 'warn'>,
  type: KindType,
  { value: patched, problems, by }: Patched,
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): Draft<KubeObject> {
  const refuse = (text: string): ApiError => {
    const shown = by === undefined ? goDocument(patched) : goText(by);
    return invalidError('', '', '', [invalid('patch', shown, text)]);
  };
  if (by === undefined) checkPatchedKind(type, patched, refuse);
  try {
    const { value, unknown } =
      by === undefined && isOfNoVersion(type, patched)
        ? readAsNone(patched)
        : decode(type, patched, { keepEmpty: true, fromMap: by !== undefined });
    const unknownFields = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
    const complaints = [...problems, ...(by === undefined ? unknownFields : unknownFields.toSorted())];
    if (fieldValidation === 'Strict' && complaints.length > 0) {
      throw refuse(`strict decoding error: ${complaints.join(', ')}`);
    }
    if (fieldValidation === 'Warn') for (const complaint of complaints) request.warn(complaint);
    return Object.assign(value as object, { kind: type.kind, apiVersion: type.apiVersion }) as Draft<KubeObject>;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refuse(by === undefined ? error.message : restoreErrorText(error));
  }
}

/** Its patch took the version away. */
const isOfNoVersion = (type: KindType, patched: Json): patched is JsonObject =>
  type.lenient !== true && isObject(patched) && saidKind(patched).apiVersion === '';

/** What is of no version is read as what Kubernetes holds in memory, whose fields have other names: nothing is left of it. */
const readAsNone = (patched: JsonObject): ReturnType<typeof decode> => ({
  value: { metadata: {} },
  unknown: Object.keys(patched).filter((name) => name !== 'apiVersion' && name !== 'kind'),
});

function checkPatchedKind(type: KindType, patched: Json, refuse: (text: string) => ApiError): void {
  const unreadable = typeMetaProblem(patched);
  if (unreadable !== undefined) throw refuse(unreadableTypeMeta(unreadable));
  if (!isObject(patched)) return;
  if (type.lenient === true) return checkCustomType(patched, type);
  const { apiVersion, kind } = saidKind(patched);
  const said = { apiVersion: apiVersion || type.apiVersion, kind: kind || type.kind };
  if (said.apiVersion === type.apiVersion && said.kind === type.kind) return;
  throw refuse(mismatch(type, said) ?? versionText(said.apiVersion, type));
}

/** The object that server-side apply wants, as sent: YAML, or JSON, which is YAML too. */
export async function readApplied(
  request: ApiRequest,
  type: KindType,
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): Promise<JsonObject> {
  const { value, duplicates } = await parseApplied(request);
  if (duplicates !== undefined && fieldValidation === 'Strict') {
    throw new ApiError('BadRequest', `error strict decoding YAML: error converting YAML to JSON: ${duplicates}`);
  }
  if (duplicates !== undefined && fieldValidation === 'Warn') {
    for (const line of duplicates.split('\n').slice(1)) request.warn(line.trim());
  }
  // Nothing at all is an object of no kind.
  if (value !== null && !isObject(value)) {
    const why = `error unmarshaling JSON: while decoding JSON: ${noObjectText(value)}`;
    throw new ApiError('BadRequest', `error decoding YAML: ${why}`);
  }
  const { apiVersion, kind } = value ?? {};
  if (apiVersion !== type.apiVersion || kind !== type.kind) {
    throw new ApiError('BadRequest', `invalid object type: ${saidText(goTextOr(apiVersion), goTextOr(kind))}`);
  }
  return value as JsonObject;
}

/** What has no version that can be read is of no kind. */
function saidText(apiVersion: string, kind: string): string {
  const [version, group = '', more] = apiVersion.split('/').toReversed();
  return more === undefined ? `${group}/${version}, Kind=${kind}` : '/, Kind=';
}

const goTextOr = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

async function parseApplied(
  request: ApiRequest,
): Promise<{ readonly value: Json; readonly duplicates: string | undefined }> {
  const { body } = request;
  if (body.type === 'value') return { value: body.value, duplicates: undefined };
  try {
    const parsed = await parseYaml(body.type === 'bytes' ? Buffer.from(body.bytes).toString('utf8') : '');
    return { value: parsed.value as Json, duplicates: parsed.duplicates };
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    throw new ApiError('BadRequest', `error decoding YAML: error converting YAML to JSON: ${error.message}`);
  }
}
