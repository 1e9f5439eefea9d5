/**
 * An API server that is a few maps: the edge against which clients and controllers are tested. It keeps the contract
 * that clients rely on (versions, conflicts, watches without gap, selectors, finalizers), knows nothing of admission,
 * validation or defaults, and can be told to misbehave: drop its watches, forget history, refuse WatchList, fail.
 */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../api/api-error.ts';
import type { KubeObject } from '../api/kind.ts';
import type { AnyResource } from '../api/resource.ts';
import type { Clock } from '../base/clock.ts';
import type { ObjectRef } from './client.ts';

/** Any object, as loosely as JSON is. */
export type Loose = Readonly<Record<string, unknown>>;
export type Stored = KubeObject & Loose;
type Metadata = Partial<KubeObject['metadata']>;

export interface Change {
  readonly version: number;
  readonly plural: string;
  readonly previous: Stored | undefined;
  /** With the version of the deletion when it was deleted. */
  readonly object: Stored;
  readonly deleted: boolean;
}

export interface Watcher {
  readonly plural: string;
  push(change: Change): void;
  end(error?: ApiError): void;
}

export class MemoryServer {
  readonly #clock: Clock;
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #watchers = new Set<Watcher>();
  #history: Change[] = [];
  #version = 0;
  #compacted = 0;
  /** Answers 422 to sendInitialEvents, as servers without WatchList do. */
  refusesWatchList = false;
  /** Called before every request: throw to make it fail. */
  onRequest: (verb: string, plural: string) => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get version(): number {
    return this.#version;
  }

  /** Ends every watch as a lost connection does. */
  disconnect(): void {
    for (const watcher of this.#watchers) watcher.end();
  }

  /** Forgets the history: watches from before it are answered with Expired. */
  compact(): void {
    this.#history = [];
    this.#compacted = this.#version;
  }

  /** Sends a bookmark to nobody in particular: the version moves on without a change to the resource. */
  bumpVersion(): void {
    this.#version++;
  }

  all(resource: AnyResource): readonly Stored[] {
    return [...this.#of(resource).values()].toSorted((a, b) => (keyOf(a.metadata) < keyOf(b.metadata) ? -1 : 1));
  }

  find(resource: AnyResource, ref: ObjectRef): Stored | undefined {
    return this.#of(resource).get(keyOf(ref));
  }

  get(resource: AnyResource, ref: ObjectRef): Stored {
    const object = this.find(resource, ref);
    if (object === undefined) throw notFound(resource, ref.name);
    return object;
  }

  create(resource: AnyResource, input: Loose): Stored {
    const metadata = metadataOf(input);
    const name = metadata.name ?? `${metadata.generateName ?? ''}${randomUUID().slice(0, 5)}`;
    const created = {
      ...input,
      apiVersion: resource.apiVersion,
      kind: resource.kind.kind,
      metadata: { ...metadata, name, uid: randomUUID(), creationTimestamp: this.#timestamp() },
    };
    const ref = { name, namespace: metadata.namespace };
    if (this.find(resource, ref) !== undefined) {
      throw new ApiError('AlreadyExists', `${describe(resource)} "${name}" already exists`);
    }
    return this.#put(resource, undefined, created);
  }

  update(resource: AnyResource, input: Loose, subresource = ''): Stored {
    const metadata = metadataOf(input);
    const old = this.get(resource, { namespace: metadata.namespace, name: metadata.name ?? '' });
    if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== old.metadata.resourceVersion) {
      const why = 'the object has been modified; please apply your changes to the latest version and try again';
      throw new ApiError(
        'Conflict',
        `Operation cannot be fulfilled on ${describe(resource)} "${metadata.name}": ${why}`,
      );
    }
    const next: Loose =
      subresource === 'status'
        ? { ...old, metadata: input['metadata'], status: input['status'] ?? {} }
        : { ...input, ...(old['status'] === undefined ? {} : { status: old['status'] }) };
    const { uid, creationTimestamp } = old.metadata;
    const written = { ...next, metadata: { ...metadataOf(next), uid, creationTimestamp } };
    if (metadataOf(written).deletionTimestamp != null && (metadataOf(written).finalizers ?? []).length === 0) {
      return this.#drop(resource, old);
    }
    return this.#put(resource, old, written);
  }

  delete(resource: AnyResource, ref: ObjectRef): Stored {
    const old = this.get(resource, ref);
    if ((old.metadata.finalizers ?? []).length === 0) return this.#drop(resource, old);
    if (old.metadata.deletionTimestamp !== undefined) return old;
    return this.#put(resource, old, {
      ...old,
      metadata: { ...metadataOf(old), deletionTimestamp: this.#timestamp() },
    });
  }

  /** Calls back with every change after the version, until the answered function is called. */
  follow(resource: AnyResource, afterVersion: number, watcher: Watcher): () => void {
    if (afterVersion < this.#compacted) {
      throw new ApiError('Expired', `too old resource version: ${afterVersion} (${this.#compacted})`);
    }
    for (const change of this.#history) {
      if (change.version > afterVersion && change.plural === pluralOf(resource)) watcher.push(change);
    }
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #of(resource: AnyResource): Map<string, Stored> {
    const key = pluralOf(resource);
    let objects = this.#objects.get(key);
    if (objects === undefined) this.#objects.set(key, (objects = new Map()));
    return objects;
  }

  #put(resource: AnyResource, previous: Stored | undefined, input: Loose): Stored {
    const version = ++this.#version;
    const metadata = { ...metadataOf(input), resourceVersion: String(version) };
    const object = JSON.parse(JSON.stringify({ ...input, metadata })) as Stored;
    this.#of(resource).set(keyOf(object.metadata), object);
    this.#tell({ version, plural: pluralOf(resource), previous, object, deleted: false });
    return object;
  }

  #drop(resource: AnyResource, old: Stored): Stored {
    const version = ++this.#version;
    const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } } as Stored;
    this.#of(resource).delete(keyOf(old.metadata));
    this.#tell({ version, plural: pluralOf(resource), previous: old, object, deleted: true });
    return object;
  }

  #tell(change: Change): void {
    this.#history.push(change);
    for (const watcher of this.#watchers) if (watcher.plural === change.plural) watcher.push(change);
  }

  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}

function metadataOf(object: Loose): Metadata {
  return object['metadata'] ?? {};
}

function keyOf(ref: ObjectRef): string {
  return `${ref.namespace ?? ''}/${ref.name}`;
}

export function pluralOf(resource: AnyResource): string {
  return `${resource.apiVersion}/${resource.plural}`;
}

function describe(resource: AnyResource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function notFound(resource: AnyResource, name: string): ApiError {
  const details = { name, group: resource.group, kind: resource.plural };
  return new ApiError('NotFound', `${describe(resource)} "${name}" not found`, details);
}
