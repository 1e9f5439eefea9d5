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
import { applyMergePatch, readMergePatch, withoutNulls } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { authorize } from '../authorization/authorize.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { isObject } from './body-kind.ts';
import { checkNamespace, createDraft } from './create.ts';
import {
  decodePatched,
  readApplied,
  readPatchBody,
  readStrategicPatch,
  type JsonPatchType,
  type Patched,
} from './patch-body.ts';
import { versionConverter } from './other-version.ts';
import { conflictError, keyOf, nameOf, targetOf } from './target.ts';
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
  const options = readPatchOptions(request, type);
  if (type === 'apply') return apply(api, served, request, options);
  return changeObject(api, served, request, options, {
    retry: true,
    optionsKind: 'PatchOptions',
    make: (current) => {
      const patched = patchedBy(request, type, served.type, current as unknown as JsonObject, options);
      const draft = decodePatched(request, served.type, patched, options);
      if (forgetsManagers(patched.value)) Object.assign(draft.metadata, { managedFields: [{}] });
      checkName(request, draft);
      checkNamespace(served, request, draft);
      return withDefaults(served, draft);
    },
  });
}

export const readPatchOptions = (request: ApiRequest, type: PatchType): WriteOptions =>
  readWriteOptions(request, 'PatchOptions', typeErrors(request.query, type));

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

/** The object of a kind with the patch of the request applied to it. The patch is read only now: that there is an object comes first. */
export function patchedBy(
  request: ApiRequest,
  type: JsonPatchType,
  kind: KindType,
  current: JsonObject,
  { fieldValidation }: Pick<WriteOptions, 'fieldValidation'>,
): Patched {
  const reading = { strict: fieldValidation !== 'Ignore' };
  const { value: body, problems } = readPatchBody(request, type, reading);
  switch (type) {
    case 'json':
      return { value: applyJsonPatch(current, readJsonPatch(body, reading)), problems, by: undefined };
    case 'merge': {
      const patch = readMergePatch(body, reading);
      return {
        value: isObject(patch) ? applyMergePatch(current, patch) : withoutNulls(patch),
        problems,
        by: undefined,
      };
    }
    case 'strategic': {
      const by = readStrategicPatch(body);
      return { value: applyStrategicMergePatch(kind, current, by), problems, by };
    }
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
  const { subresource } = targetOf(request);
  const merge = async (live: KubeObject | undefined): Promise<Draft<KubeObject>> => {
    const { object, managedFields } = applyConfiguration({
      type: served.type,
      live,
      applied: await readApplied(request, served.type, options),
      manager: options.fieldManager,
      force: options.force,
      subresource,
      nowMs: api.clock.now(),
      resetFields: served.descriptor.resetFields?.[subresource] ?? [],
      onlyFields: served.descriptor.onlyFields?.[subresource],
      convert: versionConverter(api, served),
      withDefaults: (draft: object) => withDefaults(served, draft as Draft<KubeObject>),
    });
    Object.assign(object, { kind: served.type.kind, apiVersion: served.type.apiVersion });
    Object.assign(object.metadata, { managedFields });
    if (live === undefined) checkNoUid(served, request, object);
    checkName(request, object);
    checkNamespace(served, request, object);
    return object;
  };
  if (served.cache.get(keyOf(served, request)) === undefined && subresource === '') {
    const draft = await merge(undefined);
    delete (draft.metadata as Partial<typeof draft.metadata>).resourceVersion;
    return createDraft(api, served, request, options, draft, () => authorize(api.authorizer, request, 'create'));
  }
  return changeObject(api, served, request, options, {
    retry: true,
    optionsKind: 'PatchOptions',
    tracked: true,
    make: merge,
  });
}

/** Who names a uid means an object that is there. */
function checkNoUid(served: Served, request: ApiRequest, { metadata: { uid = '' } }: Draft<KubeObject>): void {
  if (uid === '') return;
  const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  throw conflictError(served, nameOf(request), why);
}
