/** PATCH: JSON patch, merge patch, strategic merge patch, and server-side apply. */
import { ApiError } from '../../api/api-error.ts';
import { applyConfiguration } from '../../api/apply/apply-configuration.ts';
import { decode } from '../../api/codec/decode.ts';
import { DecodeError } from '../../api/codec/decode-error.ts';
import { JsonSyntaxError, parseJson } from '../../api/codec/json.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import { forbidden, invalid, invalidError, requiredField } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import { goText } from '../../api/patch/go-text.ts';
import { applyJsonPatch, readJsonPatch } from '../../api/patch/json-patch.ts';
import { applyMergePatch, readMergePatch } from '../../api/patch/merge-patch.ts';
import { restoreErrorText } from '../../api/patch/restore-error.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import type { AnyType, Json, JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { authorize } from '../authorization/authorize.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { decodeObject, isObject, parseBody } from './body.ts';
import { createDraft } from './create.ts';
import { keyOf, nameOf, targetOf } from './target.ts';
import { changeObject } from './update.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';

const mediaTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

type PatchType = (typeof mediaTypes)[keyof typeof mediaTypes];

export async function patch(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const type = patchType(served, request);
  const options = readWriteOptions(request, 'PatchOptions');
  if (type === 'apply') return apply(api, served, request, options);
  if (request.query.get('force') !== null) {
    throw invalidError('meta.k8s.io', 'PatchOptions', '', [
      forbidden('force', 'may not be specified for non-apply patch'),
    ]);
  }
  const body = readPatchBody(request, type);
  return changeObject(api, served, request, options, {
    retry: true,
    optionsKind: 'PatchOptions',
    make: (current) => {
      const patched = patchValue(type, served, current as unknown as JsonObject, body.value);
      return withDefaults(served, readPatched(type, served, request, options, patched, body));
    },
  });
}

