/** Bodies: from bytes in some encoding to a clean value of the kind that is wanted, with the errors that clients know. */
import { ApiError } from '../../api/api-error.ts';
import { forgetsManagers } from '../../api/apply/track-update.ts';
import { decode } from '../../api/codec/decode.ts';
import { DecodeError } from '../../api/codec/decode-error.ts';
import { strictErrors } from '../../api/codec/duplicate-fields.ts';
import { JsonSyntaxError, parseJson, summarizeBody } from '../../api/codec/json.ts';
import { goJsonKind } from '../../api/codec/json-object.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { KindType } from '../../api/message.ts';
import type { Json } from '../../api/schema.ts';
import type { ApiRequest } from '../request.ts';
import { checkKind, isObject } from './body-kind.ts';
import type { WriteOptions } from './write-options.ts';

export interface ParsedBody {
  readonly value: Json;
  /** What strict reading says, given the paths of fields that the type does not have. */
  strictErrors(unknown: readonly string[]): StrictErrors;
}

export interface StrictErrors {
  /** Each a warning. */
  readonly warnings: readonly string[];
  /** All of them as an error tells them. */
  readonly text: string;
}

const unknownField = (path: string): string => `unknown field ${JSON.stringify(path)}`;

/** For values that nobody wrote as text. */
const unwritten = (value: Json): ParsedBody => ({
  value,
  strictErrors: (unknown) => listed(unknown.map(unknownField)),
});

const listed = (warnings: readonly string[]): StrictErrors => ({ warnings, text: warnings.join(', ') });

/** Parses the body by its content type; only protobuf needs to know the kind to be read at all. */
export async function parseBody(request: ApiRequest, type?: KindType): Promise<ParsedBody> {
  const { body } = request;
  if (body.type === 'value') return unwritten(body.value);
  const bytes = bytesOf(request);
  const mediaType = mediaTypeOf(request.contentType);
  switch (mediaType) {
    case '':
    case 'application/json':
      return fromJson(parseJsonBody(bytes, type), type?.lenient);
    case 'application/yaml':
      return parseYamlBody(bytes, type);
    case 'application/vnd.kubernetes.protobuf':
      if (type !== undefined) return readProtobufBody(bytes, type);
      throw unsupportedMediaType();
    default:
      throw unsupportedMediaType();
  }
}

const bytesOf = ({ body }: Pick<ApiRequest, 'body'>): Uint8Array =>
  body.type === 'bytes' ? body.bytes : new Uint8Array();

/** Without its parameters; case does not matter. What is no media type as a whole is one that nobody knows. */
function mediaTypeOf(contentType: string): string {
  const mark = contentType.indexOf(';');
  if (mark < 0) return contentType.trim().toLowerCase();
  return wellFormed.test(contentType.slice(mark)) ? contentType.slice(0, mark).trim().toLowerCase() : contentType;
}

/** Parameters as RFC 2045 has them; the last semicolon may stand alone. */
const wellFormed = /^(?:\s*;\s*[^\s;="]+\s*=\s*(?:[^\s;="]+|"(?:\\.|[^"\\])*"))*\s*;?\s*$/;

async function readProtobufBody(bytes: Uint8Array, type: KindType): Promise<ParsedBody> {
  const { ProtobufError } = await import('../../api/codec/protobuf-error.ts');
  const { unwrapProtobuf } = await import('../../api/codec/unwrap-protobuf.ts');
  const { readProtobuf } = await import('../../api/codec/read-protobuf.ts');
  try {
    const { apiVersion, kind, message } = unwrapProtobuf(bytes);
    if (type.lenient === true) throw noMessages(type);
    const names = { ...(apiVersion === '' ? {} : { apiVersion }), ...(kind === '' ? {} : { kind }) };
    return unwritten({ ...readProtobuf(type, message), ...names });
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
    const what = `the object provided is unrecognized (must be of type ${type.kind})`;
    throw new ApiError('BadRequest', `${what}: ${error.message} (${summarizeBody(bytes)})`);
  }
}

const noMessages = (type: KindType): ApiError =>
  new ApiError(
    'BadRequest',
    `${cannotHandle(type)}: object *unstructured.Unstructured does not implement the protobuf marshalling interface ` +
      'and cannot be encoded to a protobuf message',
  );

function parseJsonBody(bytes: Uint8Array, type: KindType | undefined): ReturnType<typeof parseJson> {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw unrecognized(type, error.message, bytes);
  }
}

