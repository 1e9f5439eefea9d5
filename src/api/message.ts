/**
 * Messages: object types that travel with apiVersion and kind, whether they are ever stored or not.
 */
import {
  object,
  optional,
  string,
  type Field,
  type InputFields,
  type ObjectType,
  type StaticFields,
} from './schema.ts';

export interface GroupVersionKind {
  /** '' is the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** An object type that travels with apiVersion and kind. */
export interface KindType<T = unknown, I = unknown> extends ObjectType<T, I>, GroupVersionKind {
  readonly apiVersion: string;
}

export interface TypeMeta {
  readonly kind?: string | undefined;
  readonly apiVersion?: string | undefined;
}

type Fields = Readonly<Record<string, Field>>;

/** A kind that is only sent to and fro, never stored: reviews, options, scale, … */
export function message<F extends Fields>(
  apiVersion: string,
  name: string,
  fields: F,
): KindType<TypeMeta & StaticFields<F>, TypeMeta & InputFields<F>> {
  return withTypeMeta(apiVersion, name, fields);
}

/** `name`: the name in the published OpenAPI; its last part is the kind. */
export function withTypeMeta<T, I>(apiVersion: string, name: string, fields: Fields): KindType<T, I> {
  const all = { kind: optional(0, string), apiVersion: optional(0, string), ...fields };
  return {
    ...object<T, I>(name, all),
    ...splitApiVersion(apiVersion),
    apiVersion,
    kind: name.slice(name.lastIndexOf('.') + 1),
  };
}

export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

export function joinApiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
