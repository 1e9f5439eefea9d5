/**
 * POST: a new object. The steps stand in the order in which clients see their effects:
 * decode → defaults → managed fields → admission changes it → the server fills in metadata → validation → admission
 * checks it → stored if the name is free.
 */
import { randomUUID } from 'node:crypto';
import { ApiError, isApiError } from '../../api/api-error.ts';
import { trackUpdate } from '../../api/apply/track-update.ts';
import { decode } from '../../api/codec/decode.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import { invalidError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import { objectMetaErrors, type MetaRules } from '../../api/object-meta.ts';
import type { JsonObject } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import { nameSuffix } from '../../base/random.ts';
import type { Admitted } from '../admission/admission.ts';
import { operationOptions, requester } from '../admission/admitted.ts';
import type { Api } from '../api.ts';
import { settled } from '../registry/conversion-pending.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { readObject } from './body.ts';
import { dropDoubledOwners } from './owners.ts';
import { alreadyExistsError, otherNamespaceError, targetOf, writeContext } from './target.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';

const maxGeneratedBase = 58;
const generateAttempts = 8;

export async function create(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = readWriteOptions(request, 'CreateOptions');
  const draft = (await readObject(request, served.type, options)) as Draft<KubeObject>;
  return createDraft(api, served, request, options, draft);
}

/** Creates an object that was decoded already (PUT and apply may create too). `mayCreate` throws when the user may not, once the object is known to be valid. */
export async function createDraft(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  draft: Draft<KubeObject>,
  mayCreate?: () => void | Promise<void>,
): Promise<Answer> {
  checkNamespace(served, request, draft);
  dropDoubledOwners(draft, request);
  dropServerMeta(draft);
  const generated = draft.metadata.name === undefined || draft.metadata.name === '';
  applyDefaults(served.type, draft);
  served.descriptor.defaults?.(draft);
  for (let attempt = 1; ; attempt++) {
    const reserves = api.reservations.concern(served);
    const copy = attempt === 1 && !generated && !reserves ? draft : structuredClone(draft);
    try {
      return await createOnce(api, served, request, options, copy, mayCreate);
    } catch (error) {
      if (reserves) api.reservations.release(copy.metadata.uid ?? '');
      // Another name, or other addresses than those that another server has given away meanwhile.
      const again = (generated && isApiError(error, 'AlreadyExists')) || (reserves && isApiError(error, 'Conflict'));
      if (!again || attempt === generateAttempts) throw error;
    }
  }
}

async function createOnce(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  draft: Draft<KubeObject>,
  mayCreate: (() => void | Promise<void>) | undefined,
): Promise<Answer> {
  const { descriptor } = served;
  const context = writeContext(api, request);
  if (request.info.verb !== 'patch') trackNew(api, served, options, draft);
  const admitted = admittedCreate(served, request, options, draft);
  await api.admission.mutate(admitted);
  dropDoubledOwners(draft, request, ' after mutating admission happens');
  nameDraft(api, draft);
  fillMeta(api, served, draft);
  checkNamespace(served, request, draft); // once more: admission may have changed it
  descriptor.prepareForCreate?.(draft, context);
  if (api.reservations.concern(served)) api.reservations.reserve(draft, undefined, options.dryRun);
  // `decode` again: the drafts of plugins get the order and the presence of fields that the type declares.
  const object = decode(served.type, draft as unknown as JsonObject).value as KubeObject;
  const errors = [
    ...objectMetaErrors(object.metadata, metaRules(served)),
    ...(descriptor.validateCreate?.(withName(object), context) ?? []),
  ];
  const { kind } = served.type;
  if (errors.length > 0) throw invalidError(errorGroup(served), kind, object.metadata.name ?? '', errors);
  for (const warning of descriptor.warnings?.(object, undefined, context) ?? []) request.warn(warning);
  await mayCreate?.();
  await api.admission.validate({ ...admitted, object: object as Draft<KubeObject> });
  if (options.dryRun) return answerDryRun(served, object);
  return store(api, served, object);
}

/** The checks of kinds read the name; that it is missing is told beside what they find. */
function withName(object: KubeObject): KubeObject {
  const { metadata } = object;
  return (metadata.name as string | undefined) === undefined
    ? { ...object, metadata: { ...metadata, name: '' } }
    : object;
}

