/**
 * What a CustomResourceDefinition serves: for each of its versions a resource with type and descriptor, all of them over
 * one cache. Objects lie in the store in the storage version; those of other versions are read by the schema of their own
 * version (defaults, pruning), get the apiVersion that was asked for, and are pruned by the schema of that.
 */
import { ApiError } from '../../api/api-error.ts';
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
import type { ResourceCache } from '../registry/cache.ts';
import type { Conversion, Served } from '../registry/served.ts';
import { isConditionTrue } from './conditions.ts';
import { descriptorOf } from './descriptor-of.ts';
import { publishedSchema } from './published-schema.ts';
import { pruneNulls } from './prune-nulls.ts';

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
export function servedVersions(definition: CustomResourceDefinition, cache: ResourceCache): ServedVersions | undefined {
  const versions = (definition.spec.versions ?? []).map((declared) => versionOf(definition, declared));
  const storage = versions.find(({ declared }) => declared.storage);
  if (storage === undefined) return undefined;
  const make = (version: Version): Served => servedVersion(definition, versions, storage, version, cache);
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
  storage: Version,
  version: Version,
  cache: ResourceCache,
): Served {
  const descriptor = descriptorOf(definition, version.declared, version.type);
  const asStored = versions.length === 1 && definition.metadata.generation === 1;
  return {
    resource: descriptor.resource,
    descriptor,
    type: version.type,
    cache,
    itemsCarryType: true,
    ...(asStored ? {} : { conversion: conversionOf(definition, versions, storage, version) }),
    ...(isConditionTrue(definition, 'Terminating')
      ? { refusesCreate: 'create not allowed while custom resource definition is terminating' }
      : {}),
  };
}

function conversionOf(
  definition: CustomResourceDefinition,
  versions: readonly Version[],
  storage: Version,
  version: Version,
): Conversion {
  const byApiVersion = new Map(versions.map((each) => [each.type.apiVersion, each]));
  const known = new WeakMap<KubeObject, KubeObject>();
  const webhook = definition.spec.conversion?.strategy === 'Webhook';
  const convert = (object: KubeObject, to: Version): KubeObject => {
    if (object.apiVersion === to.type.apiVersion) return object;
    if (webhook) throw webhookError(object);
    const { apiVersion } = to.type;
    return decode(to.type, { ...object, apiVersion }).value as KubeObject;
  };
  return {
    toServed(stored) {
      let object = known.get(stored);
      if (object === undefined) {
        object = convert(readStored(byApiVersion.get(stored.apiVersion ?? '') ?? storage, stored), version);
        known.set(stored, object);
      }
      return object;
    },
    toStored: (served) => convert(served, storage),
  };
}

/** An object as the schema of its own version sees it today. */
function readStored({ type, schema }: Version, stored: KubeObject): KubeObject {
  const draft = decode(type, stored).value;
  applyDefaults(type, draft);
  pruneNulls(schema, draft);
  return draft as KubeObject;
}

function webhookError({ apiVersion, kind }: KubeObject): ApiError {
  const why = 'conversion by webhook is not supported by this server yet';
  return new ApiError('', `conversion webhook for ${apiVersion}, Kind=${kind} failed: ${why}`);
}
