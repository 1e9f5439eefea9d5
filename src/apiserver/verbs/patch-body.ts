/** Bodies of PATCH: what is in them, and the errors when what they make of the object does not fit its kind. */
import { ApiError } from '../../api/api-error.ts';
import { decode } from '../../api/codec/decode.ts';
import { DecodeError } from '../../api/codec/decode-error.ts';
import { JsonSyntaxError, parseJson } from '../../api/codec/json.ts';
import { parseYaml, YamlSyntaxError } from '../../api/codec/yaml.ts';
import type { Draft } from '../../api/descriptor.ts';
import { invalid, invalidError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { KindType } from '../../api/message.ts';
import { goText } from '../../api/patch/go-text.ts';
import { restoreErrorText } from '../../api/patch/restore-error.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { ApiRequest } from '../request.ts';
import { checkCustomType, isObject, mismatch, versionText } from './body-kind.ts';
import { jsonName } from './body.ts';
import type { WriteOptions } from './write-options.ts';

export interface PatchBody {
  readonly value: Json;
  /** Complaints about fields that were given twice. */
  readonly duplicates: readonly string[];
}

/** The JSON of a patch. */
export function readPatchBody(request: ApiRequest, strategic: boolean): PatchBody {
  const { body } = request;
  if (body.type === 'value') return { value: body.value, duplicates: [] };
  try {
    const { value, duplicates } = parseJson(body.type === 'bytes' ? body.bytes : new Uint8Array());
    return { value: value as Json, duplicates: duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`) };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ApiError('BadRequest', strategic ? error.message : `error decoding patch: ${error.message}`);
  }
}

/** The patched value as an object of its kind. `shown`: how errors show what was wrong. */
export function decodePatched(
  request: Pick<ApiRequest, 'warn'>,
  type: KindType,
  patched: Json,
  problems: readonly string[],
  strategicPatch: JsonObject | undefined,
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): Draft<KubeObject> {
  const refuse = (text: string): ApiError => {
    const shown = strategicPatch === undefined ? JSON.stringify(patched) : goText(strategicPatch);
    return invalidError('', '', '', [invalid('patch', shown, text)]);
  };
  checkPatchedKind(type, patched, refuse);
  try {
    const { value, unknown } = decode(type, patched, { keepEmpty: true });
    const complaints = [...unknown.map((path) => `unknown field ${JSON.stringify(path)}`), ...problems];
    if (fieldValidation === 'Strict' && complaints.length > 0) {
      throw refuse(`strict decoding error: ${complaints.join(', ')}`);
    }
    if (fieldValidation === 'Warn') for (const complaint of complaints) request.warn(complaint);
    return Object.assign(value as object, { kind: type.kind, apiVersion: type.apiVersion }) as Draft<KubeObject>;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refuse(strategicPatch === undefined ? error.message : restoreErrorText(error));
  }
}

function checkPatchedKind(type: KindType, patched: Json, refuse: (text: string) => ApiError): void {
  if (!isObject(patched)) return;
  if (type.lenient === true) return checkCustomType(patched, type);
  const { apiVersion = type.apiVersion, kind = type.kind } = patched;
  if (apiVersion === type.apiVersion && kind === type.kind) return;
  const said = { apiVersion: goText(apiVersion), kind: goText(kind) };
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
    const why = `json: cannot unmarshal ${jsonName(value)} into Go value of type map[string]interface {}`;
    throw new ApiError('BadRequest', `error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`);
  }
  const { apiVersion, kind } = value ?? {};
  if (apiVersion !== type.apiVersion || kind !== type.kind) {
    const [version, group = ''] = goTextOr(apiVersion).split('/').toReversed();
    throw new ApiError('BadRequest', `invalid object type: ${group}/${version}, Kind=${goTextOr(kind)}`);
  }
  return value as JsonObject;
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