/** How the kind wants its names. */
export function metaRules({ resource, descriptor }: Served): MetaRules {
  return {
    namespaced: resource.namespaced,
    nameErrors: descriptor.nameErrors,
    plainFinalizers: descriptor.plainFinalizers,
  };
}

/** The group that errors of validation name. */
export function errorGroup({ descriptor, type }: Served): string {
  return descriptor.errorGroup ?? type.group;
}

function answerDryRun(served: Served, object: KubeObject): Answer {
  const key = storageKey(served, object.metadata.namespace, object.metadata.name);
  const existing = served.cache.get(key);
  if (existing !== undefined) throw alreadyExistsError(served, existing);
  return { type: 'object', status: 201, object: object as unknown as JsonObject, served };
}

async function store(api: Api, served: Served, given: KubeObject): Promise<Answer> {
  const object = withoutVersion(given);
  const key = storageKey(served, object.metadata.namespace, object.metadata.name);
  const stored = await settled(() => served.conversion?.toStored(object) ?? object);
  const result = await api.reservations.write(served, object, {
    conditions: [{ key, modRevision: 0 }],
    operations: [{ type: 'put', key, value: served.cache.encode(stored) }],
  });
  if (!result.ok) throw alreadyExistsError(served, served.cache.get(key) ?? object.metadata.name);
  const entry = served.cache.get(key);
  if (entry !== undefined && entry.revision === result.revision) return { type: 'entry', status: 201, served, entry };
  const metadata = { ...object.metadata, resourceVersion: String(result.revision) };
  return { type: 'object', status: 201, object: { ...object, metadata } as unknown as JsonObject, served };
}

function admittedCreate(
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  draft: Draft<KubeObject>,
): Admitted {
  return {
    operation: 'CREATE',
    served,
    namespace: draft.metadata.namespace,
    name: draft.metadata.name ?? '',
    subresource: '',
    object: draft,
    old: undefined,
    options: operationOptions('CreateOptions', request, options.dryRun),
    dryRun: options.dryRun,
    ...requester(request),
  };
}

/** The namespace of the path is the object's; another one in the body is refused. */
export function checkNamespace(served: Served, request: ApiRequest, draft: Draft<KubeObject>): void {
  const { namespace } = targetOf(request);
  const said = draft.metadata.namespace;
  if (!served.resource.namespaced) {
    delete (draft.metadata as { namespace?: string }).namespace;
    return;
  }
  if (namespace === undefined || namespace === '') {
    throw new ApiError('BadRequest', 'an empty namespace may not be set during creation');
  }
  if (said !== undefined && said !== '' && said !== namespace) {
    throw otherNamespaceError();
  }
  draft.metadata.namespace = namespace;
}

function trackNew(api: Api, served: Served, options: WriteOptions, draft: Draft<KubeObject>): void {
  const managedFields = trackUpdate({
    type: served.type,
    before: undefined,
    after: draft,
    manager: options.fieldManager,
    subresource: '',
    nowMs: api.clock.now(),
    resetFields: served.descriptor.resetFields?.[''],
  });
  Object.assign(draft.metadata, { managedFields });
}

function nameDraft(api: Api, draft: Draft<KubeObject>): void {
  const { metadata } = draft;
  const base = metadata.generateName;
  if ((metadata.name ?? '') === '' && base !== undefined && base !== '') {
    metadata.name = base.slice(0, maxGeneratedBase) + nameSuffix(api.random);
  }
}

/** What only the server says of an object. */
function dropServerMeta({ metadata }: Draft<KubeObject>): void {
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
}

/** A version is refused late, by the store: what validation and admission find comes first. What is none is left out. */
function withoutVersion(object: KubeObject): KubeObject {
  const { resourceVersion = '', ...metadata } = object.metadata;
  if (/^0*[1-9]\d*$/.test(resourceVersion)) {
    throw new ApiError('', 'resourceVersion should not be set on objects to be created');
  }
  return resourceVersion === '' ? object : ({ ...object, metadata } as KubeObject);
}

/** Metadata that only the server sets. */
function fillMeta(api: Api, served: Served, draft: Draft<KubeObject>): void {
  const { metadata } = draft;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = formatTime(api.clock.now());
  if (served.descriptor.hasGeneration === true) metadata.generation = 1;
}
