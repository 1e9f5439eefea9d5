/**
 * A Client over a map, for tests of controllers.
 *
 * It keeps the rules that controllers rely on (versions, optimistic concurrency, status apart from the rest, generations,
 * preconditions, finalizers and graceful deletion, watches from the present, what a status may say), and nothing else: no
 * defaults, no admission, no validation of what tests make.
 */
import { ApiError } from '../../api/api-error.ts';
import type { Descriptor } from '../../api/descriptor.ts';
import type { KubeObject, ListOf } from '../../api/kind.ts';
import { descriptors, optionalDescriptors } from '../../api/kinds/descriptors.ts';
import { resourcePath, type AnyResource, type Resource } from '../../api/resource.ts';
import { builtinResources, CertificateSigningRequests, Namespaces } from '../../api/resources.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Clock } from '../../base/clock.ts';
import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectRef,
  Patch,
  RawRequest,
  RawResponse,
  WatchEvent,
  WatchOptions,
} from '../../client/client.ts';
import { fieldsMatch, labelsMatch } from './match-selector.ts';
import { MemoryWatch } from './memory-watch.ts';

interface Entry extends KubeObject {
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

/** Controllers that never come to rest would never let a test end. */
const writesMax = 5000;

export class MemoryApi implements Client {
  readonly #clock: Clock;
  readonly #objects = new Map<string, Map<string, Entry>>();
  readonly #watches = new Set<MemoryWatch>();
  /** What was wrong with statuses that were refused. */
  readonly refusals: string[] = [];
  readonly #made = new Map<string, number>();
  readonly #removed = new Map<string, number>();
  #version = 0;
  #uids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Answers requests that the map knows nothing of, such as those for another server's API; undefined = not found. */
  serve: (request: RawRequest) => unknown = () => undefined;

  /** Of the latest write. */
  get version(): number {
    return this.#version;
  }

  async get<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T> {
    return this.#existing(resource, ref) as T;
  }

  async find<T, I>(resource: Resource<T, I>, ref: ObjectRef): Promise<T | undefined> {
    return this.#table(resource).get(refKey(ref)) as T | undefined;
  }

