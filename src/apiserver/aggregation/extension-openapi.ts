/**
 * The OpenAPI documents of extension servers: asked for when a client asks for ours, and kept for a minute. Version 3 is a
 * document each; for version 2 there is one for all, into which theirs are merged: their own paths, the definitions these
 * lead to, and another name for a definition where ours has the name with another meaning.
 */
import type { Json, JsonObject } from '../../api/schema.ts';
import { samePlain } from '../../api/equality.ts';
import type { Api } from '../api.ts';
import { askForObject } from './ask.ts';
import { pathOf, type Extension } from './extension.ts';

const freshMs = 60_000;

interface Kept {
  readonly atMs: number;
  readonly document: Promise<JsonObject | undefined>;
}

/** An extension is a new value after each change of its APIService. */
const kept = new WeakMap<Extension, Map<string, Kept>>();

export interface ExtensionDocument {
  readonly extension: Extension;
  readonly document: JsonObject;
}

/** The documents of all extensions that answer. `version` 3: each that of its group and version alone. */
export async function extensionDocuments(api: Api, version: 2 | 3): Promise<readonly ExtensionDocument[]> {
  const asked = api.aggregation.all().filter(({ available }) => available);
  const documents = await Promise.all(asked.map((extension) => documentOf(api, extension, version)));
  return asked.flatMap((extension, index) => {
    const document = documents[index];
    return document === undefined ? [] : [{ extension, document }];
  });
}

function documentOf(api: Api, extension: Extension, version: 2 | 3): Promise<JsonObject | undefined> {
  const path = version === 2 ? '/openapi/v2' : `/openapi/v3${pathOf(extension)}`;
  const known = kept.get(extension) ?? new Map<string, Kept>();
  kept.set(extension, known);
  const now = api.clock.now();
  const current = known.get(path);
  if (current !== undefined && now - current.atMs < freshMs) return current.document;
  const document = askForObject(api, extension, path).catch(() => undefined);
  known.set(path, { atMs: now, document });
  return document;
}

/** Our document of version 2 with what extensions add. */
export function mergeSwagger(own: JsonObject, extensions: readonly ExtensionDocument[]): JsonObject {
  const paths: Record<string, Json> = { ...objectOf(own['paths']) };
  const definitions: Record<string, Json> = { ...objectOf(own['definitions']) };
  for (const { extension, document } of extensions) {
    const root = pathOf(extension);
    const theirs = objectOf(document['definitions']);
    const added = Object.entries(objectOf(document['paths'])).filter(
      ([path]) => path === root || path.startsWith(`${root}/`),
    );
    const wanted = reachable(theirs, [...added.map(([, item]) => item), ...kindsOf(theirs, extension)]);
    const names = new Map([...wanted].map((name) => [name, nameFor(name, theirs[name], definitions)]));
    for (const [path, item] of added) paths[path] = withNames(item, names);
    for (const [name, newName] of names) definitions[newName] = withNames(theirs[name] ?? {}, names);
  }
  return { ...own, paths, definitions };
}

const reference = '#/definitions/';

/** The names of all definitions that these values lead to, directly and through others. */
function reachable(definitions: JsonObject, from: readonly Json[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open: Json[] = [...from];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (key !== '$ref' || typeof inner !== 'string') {
        open.push(inner);
        continue;
      }
      const name = inner.slice(reference.length);
      if (found.has(name)) continue;
      found.add(name);
      open.push(definitions[name] ?? null);
    }
  }
  return found;
}

/** References to the definitions of the extension's own kinds, which no path need name. */
function kindsOf(definitions: JsonObject, { group, version }: Extension): readonly JsonObject[] {
  return Object.entries(definitions).flatMap(([name, definition]) => {
    const kinds = objectOf(definition)['x-kubernetes-group-version-kind'];
    const own = (Array.isArray(kinds) ? kinds : []).map(objectOf);
    const is = own.some((kind) => kind['group'] === group && kind['version'] === version);
    return is ? [{ $ref: `${reference}${name}` }] : [];
  });
}

/** The same name where ours says the same or has no such name. */
function nameFor(name: string, definition: Json | undefined, taken: JsonObject): string {
  let candidate = name;
  for (let i = 2; taken[candidate] !== undefined && !samePlain(taken[candidate], definition); i++) {
    candidate = `${name}_v${i}`;
  }
  return candidate;
}

function withNames(value: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((inner) => withNames(inner, names));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = key === '$ref' && typeof inner === 'string' ? inner.slice(reference.length) : undefined;
    copy[key] = name === undefined ? withNames(inner, names) : `${reference}${names.get(name) ?? name}`;
  }
  return copy;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
