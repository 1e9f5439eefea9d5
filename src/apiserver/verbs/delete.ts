/**
 * DELETE, of one object and of many. An object goes at once, or it is marked and waits: for its grace period (pods), for
 * its finalizers, or for what the propagation policy adds to them.
 */
import { ApiError, isApiError } from '../../api/api-error.ts';
import { decode } from '../../api/codec/decode.ts';
import { DecodeError } from '../../api/codec/decode-error.ts';
import type { Draft } from '../../api/descriptor.ts';
import { DeleteOptions } from '../../api/groups/meta.v1.ts';
import { invalid, invalidError, type FieldError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import { formatTime } from '../../api/time.ts';
import { unknownKindText } from '../../api/known-kinds.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Admitted } from '../admission/admission.ts';
import { requester } from '../admission/admitted.ts';
import type { Api } from '../api.ts';
import { authorize } from '../authorization/authorize.ts';
import { storedBytes, type Entry } from '../registry/entry.ts';
import { settled } from '../registry/conversion-pending.ts';
import { servedObject, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { isTrueParameter } from '../request-info.ts';
import { parseBody, UnrecognizedBodyError } from './body.ts';
import { saidKind } from './body-kind.ts';
import { readInteger, readListOptions } from './list-options.ts';
import { listEntries } from './read.ts';
import { readSelection } from './selection.ts';
import { conflictError, currentEntry, keyOf, nameOf, notFoundError } from './target.ts';

const orphan = 'orphan';
const foreground = 'foregroundDeletion';

/** A deletion that follows from something else which admission has let through: an eviction, the end of a definition. */
export async function deleteAdmitted(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = await readDeleteOptions(request);
  await served.cache.ready();
  return deleteEntry(api, served, request, options, {
    current: () => currentEntry(served, request),
    admitted: true,
  });
}

export async function deleteOne(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = await readDeleteOptions(request);
  await served.cache.ready();
  if (options.ignoreStoreReadErrorWithClusterBreakingPotential === true) return deleteUnreadable(api, served, request);
  return deleteEntry(api, served, request, options, {
    current: () => currentEntry(served, request),
  });
}

const unsafeField = 'ignoreStoreReadErrorWithClusterBreakingPotential';
const unsafeVerb = 'unsafe-delete-ignore-read-errors';

/** The way out for an object that cannot be read: it goes whatever holds it, since nobody can know what does. */
async function deleteUnreadable(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const name = nameOf(request);
  const key = keyOf(served, request);
  await authorize(api.authorizer, request, unsafeVerb);
  if (!served.cache.unreadableIn(key).some((each) => each.key === key)) {
    const { group, plural } = served.resource;
    const detail = 'is exclusively used to delete corrupt object(s), try again by removing this option';
    throw invalidError(group, plural, name, [invalid(unsafeField, true, detail)]);
  }
  await api.store.transact([], [{ type: 'delete', key }]);
  return { type: 'object', status: 200, object: successStatus(served, { name }) };
}

/** Deletes what a list with the same parameters answers, and answers that. */
export async function deleteCollection(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  // What is to be deleted is judged before how.
  readListOptions(request);
  readSelection(served, request);
  const options = await readDeleteOptions(request);
  const list = await listEntries(api, served, request);
  for (const { key, object } of list.entries) {
    const { name } = object.metadata;
    const current = (): Entry => {
      const entry = served.cache.get(key);
      if (entry === undefined) throw notFoundError(served, name);
      return entry;
    };
    await deleteEntry(api, served, request, options, { current }).catch((error: unknown) => {
      if (!isApiError(error, 'NotFound')) throw error;
    });
  }
  return { type: 'list', served, list };
}

interface Deleted {
  /** Asked again when another write came between. */
  readonly current: () => Entry;
  /** Admission has had its say about what this deletion follows from. */
  readonly admitted?: boolean;
}

async function deleteEntry(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: DeleteOptions,
  { current, admitted = false }: Deleted,
): Promise<Answer> {
  for (;;) {
    const entry = current();
    const { object } = entry;
    checkPreconditions(served, entry.object, options);
    if (!admitted) await admit(api, served, request, options, entry);
    warnOfOrphans(served, request, options);
    const marked = markDeleted(api, served, object, options);
    if (marked === object) {
      return { type: 'entry', status: options.orphanDependents === false ? 202 : 200, served, entry };
    }
    const answer = await carryOut(api, served, entry, marked, isDryRun(options));
    if (answer === undefined) continue;
    // Told by the old field alone: other clients take whatever is not 200 for a failure.
    const waits = answer.type === 'object' && options.orphanDependents === false && !mayGoNow(served, marked);
    return waits ? { ...answer, status: 202 } : answer;
  }
}

const isDryRun = ({ dryRun }: DeleteOptions): boolean => (dryRun ?? []).length > 0;

async function admit(
  api: Api,
  served: Served,
  request: ApiRequest,
  options: DeleteOptions,
  entry: Entry,
): Promise<void> {
  const old = await settled(() => servedObject(served, entry));
  const admitted: Admitted = {
    operation: 'DELETE',
    served,
    namespace: old.metadata.namespace,
    // When many are deleted at once, the request names none of them.
    name: request.info.resource?.name ?? '',
    subresource: '',
    object: undefined,
    old,
    options: { ...(options as unknown as JsonObject), kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1' },
    dryRun: isDryRun(options),
    ...requester(request),
  };
  await api.admission.mutate(admitted);
  await api.admission.validate(admitted);
}

function warnOfOrphans({ descriptor }: Served, request: ApiRequest, options: DeleteOptions): void {
  const warning = descriptor.orphansByDefault?.warning;
  const asked = options.propagationPolicy !== undefined || options.orphanDependents !== undefined;
  if (warning !== undefined && !asked) request.warn(warning);
}

/** Undefined when another write came between. */
async function carryOut(
  api: Api,
  served: Served,
  entry: Entry,
  marked: KubeObject,
  dryRun: boolean,
): Promise<Answer | undefined> {
  if (mayGoNow(served, marked)) {
    if (!dryRun && !(await removeEntry(api, served, entry))) return undefined;
    return gone(served, entry, marked);
  }
  const { conversion } = served;
  const stored = conversion === undefined ? (decode(served.type, marked).value as KubeObject) : marked;
  const object = await settled(() => conversion?.toServed(stored) ?? stored);
  if (dryRun) return { type: 'object', status: 200, object: object as unknown as JsonObject, served };
  const { key } = entry;
  const result = await api.store.transact(
    [{ key, modRevision: entry.revision }],
    [{ type: 'put', key, value: storedBytes(stored) }],
  );
  if (!result.ok) return undefined;
  const metadata = { ...object.metadata, resourceVersion: String(result.revision) };
  return { type: 'object', status: 200, object: { ...object, metadata } as unknown as JsonObject, served };
}

/** The object with the marks of its deletion; the same object when it was marked before and nothing changes. */
function markDeleted(api: Api, served: Served, object: KubeObject, options: DeleteOptions): KubeObject {
  const asked = options.gracePeriodSeconds;
  const grace = served.descriptor.gracePeriodSeconds?.(object, asked) ?? 0;
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  const { prepareForDelete } = served.descriptor;
  // Without it nothing but the metadata's own fields is set here.
  const copy =
    prepareForDelete === undefined ? { ...object, metadata: { ...object.metadata } } : structuredClone(object);
  const draft = copy as Draft<KubeObject>;
  const finalizersChanged = setFinalizers(served, draft, options);
  if (deletionTimestamp !== undefined) {
    const shorter = asked !== undefined && grace < (deletionGracePeriodSeconds ?? 0);
    if (!shorter)
      return finalizersChanged ? (draft as KubeObject) : mayGoNow(served, object) ? (draft as KubeObject) : object;
    const begun = Date.parse(deletionTimestamp) - (deletionGracePeriodSeconds ?? 0) * 1000;
    draft.metadata.deletionTimestamp = formatTime(Math.max(begun + grace * 1000, api.clock.now()));
    draft.metadata.deletionGracePeriodSeconds = grace;
    return draft as KubeObject;
  }
  draft.metadata.deletionTimestamp = formatTime(api.clock.now() + grace * 1000);
  draft.metadata.deletionGracePeriodSeconds = grace;
  if ((draft.metadata.generation ?? 0) > 0) draft.metadata.generation = (draft.metadata.generation ?? 0) + 1;
  prepareForDelete?.(draft);
  return draft as KubeObject;
}

/** Nothing keeps the marked object any more. */
export function mayGoNow(served: Served, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  return (
    deletionTimestamp !== undefined &&
    (deletionGracePeriodSeconds ?? 0) === 0 &&
    (finalizers ?? []).length === 0 &&
    (served.descriptor.pendingFinalizers?.(object) ?? []).length === 0
  );
}

/** False when another write came between. */
export function removeEntry(api: Api, served: Served, entry: Entry): Promise<boolean> {
  return api.reservations.remove(served, entry);
}

function setFinalizers(served: Served, draft: Draft<KubeObject>, options: DeleteOptions): boolean {
  const before = draft.metadata.finalizers ?? [];
  const wanted = wantedFinalizer(served, before, options);
  const after = before.filter((finalizer) => finalizer !== orphan && finalizer !== foreground);
  if (wanted !== undefined) after.push(wanted);
  const same = after.length === before.length && before.every((finalizer) => after.includes(finalizer));
  if (same) return false;
  draft.metadata.finalizers = after;
  return true;
}

/** What the client asked for, else what an earlier deletion asked for, else the custom of the kind. */
function wantedFinalizer(
  { descriptor }: Served,
  before: readonly string[],
  { propagationPolicy, orphanDependents }: DeleteOptions,
): string | undefined {
  if (orphanDependents !== undefined) return orphanDependents ? orphan : undefined;
  if (propagationPolicy !== undefined) {
    return propagationPolicy === 'Orphan' ? orphan : propagationPolicy === 'Foreground' ? foreground : undefined;
  }
  const earlier = before.find((finalizer) => finalizer === orphan || finalizer === foreground);
  return earlier ?? (descriptor.orphansByDefault === undefined ? undefined : orphan);
}

/** @throws ApiError Conflict */
export function checkPreconditions(
  served: Served,
  { metadata }: KubeObject,
  options: Pick<DeleteOptions, 'preconditions'>,
): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const refuse = (what: string, asked: string, present: string, maybe: string): never => {
    if (served.descriptor.preconditionsOfItsOwn === true) {
      const why = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${present}`;
      throw conflictError(served, metadata.name, why);
    }
    const record = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${present})`;
    throw preconditionError(served, metadata.name, `${record}. ${maybe}`);
  };
  if (uid !== undefined && uid !== metadata.uid) {
    refuse('UID', uid, metadata.uid, 'The object might have been deleted and then recreated');
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const maybe = 'The object might have been modified';
    refuse('ResourceVersion', resourceVersion, metadata.resourceVersion ?? '', maybe);
  }
}

/** In the original the kind stands where other conflicts have the resource. */
function preconditionError({ type: { group, kind } }: Served, name: string, why: string): ApiError {
  const qualified = group === '' ? kind : `${kind}.${group}`;
  const text = `Operation cannot be fulfilled on ${qualified} ${JSON.stringify(name)}: ${why}`;
  return new ApiError('Conflict', text, { name, group, kind });
}

function gone(served: Served, entry: Entry, marked: KubeObject): Answer {
  const { descriptor } = served;
  if (descriptor.deleteAnswersObject === true) {
    if (descriptor.gracePeriodSeconds === undefined) return { type: 'entry', status: 200, served, entry };
    return { type: 'object', status: 200, object: marked as unknown as JsonObject, served };
  }
  const { name, uid } = entry.object.metadata;
  return { type: 'object', status: 200, object: successStatus(served, { name, uid }) };
}

function successStatus(
  { resource: { group, plural } }: Served,
  { name, uid }: { readonly name: string; readonly uid?: string },
): JsonObject {
  const details = {
    name,
    ...(group === '' ? {} : { group }),
    kind: plural,
    ...(uid === undefined ? {} : { uid }),
  };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
}

/** Options come in the body, or as query parameters where there is none. */
async function readDeleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const options = request.body.type === 'none' ? optionsOfQuery(request.query) : await optionsOfBody(request);
  const errors = optionErrors(options);
  if (errors.length > 0) throw invalidError('meta.k8s.io', 'DeleteOptions', '', errors);
  return options;
}

/** What is wrong with the body is told as it is, and is nobody's fault in particular. */
async function optionsOfBody(request: ApiRequest): Promise<DeleteOptions> {
  try {
    const { value } = await parseBody(request, DeleteOptions);
    checkOptionsKind(value);
    return decode(DeleteOptions, value).value as DeleteOptions;
  } catch (error) {
    if (error instanceof UnrecognizedBodyError) throw new ApiError('', error.why);
    if (error instanceof DecodeError) throw new ApiError('', error.message);
    throw error;
  }
}

/** Any version knows the options by that name. */
function checkOptionsKind(value: Json): void {
  const { apiVersion, kind } = saidKind(value);
  if (kind === '' || kind === DeleteOptions.kind) return;
  const version = apiVersion === '' ? 'meta.k8s.io/v1' : apiVersion;
  throw new ApiError('', unknownKindText(version, kind, 'pkg/apis/meta/internalversion/scheme/register.go:27'));
}

function optionsOfQuery(query: URLSearchParams): DeleteOptions {
  const grace = readInteger(query, 'gracePeriodSeconds');
  const propagationPolicy = query.get('propagationPolicy');
  const dryRun = query.getAll('dryRun');
  const flag = (name: string): object => (query.has(name) ? { [name]: isTrueParameter(query.get(name)) } : {});
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(propagationPolicy === null ? {} : { propagationPolicy }),
    ...flag('orphanDependents'),
    ...(dryRun.length === 0 ? {} : { dryRun }),
    ...flag(unsafeField),
  } as DeleteOptions;
}

function optionErrors(options: DeleteOptions): FieldError[] {
  const errors: FieldError[] = [];
  const { propagationPolicy, orphanDependents, dryRun } = options;
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    errors.push({
      type: 'FieldValueInvalid',
      field: 'propagationPolicy',
      message: `Invalid value: ${JSON.stringify(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`,
    });
  }
  if (propagationPolicy !== undefined && !['Foreground', 'Background', 'Orphan'].includes(propagationPolicy)) {
    errors.push({
      type: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      message: `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: "Foreground", "Background", "Orphan", "nil"`,
    });
  }
  if ((dryRun ?? []).some((value) => value !== 'All')) {
    errors.push({
      type: 'FieldValueNotSupported',
      field: 'dryRun',
      message: `Unsupported value: ${JSON.stringify(dryRun)}: supported values: "All"`,
    });
  }
  const unsafe = options.ignoreStoreReadErrorWithClusterBreakingPotential === true;
  for (const other of unsafe ? besideUnsafe : []) {
    const value = options[other];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    errors.push(invalid(unsafeField, true, `cannot be set together with .${other}`));
  }
  return errors;
}

/** What has no meaning for an object that cannot be read. */
const besideUnsafe = [
  'dryRun',
  'propagationPolicy',
  'orphanDependents',
  'gracePeriodSeconds',
  'preconditions',
] as const;