  async list<T, I>(resource: Resource<T, I>, options: ListOptions = {}): Promise<ListOf<T>> {
    const items = [...this.#table(resource).values()].filter((object) => matches(object, options));
    return { metadata: { resourceVersion: String(this.#version) }, items: items as T[] };
  }

  watch<T, I>(resource: Resource<T, I>, options: WatchOptions): AsyncIterable<WatchEvent<T>> {
    const watch = new MemoryWatch(tableName(resource), (object) => matches(object, options), options.signal);
    if (options.sendInitialEvents === true) {
      for (const object of this.#table(resource).values()) watch.tell({ type: 'ADDED', object });
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const metadata = { name: '', uid: '', creationTimestamp: '', resourceVersion: String(this.#version) };
      watch.tell({ type: 'BOOKMARK', object: { metadata: { ...metadata, annotations } } });
    }
    this.#watches.add(watch);
    options.signal.addEventListener('abort', () => this.#watches.delete(watch), { once: true });
    return watch as AsyncIterable<WatchEvent<unknown>> as AsyncIterable<WatchEvent<T>>;
  }

  /** What is only answered, such as a review of access, is not kept: `serve` answers it. */
  async create<T, I>(resource: Resource<T, I>, object: I): Promise<T> {
    const given = object as Entry;
    if (!resource.verbs.includes('get')) {
      return this.#answered({ method: 'POST', path: resourcePath(resource), body: given as unknown as Json }) as T;
    }
    const uid = `uid-${++this.#uids}`;
    const name = given.metadata.name ?? `${given.metadata.generateName ?? ''}${String(this.#uids).padStart(5, '0')}`;
    const ref = { namespace: given.metadata.namespace, name };
    if (this.#table(resource).has(refKey(ref))) {
      throw new ApiError('AlreadyExists', `${tableName(resource)} "${name}" already exists`);
    }
    const creationTimestamp = new Date(this.#clock.now()).toISOString().replace(/\.\d+/, '');
    const metadata = { ...given.metadata, name, uid, creationTimestamp, generation: 1 };
    const type = { apiVersion: resource.apiVersion, kind: resource.kind.kind };
    return this.#put(resource, { spec: {}, status: {}, ...given, ...type, metadata }) as T;
  }

  async update<T, I>(resource: Resource<T, I>, object: T): Promise<T> {
    const given = object as Entry;
    const current = this.#current(resource, given);
    const separate = 'status' in resource.subresources;
    return this.#replace(resource, current, separate ? { ...given, status: current.status ?? {} } : given) as T;
  }

  async updateStatus<T, I>(resource: Resource<T, I>, object: T): Promise<T> {
    const given = object as Entry;
    const current = this.#current(resource, given);
    const next: Entry = { ...current, status: given.status ?? {} };
    const faults = statusFaults(resource, next, current, this.#clock.now());
    if (faults !== '') {
      this.refusals.push(faults);
      throw new ApiError('Invalid', `${tableName(resource)} "${given.metadata.name}" is invalid: ${faults}`);
    }
    return this.#replace(resource, current, next) as T;
  }

  async patch<T, I>(
    resource: Resource<T, I>,
    ref: ObjectRef,
    patch: Patch,
    options: { readonly subresource?: string | undefined } = {},
  ): Promise<T> {
    if (patch.type === 'apply') return this.#rewrite(resource, ref, patch.value) as T;
    if (patch.type !== 'merge')
      throw new Error(`Cannot patch in memory: type is "${patch.type}", only "merge" and "apply" are known`);
    const current = this.#existing(resource, ref);
    const next = mergePatch(current as unknown as Json, patch.value) as T;
    return options.subresource === 'status' ? this.updateStatus(resource, next) : this.update(resource, next);
  }

  async delete<T, I>(resource: Resource<T, I>, ref: ObjectRef, options: DeleteOptions = {}): Promise<void> {
    const current = this.#existing(resource, ref);
    if (options.resourceVersion !== undefined && options.resourceVersion !== current.metadata.resourceVersion) {
      throw new ApiError('Conflict', `the ResourceVersion in the precondition does not match that of "${ref.name}"`);
    }
    if (options.uid !== undefined && options.uid !== current.metadata.uid) {
      const message = `the UID in the precondition (${options.uid}) does not match the UID in record (${current.metadata.uid})`;
      throw new ApiError('Conflict', message);
    }
    const added = { Foreground: ['foregroundDeletion'], Orphan: ['orphan'], Background: [] };
    const finalizers = [
      ...new Set([...(current.metadata.finalizers ?? []), ...added[options.propagationPolicy ?? 'Background']]),
    ];
    const running = resource.plural === 'pods' && current.spec?.['nodeName'] !== undefined;
    const graceful = running && options.gracePeriodSeconds !== 0;
    const held = finalizers.length > 0 || graceful || hasNamespaceFinalizer(current);
    if (!held) return this.#remove(resource, current);
    const deletionTimestamp = current.metadata.deletionTimestamp ?? new Date(this.#clock.now()).toISOString();
    const deletionGracePeriodSeconds = graceful ? 30 : 0;
    const metadata = { ...current.metadata, finalizers, deletionTimestamp, deletionGracePeriodSeconds };
    const status = resource.plural === 'namespaces' ? { ...current.status, phase: 'Terminating' } : current.status;
    this.#put(resource, { ...current, metadata, ...(status === undefined ? {} : { status }) });
  }

  async deleteCollection<T, I>(
    resource: Resource<T, I>,
    list: ListOptions,
    options: DeleteOptions = {},
  ): Promise<void> {
    for (const { metadata } of [...this.#table(resource).values()].filter((object) => matches(object, list))) {
      await this.delete(resource, metadata, options);
    }
  }

  async createSubresource<T, I>(
    resource: Resource<T, I>,
    { namespace, name }: ObjectRef,
    subresource: string,
    body: Json,
  ): Promise<Json> {
    const path = `${resourcePath(resource, namespace)}/${name}/${subresource}`;
    return this.#answered({ method: 'POST', path, body }) as Json;
  }

  async request(request: RawRequest): Promise<RawResponse> {
    const { method, path, body } = request;
    if (method === 'GET' && (path === '/api' || path === '/apis')) return answer(200, discoveryOf(path));
    const served = this.serve(request);
    if (served !== undefined) return answer(200, served);
    const given = body as unknown as Entry;
    if (method === 'PUT' && /^\/api\/v1\/namespaces\/[^/]+\/finalize$/.test(path)) {
      const current = this.#current(Namespaces, given);
      return answer(200, this.#replace(Namespaces, current, { ...current, spec: given.spec ?? {} }));
    }
    if (method === 'PUT' && /\/certificatesigningrequests\/[^/]+\/approval$/.test(path)) {
      const current = this.#current(CertificateSigningRequests, given);
      const status = given.status ?? {};
      return answer(200, this.#replace(CertificateSigningRequests, current, { ...current, status }));
    }
    return answer(404, {});
  }

  /** Everything of a resource, in the order of creation. */
  all<T, I>(resource: Resource<T, I>): readonly T[] {
    return [...this.#table(resource).values()] as T[];
  }

  everything(): readonly KubeObject[] {
    return [...this.#objects.values()].flatMap((table) => [...table.values()]);
  }

  /** How many objects of each resource have ever been made and removed. */
  counts(): Record<'made' | 'removed', Readonly<Record<string, number>>> {
    return { made: Object.fromEntries(this.#made), removed: Object.fromEntries(this.#removed) };
  }

  #answered(request: RawRequest): unknown {
    const answered = this.serve(request);
    if (answered === undefined) throw new Error(`Nobody answers ${request.method} ${request.path} in memory`);
    return answered;
  }

  #table(resource: AnyResource): Map<string, Entry> {
    const name = tableName(resource);
    const table = this.#objects.get(name) ?? new Map<string, Entry>();
    this.#objects.set(name, table);
    return table;
  }

  /** Applies nothing but a uid and a version: what is stored counts as being in an old form, and is written anew. */
  #rewrite(resource: AnyResource, ref: ObjectRef, value: JsonObject): Entry {
    const { metadata: given, ...type } = value as unknown as Pick<Entry, 'metadata'> & { apiVersion: string };
    if (Object.keys(type).some((field) => !['apiVersion', 'kind'].includes(field))) {
      throw new Error('Cannot apply fields in memory: only writing back is known');
    }
    const current = this.#existing(resource, ref);
    if (given.uid !== current.metadata.uid) throw new ApiError('Conflict', `uid mismatch of "${ref.name}"`);
    return this.#put(resource, this.#current(resource, { ...current, metadata: { ...current.metadata, ...given } }));
  }

  #existing(resource: AnyResource, ref: ObjectRef): Entry {
    const object = this.#table(resource).get(refKey(ref));
    if (object === undefined) throw new ApiError('NotFound', `${tableName(resource)} "${ref.name}" not found`);
    return object;
  }

  #current(resource: AnyResource, given: Entry): Entry {
    const current = this.#existing(resource, given.metadata);
    const { resourceVersion } = given.metadata as Partial<Entry['metadata']>;
    if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
      throw new ApiError(
        'Conflict',
        `Operation cannot be fulfilled on ${tableName(resource)} "${given.metadata.name}": the object has been modified; please apply your changes to the latest version and try again`,
      );
    }
    return current;
  }

  #replace(resource: AnyResource, current: Entry, next: Entry): Entry {
    const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = current.metadata;
    const changed = JSON.stringify(current.spec) !== JSON.stringify(next.spec);
    const generation = (current.metadata.generation ?? 1) + (changed ? 1 : 0);
    const kept = { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds, generation };
    const { resourceVersion } = current.metadata;
    const object: Entry = { ...next, metadata: { ...next.metadata, ...kept, resourceVersion } };
    const finalized = (object.metadata.finalizers ?? []).length === 0 && !hasNamespaceFinalizer(object);
    if (deletionTimestamp !== undefined && finalized && deletionGracePeriodSeconds === 0) {
      this.#remove(resource, object);
      return object;
    }
    return JSON.stringify(object) === JSON.stringify(current) ? current : this.#put(resource, object);
  }

  #put(resource: AnyResource, object: Entry): Entry {
    if (this.#version > writesMax)
      throw new Error(`Cannot write ${tableName(resource)}: controllers do not come to rest`);
    const table = this.#table(resource);
    const type = table.has(refKey(object.metadata)) ? 'MODIFIED' : 'ADDED';
    if (type === 'ADDED') count(this.#made, resource);
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    const stored: Entry = JSON.parse(JSON.stringify({ ...object, metadata })) as Entry;
    table.set(refKey(metadata), stored);
    this.#tell(resource, { type, object: stored });
    return stored;
  }

  #remove(resource: AnyResource, object: Entry): void {
    this.#table(resource).delete(refKey(object.metadata));
    count(this.#removed, resource);
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.#tell(resource, { type: 'DELETED', object: { ...object, metadata } });
  }

  #tell(resource: AnyResource, event: WatchEvent<KubeObject>): void {
    for (const watch of this.#watches) if (watch.of === tableName(resource)) watch.tell(event);
  }
}

const tableName = ({ plural, group }: AnyResource): string => (group === '' ? plural : `${plural}.${group}`);

function count(counts: Map<string, number>, resource: AnyResource): void {
  counts.set(tableName(resource), (counts.get(tableName(resource)) ?? 0) + 1);
}

/** What the server would find wrong with this status; '' = nothing. */
function statusFaults(resource: AnyResource, next: Entry, current: Entry, nowMs: number): string {
  const all = [...descriptors, ...optionalDescriptors] as readonly unknown[] as readonly Descriptor[];
  const descriptor = all.find((one) => one.resource === resource);
  const errors = descriptor?.validateUpdate?.(next, current, { nowMs, user: '', groups: [], subresource: 'status' });
  return (errors ?? []).map(({ field, message }) => `${field}: ${message}`).join(', ');
}

const refKey = ({ namespace, name }: ObjectRef): string => (namespace === undefined ? name : `${namespace}/${name}`);

function hasNamespaceFinalizer({ kind, spec }: Entry): boolean {
  const finalizers = spec?.['finalizers'];
  return kind === 'Namespace' && Array.isArray(finalizers) && finalizers.length > 0;
}

function matches(object: KubeObject, { namespace, labelSelector, fieldSelector }: Partial<ListOptions>): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  return labelsMatch(object.metadata.labels ?? {}, labelSelector) && fieldsMatch(object, fieldSelector);
}

function discoveryOf(path: string): unknown {
  const served = builtinResources.filter(({ group }) => (group === '') === (path === '/api'));
  const items = served.map(({ group, version, plural, singular, kind, namespaced, verbs }) => ({
    metadata: { name: group },
    versions: [
      {
        version,
        resources: [
          {
            resource: plural,
            singularResource: singular,
            responseKind: { kind: kind.kind },
            scope: namespaced ? 'Namespaced' : 'Cluster',
            verbs,
          },
        ],
      },
    ],
  }));
  return { items };
}

function answer(status: number, body: unknown): RawResponse {
  return { status, headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) };
}

/** RFC 7386. */
function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key] ?? null, value);
  }
  return merged;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
