/**
 * What a CustomResourceDefinition serves: for each of its versions a resource with type and descriptor, all of them over
 * one cache. Objects lie in the store in the storage version; those of other versions are read by the schema of their own
 * version (defaults, pruning), get the apiVersion that was asked for or are converted by a webhook, and are pruned by the
 * schema of that.
 */
import { decode } from '../../api/codec/decode.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  JSONSchemaProps,
} from '../../api/groups/apiextensions.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { KindType } from '../../api/message.ts';
import { kindFromSchema } from '../../api/schema-from-openapi.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { ResourceCache } from '../registry/cache.ts';
import { ConversionPending } from '../registry/conversion-pending.ts';
import type { Entry } from '../registry/entry.ts';
import type { Conversion, Served } from '../registry/served.ts';
import { isConditionTrue } from './conditions.ts';
import { descriptorOf } from './descriptor-of.ts';
import { publishedSchema } from './published-schema.ts';
import { pruneNulls } from './prune-nulls.ts';
import { webhookConverter, type WebhookConverter } from './webhook-converter.ts';

interface Version {
  readonly declared: CustomResourceDefinitionVersion;
  readonly type: KindType;
  readonly schema: JSONSchemaProps;
}

export interface ServedVersions {
  /** The versions that clients may ask for. */
  readonly served: readonly Served[];
  /** The version in which objects are stored, whether it is served or not. */
  readonly storage: Served;
}

/** Undefined when no version is stored: such a definition is not valid. */
export function servedVersions(
  definition: CustomResourceDefinition,
  cache: ResourceCache,
  services: Served,
): ServedVersions | undefined {
  const versions = (definition.spec.versions ?? []).map((declared) => versionOf(definition, declared));
  const storage = versions.find(({ declared }) => declared.storage);
  if (storage === undefined) return undefined;
  const webhook = webhookConverter(definition, services);
  const byApiVersion = new Map(versions.map((each) => [each.type.apiVersion, each]));
  const read = (stored: KubeObject): KubeObject =>
    readStored(byApiVersion.get(stored.apiVersion ?? '') ?? storage, stored);
  const conversion = (version: Version): Conversion => conversionOf(read, storage, version, webhook);
  const make = (version: Version): Served => servedVersion(definition, versions, version, cache, conversion);
  const served = versions.filter(({ declared }) => declared.served).map(make);
  return { served, storage: served.find(({ type }) => type.version === storage.declared.name) ?? make(storage) };
}

/** Where the objects of a definition lie. */
export function customPrefix({ spec, status }: CustomResourceDefinition): string {
  return `/registry/${spec.group}/${status?.acceptedNames?.plural || spec.names.plural}/`;
}

function versionOf(definition: CustomResourceDefinition, declared: CustomResourceDefinitionVersion): Version {
  const { group, names } = definition.spec;
  const schema = declared.schema?.openAPIV3Schema ?? {};
  const kind = kindFromSchema({ group, version: declared.name, kind: names.kind, schema });
  return { declared, schema, type: { ...kind, published: publishedSchema(kind, schema) } };
}

function servedVersion(
  definition: CustomResourceDefinition,
  versions: readonly Version[],
  version: Version,
  cache: ResourceCache,
  conversion: (version: Version) => Conversion,
): Served {
  const descriptor = descriptorOf(definition, version.declared, version.type);
  const asStored = versions.length === 1 && definition.metadata.generation === 1;
  return {
    resource: descriptor.resource,
    descriptor,
    type: version.type,
    cache,
    itemsCarryType: true,
    ...(asStored ? {} : { conversion: conversion(version) }),
    ...(isConditionTrue(definition, 'Terminating')
      ? { refusesCreate: 'create not allowed while custom resource definition is terminating' }
      : {}),
  };
}

function conversionOf(
  read: (stored: KubeObject) => KubeObject,
  storage: Version,
  version: Version,
  webhook: WebhookConverter | undefined,
): Conversion {
  if (webhook !== undefined) return webhookConversion(read, storage, version, webhook);
  const known = new WeakMap<KubeObject, KubeObject>();
  return {
    toServed(stored) {
      let object = known.get(stored);
      if (object === undefined) known.set(stored, (object = renamed(read(stored), version)));
      return object;
    },
    toStored: (served) => renamed(served, storage),
  };
}

function webhookConversion(
  read: (stored: KubeObject) => KubeObject,
  storage: Version,
  version: Version,
  webhook: WebhookConverter,
): Conversion {
  const known = new WeakMap<Entry, KubeObject>();
  const convert = askedFirst(webhook);
  const { apiVersion } = version.type;
  return {
    toServed: (stored) => convert(read(stored), version),
    toStored: (served) => convert(served, storage),
    prepared: (entry) => known.get(entry),
    async prepare(entries) {
      const objects = entries.flatMap((entry) => (known.has(entry) ? [] : [{ entry, object: read(entry.object) }]));
      for (const [from, alike] of Map.groupBy(objects, ({ object }) => object.apiVersion)) {
        const same = from === apiVersion;
        const converted = same
          ? []
          : await webhook(
              alike.map(({ object }) => object),
              apiVersion,
            );
        for (const [i, { entry, object }] of alike.entries()) {
          known.set(entry, same ? object : pruned(version, converted[i] as JsonObject));
        }
      }
    },
  };
}

type Convert = (object: KubeObject, to: Version) => KubeObject;

/** Nothing but the version changes, and what the other schema does not know goes. */
const renamed: Convert = (object, to) => {
  const { apiVersion } = to.type;
  return object.apiVersion === apiVersion ? object : pruned(to, { ...object, apiVersion } as unknown as JsonObject);
};

const pruned = ({ type }: Version, object: JsonObject): KubeObject => decode(type, object).value as KubeObject;

/** How many converted objects are remembered that are not in the store. */
const maxRemembered = 500;

/** The webhook is asked before the conversion is repeated, which then finds what it answered. */
function askedFirst(webhook: WebhookConverter): Convert {
  const answers = new Map<string, KubeObject>();
  return (object, to) => {
    const { apiVersion } = to.type;
    if (object.apiVersion === apiVersion) return object;
    const key = `${apiVersion} ${JSON.stringify(object)}`;
    const answer = answers.get(key);
    if (answer !== undefined) return answer;
    throw new ConversionPending(async () => {
      const [converted] = await webhook([object], apiVersion);
      const [oldest] = answers.keys();
      if (answers.size >= maxRemembered && oldest !== undefined) answers.delete(oldest);
      answers.set(key, pruned(to, converted as JsonObject));
    });
  };
}

/** An object as the schema of its own version sees it today. */
function readStored({ type, schema }: Version, stored: KubeObject): KubeObject {
  const draft = decode(type, stored).value;
  applyDefaults(type, draft);
  pruneNulls(schema, draft);
  return draft as KubeObject;
}
