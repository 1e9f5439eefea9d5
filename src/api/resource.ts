/** A resource: the name in URLs under which objects of a kind are served, and what may be done with them. */
import type { KindType } from './message.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** `T`: objects as the server answers them; `I`: what a client may send. */
export interface Resource<T = unknown, I = unknown> {
  readonly kind: KindType<T, I>;
  readonly group: string;
  readonly version: string;
  /** group/version, or the version alone for the core group. */
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames: readonly string[];
  /** Such as `all` for `kubectl get all`. */
  readonly categories: readonly string[];
  readonly subresources: Readonly<Record<string, Subresource>>;
}

export type AnyResource = Resource;

export interface Subresource {
  readonly verbs: readonly Verb[];
  /** Kind that is sent and answered where it is not the resource's own. */
  readonly apiVersion?: string;
  readonly kind?: string;
}

export interface ResourceFacts {
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: Readonly<Record<string, Subresource>>;
}

export function resource<T, I>(kind: KindType<T, I>, facts: ResourceFacts): Resource<T, I> {
  const { group, version, apiVersion } = kind;
  return { kind, group, version, apiVersion, shortNames: [], categories: [], subresources: {}, ...facts };
}

/** `/api/v1` or `/apis/GROUP/VERSION`, then the namespace and the plural name. */
export function resourcePath(of: AnyResource, namespace?: string): string {
  const root = of.group === '' ? `/api/${of.version}` : `/apis/${of.apiVersion}`;
  return namespace === undefined || !of.namespaced
    ? `${root}/${of.plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${of.plural}`;
}
