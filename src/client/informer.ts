/**
 * An informer keeps a local copy of what a list answers, up to date by a watch. Objects are immutable and shared.
 *
 * Handlers are called in the order of the events, after the copy changed, and never during `get`, `list` or `byIndex`.
 */
import type { KubeObject } from '../api/kind.ts';
import type { Resource } from '../api/resource.ts';

export type Change<T> =
  | { readonly type: 'added'; readonly object: T }
  | { readonly type: 'updated'; readonly object: T; readonly previous: T }
  /** `object`: the last known state. */
  | { readonly type: 'deleted'; readonly object: T };

/** Index name → the values under which an object is filed. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  /** The initial list is complete. */
  readonly synced: boolean;
  /** The version up to which the copy has seen every change; '' until synced. Versions are ordered integers. */
  readonly resourceVersion: string;
  /** Resolves when synced; rejects only when the informer ended first. */
  whenSynced(): Promise<void>;
  get(namespace: string | undefined, name: string): T | undefined;
  list(namespace?: string): readonly T[];
  /** @throws when no such index was asked for. */
  byIndex(index: string, value: string): readonly T[];
  /** Adds indexes; existing objects are filed at once. A name that exists is kept as it is. */
  addIndexes(indexes: Indexes<T>): void;
  /** Objects already there are announced as added. Returns what takes the handler off again. */
  onChange(handler: (change: Change<T>) => void): () => void;
}

export interface InformerSelection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** Informers shared by the components of a process: the same resource and selection is watched once. */
export interface Informers {
  /** Starts with the first call for a selection, and runs until the set's signal aborts. */
  of<T extends KubeObject, I>(resource: Resource<T, I>, selection?: InformerSelection): Informer<T>;
}

/** `namespace/name`, or the name alone: how queues and caches call an object. */
export function objectKey(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function splitKey(key: string): { readonly namespace: string | undefined; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