/** The patched document as an object of the kind. @throws ApiError Invalid when it is none any more */
function readPatched(
  type: Exclude<PatchType, 'apply'>,
  served: Served,
  request: ApiRequest,
  { fieldValidation }: WriteOptions,
  patched: Json,
  body: PatchBody,
): Draft<KubeObject> {
  const shown = type === 'strategic' ? goText(body.value) : JSON.stringify(patched);
  const refuse = (text: string): ApiError => invalidError('', '', '', [invalid('patch', shown, text)]);
  if (type !== 'strategic') checkSameKind(served, patched, refuse);
  const { value, unknown } = decodePatched(type, served, patched, refuse);
  const problems = [...body.duplicates, ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`)];
  if (fieldValidation === 'Strict' && problems.length > 0) {
    throw refuse(`strict decoding error: ${problems.join(', ')}`);
  }
  if (fieldValidation === 'Warn') for (const problem of problems) request.warn(problem);
  const { kind, apiVersion } = served.type;
  return Object.assign(value as object, { kind, apiVersion }) as Draft<KubeObject>;
}

function decodePatched(
  type: Exclude<PatchType, 'apply'>,
  served: Served,
  patched: Json,
  refuse: (text: string) => ApiError,
): ReturnType<typeof decode> {
  try {
    return decode(served.type as AnyType, patched, { keepEmpty: true });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw refuse(type === 'strategic' ? restoreErrorText(error) : error.message);
  }
}

function checkSameKind({ type }: Served, patched: Json, refuse: (text: string) => ApiError): void {
  const { kind, apiVersion } = (isObject(patched) ? patched : {}) as { kind?: Json; apiVersion?: Json };
  if (kind === type.kind && apiVersion === type.apiVersion) return;
  const version = String(apiVersion).replace(/^.*\//, '');
  throw refuse(`converting (${version}.${String(kind)}) to (${type.version}.${type.kind}): unknown conversion`);
}

function withDefaults(served: Served, draft: Draft<KubeObject>): Draft<KubeObject> {
  applyDefaults(served.type, draft);
  served.descriptor.defaults?.(draft);
  return draft;
}

function patchValue(type: Exclude<PatchType, 'apply'>, served: Served, current: JsonObject, body: Json): Json {
  switch (type) {
    case 'json':
      return applyJsonPatch(current, readJsonPatch(body));
    case 'merge':
      return applyMergePatch(current, readMergePatch(body));
    case 'strategic':
      return applyStrategicMergePatch(served.type, current, readMergePatch(body));
  }
}

function patchType(served: Served, request: ApiRequest): PatchType {
  const mediaType = (request.contentType.split(';')[0] ?? '').trim();
  const known: Readonly<Record<string, PatchType>> = mediaTypes;
  const type = known[mediaType];
  if (type !== undefined && !(type === 'strategic' && served.itemsCarryType)) return type;
  throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', {});
}

interface PatchBody {
  readonly value: Json;
  /** Complaints about fields that were given twice. */
  readonly duplicates: readonly string[];
}

function readPatchBody({ body }: ApiRequest, type: PatchType): PatchBody {
  if (body.type === 'value') return { value: body.value, duplicates: [] };
  const bytes = body.type === 'bytes' ? body.bytes : new Uint8Array();
  try {
    const { duplicates } = parseJson(bytes);
    return {
      value: JSON.parse(Buffer.from(bytes).toString('utf8')) as Json,
      duplicates: duplicates.map((path) => `duplicate field ${JSON.stringify(path)}`),
    };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new ApiError('BadRequest', type === 'strategic' ? error.message : `error decoding patch: ${error.message}`);
  }
}

async function apply(api: Api, served: Served, request: ApiRequest, options: WriteOptions): Promise<Answer> {
  if (!request.query.get('fieldManager')) {
    throw invalidError('meta.k8s.io', 'PatchOptions', '', [
      requiredField('fieldManager', 'is required for apply patch'),
    ]);
  }
  const parsed = await parseBody({ ...request, contentType: 'application/yaml' });
  const applied = readApplied(served, request, parsed.value);
  decodeObject(request, served.type, parsed, options);
  const merge = (live: KubeObject | undefined): Draft<KubeObject> => {
    const { object, managedFields } = applyConfiguration({
      type: served.type,
      live,
      applied,
      manager: options.fieldManager,
      force: options.force,
      subresource: targetOf(request).subresource,
      nowMs: api.clock.now(),
      resetFields: served.descriptor.resetFields?.[targetOf(request).subresource] ?? [],
      withDefaults: (draft: object) => withDefaults(served, draft as Draft<KubeObject>),
    });
    const draft = object as unknown as Draft<KubeObject>;
    Object.assign(draft.metadata, { managedFields });
    return draft;
  };
  if (served.cache.get(keyOf(served, request)) === undefined && targetOf(request).subresource === '') {
    authorize(api.authorizer, request, 'create');
    return createDraft(api, served, request, options, merge(undefined));
  }
  return changeObject(api, served, request, options, {
    retry: applied.metadata.resourceVersion === undefined,
    optionsKind: 'PatchOptions',
    tracked: true,
    make: merge,
  });
}

/** The applied configuration, with the name of the path; it may not bring managed fields of its own. */
function readApplied(served: Served, request: ApiRequest, value: Json): JsonObject & { metadata: JsonObject } {
  if (!isObject(value)) throw new ApiError('BadRequest', 'error decoding YAML: the body is not an object');
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  if (metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    throw new ApiError('BadRequest', 'metadata.managedFields must be nil');
  }
  const { apiVersion, kind } = served.type;
  if (value['apiVersion'] !== apiVersion || value['kind'] !== kind) {
    throw new ApiError(
      'BadRequest',
      `incorrect object in patch: expected ${apiVersion}, Kind=${kind}, got ${String(value['apiVersion'])}, Kind=${String(value['kind'])}`,
    );
  }
  const name = nameOf(request);
  const { namespace } = targetOf(request);
  return {
    ...value,
    metadata: { ...metadata, name: metadata['name'] ?? name, ...(namespace === undefined ? {} : { namespace }) },
  };
}
