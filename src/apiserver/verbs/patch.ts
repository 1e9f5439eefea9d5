/** PATCH: JSON patch, merge patch, strategic merge patch, and server-side apply. */
import { ApiError } from '../../api/api-error.ts';
import { applyConfiguration } from '../../api/apply/apply-configuration.ts';
import { forgetsManagers } from '../../api/apply/track-update.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import { forbidden, requiredField, type FieldError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { KindType } from '../../api/message.ts';
import { applyJsonPatch, readJsonPatch } from '../../api/patch/json-patch.ts';
import { applyMergePatch, readMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { authorize } from '../authorization/authorize.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { isObject } from './body-kind.ts';
import { checkNamespace, createDraft } from './create.ts';
import { decodePatched, readApplied, readPatchBody } from './patch-body.ts';
import { versionConverter } from './other-version.ts';
import { keyOf, targetOf } from './target.ts';
import { changeObject, checkName } from './update.ts';
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
  const options = readWriteOptions(request, 'PatchOptions', typeErrors(request.query, type));
  if (type === 'apply') return apply(api, served, request, options);
  const body = readPatchBody(request, type === 'strategic');
  const strategicPatch = type === 'strategic' && isObject(body.value) ? body.value : undefined;
  return changeObject(api, served, request, options, {
    retry: true,
    optionsKind: 'PatchOptions',
    make: (current) => {
      const patched = patchValue(type, served.type, current as unknown as JsonObject, body.value);
      const draft = decodePatched(request, served.type, patched, body.duplicates, strategicPatch, options);
      if (forgetsManagers(patched)) Object.assign(draft.metadata, { managedFields: [{}] });
      checkName(request, draft);
      checkNamespace(served, request, draft);
      return withDefaults(served, draft);
    },
  });
}

function typeErrors(query: URLSearchParams, type: PatchType): readonly FieldError[] {
  if (type === 'apply') {
    return query.get('fieldManager') ? [] : [requiredField('fieldManager', 'is required for apply patch')];
  }
  return query.has('force') ? [forbidden('force', 'may not be specified for non-apply patch')] : [];
}

function withDefaults(served: Served, draft: Draft<KubeObject>): Draft<KubeObject> {
  applyDefaults(served.type, draft);
  served.descriptor.defaults?.(draft);
  return draft;
}

/** The object of a kind with a patch of a type applied to it. */
export function patchValue(type: Exclude<PatchType, 'apply'>, kind: KindType, current: JsonObject, body: Json): Json {
  switch (type) {
    case 'json':
      return applyJsonPatch(current, readJsonPatch(body));
    case 'merge':
      return applyMergePatch(current, readMergePatch(body));
    case 'strategic':
      return applyStrategicMergePatch(kind, current, readMergePatch(body));
  }
}

/** The type of a patch by the type of its body; custom resources have no strategic merge patch. */
export function patchType(served: Served, request: ApiRequest): PatchType {
  const mediaType = (request.contentType.split(';')[0] ?? '').trim();
  const known: Readonly<Record<string, PatchType>> = mediaTypes;
  const type = known[mediaType];
  if (type !== undefined && !(type === 'strategic' && served.itemsCarryType)) return type;
  if (!served.itemsCarryType) throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', {});
  const accepted = Object.keys(mediaTypes).filter((name) => !name.includes('strategic'));
  throw new ApiError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}

async function apply(api: Api, served: Served, request: ApiRequest, options: WriteOptions): Promise<Answer> {
  const applied = await readApplied(request, served.type, options);
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
      convert: versionConverter(api, served),
      withDefaults: (draft: object) => withDefaults(served, draft as Draft<KubeObject>),
    });
    Object.assign(object, { kind: served.type.kind, apiVersion: served.type.apiVersion });
    Object.assign(object.metadata, { managedFields });
    checkName(request, object);
    checkNamespace(served, request, object);
    return object;
  };
  if (served.cache.get(keyOf(served, request)) === undefined && targetOf(request).subresource === '') {
    await authorize(api.authorizer, request, 'create');
    return createDraft(api, served, request, options, merge(undefined));
  }
  return changeObject(api, served, request, options, {
    retry: true,
    optionsKind: 'PatchOptions',
    tracked: true,
    make: merge,
  });
}
