/** Bodies: from bytes in some encoding to a clean value of the kind that is wanted, with the errors that clients know. */
import { ApiError } from '../../api/api-error.ts';
import { forgetsManagers } from '../../api/apply/track-update.ts';
import { decode } from '../../api/codec/decode.ts';
import { DecodeError } from '../../api/codec/decode-error.ts';
import { JsonSyntaxError, parseJson, summarizeBody } from '../../api/codec/json.ts';
import type { Draft } from '../../api/descriptor.ts';
import { joinApiVersion, type KindType } from '../../api/message.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { ApiRequest } from '../request.ts';
import type { WriteOptions } from './write-options.ts';

export interface ParsedBody {
  readonly value: Json;
  /** Texts such as `duplicate field "spec.replicas"`. */
  readonly problems: readonly string[];
}

/** Parses the body by its content type; only protobuf needs to know the kind to be read at all. */
export async function parseBody(request: ApiRequest, type?: KindType): Promise<ParsedBody> {
  const { body } = request;
  if (body.type === 'value') return { value: body.value, problems: [] };
  const bytes = body.type === 'bytes' ? body.bytes : new Uint8Array();
  const mediaType = request.contentType.split(';')[0]?.trim() ?? '';
  switch (mediaType) {
    case '':
    case 'application/json':
      return withProblems(parseJsonBody(bytes, type));
    case 'application/yaml': {
      const { parseYaml } = await import('../../api/codec/yaml.ts');
      const { value, duplicates } = await parseYaml(Buffer.from(bytes).toString('utf8'));
      return { value: value as Json, problems: duplicates === undefined ? [] : [duplicates] };
    }
    case 'application/vnd.kubernetes.protobuf':
      if (type !== undefined) return readProtobufBody(bytes, type);
      throw unsupportedMediaType(request.contentType);
    default:
      throw unsupportedMediaType(request.contentType);
  }
}

async function readProtobufBody(bytes: Uint8Array, type: KindType): Promise<ParsedBody> {
  const { ProtobufError, readProtobuf, unwrapProtobuf } = await import('../../api/codec/protobuf.ts');
  try {
    const { apiVersion, kind, message } = unwrapProtobuf(bytes);
    const names = { ...(apiVersion === '' ? {} : { apiVersion }), ...(kind === '' ? {} : { kind }) };
    return { value: { ...readProtobuf(type, message), ...names }, problems: [] };
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    throw new ApiError(
      'BadRequest',
      `the object provided is unrecognized (must be of type ${type.kind}): ${error.message} (${Buffer.from(bytes.subarray(0, 24)).toString('hex')})`,
    );
  }
}

function parseJsonBody(bytes: Uint8Array, type: KindType | undefined): ReturnType<typeof parseJson> {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const unreadable = `couldn't get version/kind; json parse error: ${error.message}`;
    throw new ApiError(
      'BadRequest',
      `the object provided is unrecognized (must be of type ${type?.kind ?? 'Status'}): ${unreadable} (${summarizeBody(bytes)})`,
    );
  }
}

export function withProblems(parsed: { readonly value: unknown; readonly duplicates: readonly string[] }): ParsedBody {
  return {
    value: parsed.value as Json,
    problems: parsed.duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
  };
}

export function unsupportedMediaType(contentType: string): ApiError {
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  return new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}` +
      (contentType === '' ? '' : ''),
  );
}

/** The body as an object of the kind, defaults not yet applied. Unknown fields warn or are refused, as was asked. */
export async function readObject<T>(
  request: ApiRequest,
  type: KindType<T>,
  options: Pick<WriteOptions, 'fieldValidation'>,
): Promise<Draft<T>> {
  const parsed = await parseBody(request, type);
  checkKind(parsed.value, type);
  return decodeObject(request, type, parsed, options);
}

export function decodeObject<T>(
  request: Pick<ApiRequest, 'warn'>,
  type: KindType<T>,
  parsed: ParsedBody,
  options: Pick<WriteOptions, 'fieldValidation'>,
): Draft<T> {
  try {
    const { value, unknown } = decode(type, parsed.value);
    reportProblems(request, type, [...unknown.map((path) => `unknown field "${path}"`), ...parsed.problems], options);
    const draft = Object.assign(value as object, { kind: type.kind, apiVersion: type.apiVersion });
    if (forgetsManagers(parsed.value))
      Object.assign((draft as { metadata?: object }).metadata ?? {}, { managedFields: [{}] });
    return draft as Draft<T>;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new ApiError('BadRequest', `${cannotHandle(type)}: ${error.message}`);
  }
}

function reportProblems(
  request: Pick<ApiRequest, 'warn'>,
  type: KindType,
  problems: readonly string[],
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): void {
  if (problems.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Warn') {
    for (const problem of problems) request.warn(problem);
    return;
  }
  throw new ApiError('BadRequest', `${cannotHandle(type)}: strict decoding error: ${problems.join(', ')}`);
}

const cannotHandle = (type: KindType): string =>
  `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}`;

/** The body says what it is; when it does not, it is taken for what the address says. */
function checkKind(value: Json, type: KindType): void {
  const { apiVersion, kind } = (isObject(value) ? value : {}) as { apiVersion?: unknown; kind?: unknown };
  const saidVersion = typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : type.apiVersion;
  const saidKind = typeof kind === 'string' && kind !== '' ? kind : type.kind;
  if (saidKind !== type.kind) {
    const [group, version] = splitVersion(saidVersion);
    const expected = joinApiVersion(type.group, type.version);
    throw new ApiError(
      'BadRequest',
      `${saidKind} in version "${version}" cannot be handled as a ${type.kind}: no kind "${saidKind}" is registered for ` +
        `${group === '' ? version : saidVersion} as ${expected}`,
    );
  }
  if (saidVersion !== type.apiVersion) {
    throw new ApiError(
      'BadRequest',
      `the API version in the data (${saidVersion}) does not match the expected API version (${type.apiVersion})`,
    );
  }
}

function splitVersion(apiVersion: string): [string, string] {
  const slash = apiVersion.indexOf('/');
  return [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