/** A body that cannot be read; `why` is what is told of it where there is no object to name. */
export class UnrecognizedBodyError extends ApiError {
  readonly why: string;

  constructor(kind: string, why: string, bytes: Uint8Array) {
    const what = `the object provided is unrecognized (must be of type ${kind})`;
    super('BadRequest', `${what}: ${why} (${summarizeBody(bytes)})`);
    this.why = why;
  }
}

/** Said of JSON that cannot be asked for its apiVersion and kind. */
export const unreadableTypeMeta = (why: string): string => `couldn't get version/kind; json parse error: ${why}`;

function unrecognized(type: KindType | undefined, why: string, bytes: Uint8Array): ApiError {
  return new UnrecognizedBodyError(type?.kind ?? 'Status', unreadableTypeMeta(why), bytes);
}

/**
 * Fields given twice and fields that do not exist, in the order of the text; custom resources are read first and pruned
 * then, and speak in that order.
 */
function fromJson(
  { value, duplicates, text }: ReturnType<typeof parseJson>,
  prunesLater: boolean | undefined,
): ParsedBody {
  const twice = duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`);
  return {
    value: value as Json,
    strictErrors: (unknown) =>
      listed(prunesLater === true ? [...twice, ...unknown.map(unknownField)] : strictErrors(text, duplicates, unknown)),
  };
}

async function parseYamlBody(bytes: Uint8Array, type: KindType | undefined): Promise<ParsedBody> {
  const { parseYaml, YamlSyntaxError } = await import('../../api/codec/yaml.ts');
  try {
    const { value, duplicates } = await parseYaml(Buffer.from(bytes).toString('utf8'));
    const [, ...lines] = (duplicates ?? '').split('\n').map((line) => line.trim());
    return {
      value: value as Json,
      strictErrors: (unknown) => {
        const others = unknown.map(unknownField);
        const all = duplicates === undefined ? others : [duplicates, ...others];
        return { warnings: [...lines, ...others], text: all.join(', ') };
      },
    };
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    throw new UnrecognizedBodyError(type?.kind ?? 'Status', error.message, bytes);
  }
}

function unsupportedMediaType(): ApiError {
  const accepted = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';
  return new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
}

/** The body as an object of the kind, defaults not yet applied. Unknown fields warn or are refused, as was asked. */
export async function readObject<T>(
  request: ApiRequest,
  type: KindType<T>,
  options: Pick<WriteOptions, 'fieldValidation'>,
): Promise<Draft<T>> {
  const parsed = await parseBody(request, type);
  checkTypeMeta(parsed.value, type, request);
  checkKind(parsed.value, type, request.body.type === 'value' ? undefined : bytesOf(request));
  return decodeObject(request, type, parsed, options);
}

export function decodeObject<T>(
  request: Pick<ApiRequest, 'warn'>,
  type: KindType<T>,
  parsed: ParsedBody,
  options: Pick<WriteOptions, 'fieldValidation'>,
): Draft<T> {
  try {
    const { value, unknown } = decode(type, parsed.value, { keepEmpty: true });
    reportProblems(request, type, parsed.strictErrors(unknown), options);
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
  { warnings, text }: StrictErrors,
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): void {
  if (warnings.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Warn') {
    for (const warning of warnings) request.warn(warning);
    return;
  }
  throw new ApiError('BadRequest', `${cannotHandle(type)}: strict decoding error: ${text}`);
}

const cannotHandle = (type: KindType): string =>
  `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}`;

const goTypeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** apiVersion and kind are read first, by themselves. */
function checkTypeMeta(value: Json, type: KindType, { body }: ApiRequest): void {
  if (body.type !== 'bytes') return;
  const wrong = typeMetaProblem(value);
  if (wrong !== undefined) throw unrecognized(type, wrong, body.bytes);
}

/** Why a value cannot be asked for its apiVersion and kind; undefined: it can. */
export function typeMetaProblem(value: Json): string | undefined {
  if (value === null) return undefined;
  const wrong = isObject(value)
    ? ['apiVersion', 'kind']
        .filter((name) => value[name] !== undefined && value[name] !== null && typeof value[name] !== 'string')
        .map((name) => `${goJsonKind(value[name])} into Go struct field .${name} of type string`)
    : [`${goJsonKind(value)} into Go value of type ${goTypeMeta}`];
  return wrong[0] === undefined ? undefined : `json: cannot unmarshal ${wrong[0]}`;
}
