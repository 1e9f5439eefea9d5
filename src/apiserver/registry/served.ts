/** A resource as this server serves it: its facts, its behaviour, and where its objects lie. */
import type { Descriptor } from '../../api/descriptor.ts';
import type { KindType } from '../../api/message.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { ResourceCache } from './cache.ts';
import type { Entry } from './entry.ts';

export interface Served {
  readonly resource: AnyResource;
  readonly descriptor: Descriptor<KubeObject>;
  readonly type: KindType;
  readonly cache: ResourceCache;
  /** Items of a typed list leave out kind and apiVersion; those of custom resources keep them. */
  readonly itemsCarryType: boolean;
  /** Where another version is the stored one. */
  readonly conversion?: Conversion;
  /** From an object as it is served to the one that tables and metadata alone are made from, where that differs. */
  readonly toInternal?: (served: KubeObject) => KubeObject;
  /** Nothing new is created: what a client is told who tries. */
  readonly refusesCreate?: string;
}

/** Between the version that is served and the one that is stored. Who may have to ask a webhook throws ConversionPending. */
export interface Conversion {
  toServed(stored: KubeObject): KubeObject;
  toStored(served: KubeObject): KubeObject;
  /** Converts many at once, where a webhook does; `prepared` answers them from then on. */
  prepare?(entries: readonly Entry[]): Promise<void>;
  prepared?(entry: Entry): KubeObject | undefined;
}

/** `prefix` + namespace + name, as Kubernetes lays out its keys. */
export function storageKey(served: Served, namespace: string | undefined, name: string): string {
  return `${scopeOf(served, namespace)}${name}`;
}

/** The prefix of all keys in a namespace, or of the whole resource. */
export function scopeOf(served: Served, namespace: string | undefined): string {
  const { prefix } = served.cache;
  return namespace === undefined || !served.resource.namespaced ? prefix : `${prefix}${namespace}/`;
}

/** `deployments.apps`, `pods`: how messages call a resource. */
export function qualifiedResource(served: Served): string {
  const { group, plural } = served.resource;
  return group === '' ? plural : `${plural}.${group}`;
}

/** The current object in the served version. */
export function servedObject(served: Served, entry: Entry): KubeObject {
  const { conversion } = served;
  if (conversion === undefined) return entry.object;
  return conversion.prepared?.(entry) ?? conversion.toServed(entry.object);
}

/** An object as it is shown: as it is served, and in the form in which Kubernetes works with it. */
export interface Shown {
  readonly object: KubeObject;
  /** What tables and metadata alone are made from: what it keeps in fields stands in no annotation. */
  readonly internal: KubeObject;
}

export function showEntry(served: Served, entry: Entry): Shown {
  const object = servedObject(served, entry);
  if (served.toInternal === undefined) return { object, internal: object };
  return { object, internal: served.conversion === undefined ? served.toInternal(object) : entry.object };
}

/** An object that was made for an answer. */
export function showObject({ toInternal }: Served, object: KubeObject): Shown {
  return { object, internal: toInternal === undefined ? object : toInternal(object) };
}

/** Reviews and bindings: made, answered and forgotten. */
export const isOnlyCreated = ({ resource: { verbs } }: Served): boolean => verbs.every((verb) => verb === 'create');
