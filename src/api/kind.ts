/**
 * Kinds: object types that carry apiVersion, kind and metadata. What the server answers always has a name, a uid, a
 * resource version and a creation time, and objects in namespaces have their namespace; the static types say so.
 */
import { ListMeta, ObjectMeta } from './groups/meta.v1.ts';
import { withTypeMeta, type KindType, type TypeMeta } from './message.ts';
import {
  always,
  list,
  required,
  type Field,
  type Input,
  type InputFields,
  type ListType,
  type Static,
  type StaticFields,
} from './schema.ts';

/** Metadata of an object that the server has stored. */
export interface StoredMeta extends Static<typeof ObjectMeta> {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
}

export interface NamespacedMeta extends StoredMeta {
  readonly namespace: string;
}

/** What every stored object has. */
export interface KubeObject extends TypeMeta {
  readonly metadata: StoredMeta;
}

type Fields = Readonly<Record<string, Field>>;
interface NewMeta {
  readonly metadata?: Input<typeof ObjectMeta> | undefined;
}

/** A kind whose objects live in a namespace. */
export function namespaced<F extends Fields>(
  apiVersion: string,
  name: string,
  fields: F,
): KindType<TypeMeta & { readonly metadata: NamespacedMeta } & StaticFields<F>, TypeMeta & NewMeta & InputFields<F>> {
  return withTypeMeta(apiVersion, name, { metadata: always(1, ObjectMeta), ...fields });
}

/** A kind whose objects belong to the whole cluster. */
export function clusterScoped<F extends Fields>(
  apiVersion: string,
  name: string,
  fields: F,
): KindType<TypeMeta & { readonly metadata: StoredMeta } & StaticFields<F>, TypeMeta & NewMeta & InputFields<F>> {
  return withTypeMeta(apiVersion, name, { metadata: always(1, ObjectMeta), ...fields });
}

export interface ListOf<T> extends TypeMeta {
  readonly metadata: Static<typeof ListMeta>;
  readonly items: readonly T[];
}

/** The list kind that goes with a kind: PodList for Pod. */
export function listOf<T, I>(kind: KindType<T, I>): KindType<ListOf<T>, ListOf<T>> {
  const items: ListType<T, I> = list(kind);
  return withTypeMeta(kind.apiVersion, `${kind.name}List`, {
    metadata: always(1, ListMeta),
    items: required(2, items),
  });
}
