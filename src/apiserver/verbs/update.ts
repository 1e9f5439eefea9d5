/**
 * PUT and PATCH: both take the current object, make the wanted one from it, and store it if nothing came between.
 * A patch, and a PUT without a resource version, are tried again when somebody else was quicker.
 */
import { ApiError } from '../../api/api-error.ts';
import { trackUpdate } from '../../api/apply/track-update.ts';
import { decode } from '../../api/codec/decode.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft, WriteContext } from '../../api/descriptor.ts';
import { invalidError, type FieldError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import { objectMetaErrors, objectMetaUpdateErrors } from '../../api/object-meta.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { Admitted } from '../admission/admission.ts';
import { operationOptions, requester } from '../admission/admitted.ts';
import type { Api } from '../api.ts';
import { authorize } from '../authorization/authorize.ts';
import type { Entry } from '../registry/entry.ts';
import { settled } from '../registry/conversion-pending.ts';
import { servedObject, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { readObject } from './body.ts';
import { checkNamespace, createDraft, errorGroup, metaRules } from './create.ts';
import { mayGoNow, removeEntry } from './delete.ts';
import { versionConverter } from './other-version.ts';
import { dropDoubledOwners } from './owners.ts';
import {
  conflictError,
  keyOf,
  modifiedText,
  nameOf,
  notFoundError,
  otherNameError,
  targetOf,
  uidConflict,
  writeContext,
} from './target.ts';
import { readWriteOptions, type WriteOptions } from './write-options.ts';

/** How often a write that lost a race is tried again when its client named no version. */
const attempts = 5;

/** Makes the wanted object from the current one, its defaults applied. Called again after a lost race. */
export interface Change {
  readonly make: (current: KubeObject) => Promise<Draft<KubeObject>> | Draft<KubeObject>;
  /** The client named no version: losing a race is no reason to fail. */
  readonly retry: boolean;
  /** The change brings its managed fields itself (server-side apply). */
  readonly tracked?: boolean;
  /** Admission has had its say about another object (the body of a subresource). */
  readonly admitted?: boolean;
  /** What of the object admission sees and may change, where that is an object of another kind (Scale). */
  readonly part?: {
    readonly show: (object: KubeObject) => JsonObject;
    readonly take: (draft: Draft<KubeObject>, shown: JsonObject) => void;
  };
  readonly optionsKind: 'UpdateOptions' | 'PatchOptions';
}

export async function update(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = readWriteOptions(request, 'UpdateOptions');
  const draft = (await readObject(request, served.type, options)) as Draft<KubeObject>;
  checkName(request, draft);
  checkNamespace(served, request, draft);
  const key = keyOf(served, request);
  const { descriptor } = served;
  if (descriptor.createOnUpdate === true && served.cache.get(key) === undefined && subresourceOf(request) === '') {
    const { uid = '', name = '' } = draft.metadata;
    if (uid !== '') throw uidConflict(served, name, key, uid, '');
    delete (draft.metadata as Partial<typeof draft.metadata>).resourceVersion;
    return createDraft(api, served, request, options, draft, () => authorize(api.authorizer, request, 'create'));
  }
  if (served.cache.get(key) === undefined) throw notFoundError(served, nameOf(request));
  applyDefaults(served.type, draft);
  descriptor.defaults?.(draft);
  const version = versionOf(draft);
  if (version === '' && descriptor.unconditionalUpdate === false) {
    throw invalidError(served.type.group, served.type.kind, draft.metadata.name, [
      {
        type: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
  }
  const retry = version === '';
  // Who names a version has one attempt, which may have the draft itself.
  const make = retry ? () => structuredClone(draft) : () => draft;
  const change: Change = { make, retry, optionsKind: 'UpdateOptions' };
  return changeObject(api, served, request, options, change);
}

/** Carries a change through defaults, tracking, admission and validation into the store. */
export async function changeObject(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  change: Change,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const entry = served.cache.get(keyOf(served, request));
    if (entry === undefined) throw notFoundError(served, nameOf(request));
    try {
      const answer = await changeOnce(api, served, request, options, change, entry);
      if (answer !== undefined) return answer;
    } catch (error) {
      if (api.reservations.concern(served)) api.reservations.release(entry.object.metadata.uid);
      throw error;
    }
    if (!change.retry || attempt === attempts) throw conflictError(served, nameOf(request), modifiedText);
  }
}

/** Undefined when another write came between. */
async function changeOnce(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  change: Change,
  entry: Entry,
): Promise<Answer | undefined> {
  const current = await settled(() => servedObject(served, entry));
  const draft = await settled(() => change.make(current));
  checkName(request, draft);
  checkNamespace(served, request, draft);
  checkIdentity(served, request, draft, current, change);
  if (change.optionsKind === 'UpdateOptions') dropDoubledOwners(draft, request);
  const context = writeContext(api, request);
  if (change.tracked !== true) {
    await settled(() => trackChange(api, served, options, current, draft, context.subresource));
  }
  const admitted = admittedUpdate(served, request, options, change, draft, current);
  if (change.admitted !== true) await mutate(api, admitted, draft, change);
  checkNamespace(served, request, draft); // once more: admission may have changed it
  carryMeta(draft, current);
  served.descriptor.prepareForUpdate?.(draft, current, context);
  const reserves = context.subresource === '' && api.reservations.concern(served);
  if (reserves) api.reservations.reserve(draft, current, options.dryRun);
  const known = partsOf(served, current);
  const object = decode(served.type, draft as unknown as JsonObject, { known }).value as KubeObject;
  const errors = [
    ...metaErrors(served, object, current, context),
    ...(served.descriptor.validateUpdate?.(object, current, context) ?? []),
  ];
  if (errors.length > 0) throw invalidError(errorGroup(served), served.type.kind, object.metadata.name, errors);
  for (const warning of served.descriptor.warnings?.(object, current, context) ?? []) request.warn(warning);
  if (change.admitted !== true) {
    const shown = change.part?.show(object) ?? object;
    await api.admission.validate({ ...admitted, object: shown as unknown as Draft<KubeObject> });
  }
  if (options.dryRun) return { type: 'object', status: 200, object: object as unknown as JsonObject, served };
  return store(api, served, entry, object);
}

/**
 * What a draft may share with the current object, and need not be read again: its fields, and those of its spec. What is stored
 * of a custom resource may be older than its schema.
 */
function partsOf({ itemsCarryType }: Served, current: KubeObject): ReadonlySet<unknown> {
  if (itemsCarryType) return noParts;
  const { spec } = current as { readonly spec?: unknown };
  const parts = new Set<unknown>(Object.values(current));
  if (typeof spec === 'object' && spec !== null) for (const part of Object.values(spec)) parts.add(part);
  return parts;
}

async function mutate(api: Api, admitted: Admitted, draft: Draft<KubeObject>, { part }: Change): Promise<void> {
  await api.admission.mutate(admitted);
  if (part !== undefined) part.take(draft, admitted.object as unknown as JsonObject);
}

/** The original checks metadata for all kinds and mostly once more for this one; its causes show it. */
function metaErrors(
  served: Served,
  object: KubeObject,
  current: KubeObject,
  { subresource }: WriteContext,
): readonly FieldError[] {
  const { validateUpdate, metadataInUpdate } = served.descriptor;
  const changes = objectMetaUpdateErrors(object.metadata, current.metadata);
  const whole = objectMetaErrors(object.metadata, metaRules(served));
  const byKind = metadataInUpdate ?? (validateUpdate === undefined ? 'none' : 'changes');
  if (byKind === 'none') return [...changes, ...whole];
  const ofKind = subresource === '' ? byKind : 'changes';
  return [...changes, ...(ofKind === 'whole' ? [] : changes), ...whole, ...(ofKind === 'changes' ? [] : whole)];
}

async function store(api: Api, served: Served, entry: Entry, object: KubeObject): Promise<Answer | undefined> {
  const bytes = served.cache.encode(await settled(() => served.conversion?.toStored(object) ?? object));
  const unchanged = entry.holds(bytes) && (await api.encryption?.isStale(entry.key)) !== true;
  if (unchanged) return { type: 'entry', status: 200, served, entry };
  if (mayGoNow(served, object)) {
    const removed = await removeEntry(api, served, entry);
    return removed ? { type: 'object', status: 200, object: object as unknown as JsonObject, served } : undefined;
  }
  const { key } = entry;
  const result = await api.reservations.write(served, object, {
    conditions: [{ key, modRevision: entry.revision }],
    operations: [{ type: 'put', key, value: bytes }],
  });
  if (!result.ok) return undefined;
  const written = served.cache.get(key);
  if (written !== undefined && written.revision === result.revision) {
    return { type: 'entry', status: 200, served, entry: written };
  }
  const metadata = { ...object.metadata, resourceVersion: String(result.revision) };
  return { type: 'object', status: 200, object: { ...object, metadata } as unknown as JsonObject, served };
}

/** The object must be named as in the path. */
export function checkName(request: ApiRequest, draft: Draft<KubeObject>): void {
  const name = nameOf(request);
  const said = draft.metadata.name ?? '';
  if (said !== name) throw otherNameError(said, name);
}

/** The resource version that a client names as a condition; '' = none. 0 is as good as none. */
function versionOf({ metadata }: Draft<KubeObject>): string {
  const version = metadata.resourceVersion ?? '';
  if (!/^\d*$/.test(version)) {
    throw new ApiError('', `strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
  }
  return /^0+$/.test(version) ? '' : version;
}

/** The uid and the version that the client believes in must still hold. */
function checkIdentity(
  served: Served,
  request: ApiRequest,
  draft: Draft<KubeObject>,
  current: KubeObject,
  { optionsKind }: Change,
): void {
  const { uid = '' } = draft.metadata;
  const name = nameOf(request);
  if (optionsKind === 'UpdateOptions' && uid !== '' && uid !== current.metadata.uid) {
    throw uidConflict(served, name, keyOf(served, request), uid, current.metadata.uid);
  }
  const version = versionOf(draft);
  if (version !== '' && version !== current.metadata.resourceVersion) throw conflictError(served, name, modifiedText);
}

function trackChange(
  api: Api,
  served: Served,
  options: WriteOptions,
  current: KubeObject,
  draft: Draft<KubeObject>,
  subresource: string,
): void {
  const managedFields = trackUpdate({
    type: served.type,
    before: current,
    after: draft,
    manager: options.fieldManager,
    subresource,
    nowMs: api.clock.now(),
    resetFields: served.descriptor.resetFields?.[subresource] ?? [],
    onlyFields: served.descriptor.onlyFields?.[subresource],
    convert: versionConverter(api, served),
  });
  Object.assign(draft.metadata, { managedFields });
}

/** Metadata that no update changes. */
function carryMeta(draft: Draft<KubeObject>, current: KubeObject): void {
  const { metadata } = draft;
  const { metadata: old } = current as Draft<KubeObject>;
  if ((metadata.uid ?? '') === '') metadata.uid = old.uid;
  metadata.creationTimestamp = old.creationTimestamp;
  metadata.resourceVersion = old.resourceVersion;
  delete metadata.selfLink;
  if (old.deletionTimestamp !== undefined) metadata.deletionTimestamp = old.deletionTimestamp;
  if (metadata.deletionGracePeriodSeconds === undefined) carry(metadata, old, 'deletionGracePeriodSeconds');
  carry(metadata, old, 'generation');
}

function carry<T extends object, K extends keyof T>(to: T, from: T, field: K): void {
  if (from[field] === undefined) delete to[field];
  else to[field] = from[field];
}

function admittedUpdate(
  served: Served,
  request: ApiRequest,
  options: WriteOptions,
  change: Change,
  draft: Draft<KubeObject>,
  current: KubeObject,
): Admitted {
  return {
    operation: 'UPDATE',
    served,
    namespace: targetOf(request).namespace,
    name: nameOf(request),
    subresource: subresourceOf(request),
    object: (change.part?.show(draft as KubeObject) as unknown as Draft<KubeObject> | undefined) ?? draft,
    old: (change.part?.show(current) as unknown as KubeObject | undefined) ?? current,
    options: operationOptions('UpdateOptions', request, options.dryRun),
    dryRun: options.dryRun,
    ...requester(request),
  };
}

const noParts: ReadonlySet<unknown> = new Set();

const subresourceOf = (request: ApiRequest): string => request.info.resource?.subresource ?? '';
