/** PATCH: JSON patch, merge patch, strategic merge patch, and server-side apply. */
import { ApiError } from '../../api/api-error.ts';
import { applyConfiguration } from '../../api/apply/apply-configuration.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import { applyJsonPatch, readJsonPatch } from '../../api/patch/json-patch.ts';
import { applyMergePatch, readMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { decodeObject, isObject, parseBody, type ParsedBody } from './body.ts';
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
    throw new ApiError(
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueForbidden',
            message: 'Forbidden: may not be specified for non-apply patch',
            field: 'force',
          },
        ],
      },
    );
  }
  const body = readPatchBody(request);
  return changeObject(api, served, request, options, {
    retry: true,
    optionsKind: 'PatchOptions',
    make: (current) => {
      const patched = patchValue(type, served, current as unknown as JsonObject, body.value);
      const draft = decodeObject(request, served.type, { value: patched, problems: body.problems }, options);
      return withDefaults(served, draft as Draft<KubeObject>);
    },
  });
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
  const accepted = Object.keys(mediaTypes).filter((name) => !(served.itemsCarryType && name.includes('strategic')));
  throw new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

function readPatchBody(request: ApiRequest): ParsedBody {
  const { body } = request;
  if (body.type === 'value') return { value: body.value, problems: [] };
  const text = body.type === 'bytes' ? Buffer.from(body.bytes).toString('utf8') : '';
  try {
    return { value: JSON.parse(text) as Json, problems: [] };
  } catch (error) {
    throw new ApiError('BadRequest', `error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function apply(api: Api, served: Served, request: ApiRequest, options: WriteOptions): Promise<Answer> {
  if (!request.query.get('fieldManager')) {
    throw new ApiError(
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
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
