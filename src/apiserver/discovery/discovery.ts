/** Discovery: which groups, versions and resources there are, in the plain and in the aggregated form. */
import type { Json, JsonObject } from '../../api/schema.ts';
import { discoveriesAggregated } from '../metrics/process-figures.ts';
import type { AnyResource } from '../../api/resource.ts';
import { joinApiVersion } from '../../api/message.ts';
import { createHash } from 'node:crypto';
import type { Api } from '../api.ts';
import { orderedGroups, type GroupVersions } from '../aggregation/group-order.ts';
import type { Served } from '../registry/served.ts';
import { methodNotAllowed, unknownResource } from '../path-errors.ts';
import { readAccept } from '../http/accept.ts';
import { joinPieces } from '../http/body-writer.ts';
import { notAcceptable, readMediaType, type Negotiated } from '../http/negotiate.ts';
import { isPretty } from '../http/pretty.ts';
import { encode } from '../http/render.ts';
import type { Answer, ApiRequest } from '../request.ts';

export function discover(api: Api, request: ApiRequest): Answer | Promise<Answer> | undefined {
  const parts = request.info.path.split('/').filter((part) => part !== '');
  const [root, group = '', version = ''] = parts;
  if (root === 'api') {
    if (parts.length > 2) return undefined;
    const list = parts.length === 2 ? resourceList(api, '', group) : undefined;
    if (parts.length === 2 && list === undefined) throw unknownResource();
    onlyGet(request);
    if (list !== undefined) return list;
    const form = aggregatedForm(request);
    return form === undefined ? answer(coreVersions(request)) : aggregated(api, request, form, true);
  }
  if (root !== 'apis' || parts.length > 3) return undefined;
  const groups = orderedGroups(api).filter((each) => each.group !== '');
  if (parts.length === 1) {
    const form = aggregatedForm(request);
    if (form !== undefined) return aggregated(api, request, form, false);
    return answer({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupObject) });
  }
  const found = groups.find((each) => each.group === group);
  if (found === undefined) return undefined;
  if (parts.length === 2) return answer({ kind: 'APIGroup', apiVersion: 'v1', ...groupObject(found) });
  onlyGet(request);
  const list = resourceList(api, group, version);
  if (list === undefined && !api.resources.isBuiltinGroup(group)) return undefined;
  if (list === undefined) throw unknownResource();
  return list;
}

function onlyGet({ method }: ApiRequest): void {
  if (method !== 'GET') throw methodNotAllowed();
}

const answer = (object: JsonObject): Answer => ({ type: 'object', status: 200, object });

function coreVersions(request: ApiRequest): JsonObject {
  const address = request.incoming?.headers.host ?? '';
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

function groupObject({ group, versions }: GroupVersions): JsonObject {
  const list = versions.map((version) => ({ groupVersion: joinApiVersion(group, version), version }));
  return { name: group, versions: list, preferredVersion: list[0] as JsonObject };
}

function resourceList(api: Api, group: string, version: string): Answer | undefined {
  const served = api.resources.all().filter(({ resource }) => resource.group === group && resource.version === version);
  if (served.length === 0) return undefined;
  // The entries of built-in resources are sorted one and all, those of custom ones stay together in the order of definition.
  const resources = served.some(({ itemsCarryType }) => itemsCarryType)
    ? served.toSorted((a, b) => (a.resource.plural < b.resource.plural ? -1 : 1)).flatMap(plainEntries)
    : served.flatMap(plainEntries).toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1));
  const groupVersion = joinApiVersion(group, version);
  const head =
    group === ''
      ? { kind: 'APIResourceList', groupVersion }
      : { kind: 'APIResourceList', apiVersion: 'v1', groupVersion };
  return answer({ ...head, resources });
}

function plainEntries({ resource }: Served): JsonObject[] {
  const { plural, singular, namespaced, verbs, shortNames, categories, kind } = resource;
  const own: JsonObject = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs: [...verbs],
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(verbs.includes('list') && verbs.includes('create') ? { storageVersionHash: storageVersionHash(resource) } : {}),
  };
  const subresources = Object.entries(resource.subresources).map(([name, subresource]) => {
    const other = subresource.apiVersion === undefined ? undefined : splitVersion(subresource.apiVersion);
    return {
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      ...(other === undefined || other.group === resource.group ? {} : other),
      kind: subresource.kind ?? kind.kind,
      verbs: [...subresource.verbs],
    };
  });
  return [own, ...subresources];
}

function splitVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

/** Where another version than the served one is what Kubernetes stores. */
const storedVersions: Readonly<Record<string, string>> = {
  'autoscaling/v1/HorizontalPodAutoscaler': 'v2',
  'apiextensions.k8s.io/v1/CustomResourceDefinition': 'v1beta1',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': 'v1beta1',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': 'v1beta1',
};

/** Tells clients when what is stored for a resource changed its form: a hash of group, version and kind. */
function storageVersionHash(resource: AnyResource): string {
  const { group, version, kind } = resource.kind;
  const stored = storedVersions[`${group}/${version}/${kind}`] ?? version;
  return createHash('sha256').update(`${group}/${stored}/${kind}`).digest().subarray(0, 8).toString('base64');
}

/** The encoding in which a client wants the aggregated form before any plain one. @throws ApiError NotAcceptable */
function aggregatedForm({ accept, query, userAgent }: ApiRequest): Negotiated | undefined {
  const pretty = isPretty(query, userAgent);
  for (const { type, parameters } of readAccept(accept)) {
    const mediaType = readMediaType(type);
    if (mediaType === undefined) continue;
    if (!['as', 'g', 'v'].some((name) => parameters.has(name))) return undefined;
    const isKnown = parameters.get('as') === 'APIGroupDiscoveryList' && parameters.get('g') === group;
    if (isKnown && parameters.get('v') === 'v2') return { mediaType, form: 'object', formVersion: '', pretty };
  }
  throw notAcceptable();
}

const group = 'apidiscovery.k8s.io';

async function aggregated(api: Api, request: ApiRequest, form: Negotiated, core: boolean): Promise<Answer> {
  discoveriesAggregated.value++;
  const groups = orderedGroups(api).filter(({ group: name }) => (name === '') === core);
  const items = groups.map(({ group, versions }) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versions.map((each) => aggregatedVersion(api, group, each)),
  }));
  const list = { kind: 'APIGroupDiscoveryList', apiVersion: `${group}/v2`, metadata: {}, items };
  const etag = `"${createHash('sha512').update(JSON.stringify(list)).digest('hex').toUpperCase()}"`;
  const headers = {
    'content-type': `${form.mediaType};g=${group};v=v2;as=APIGroupDiscoveryList`,
    'cache-control': 'public',
    etag,
    vary: 'Accept',
  };
  if (request.incoming?.headers['if-none-match'] === etag) return { type: 'raw', status: 304, headers, body: '' };
  const { pieces } = await encode(list, form);
  return { type: 'raw', status: 200, headers, body: joinPieces(pieces), document: true };
}

function aggregatedVersion(api: Api, group: string, version: string): JsonObject {
  const extension = api.aggregation.get(`${version}.${group}`);
  if (extension !== undefined) {
    const { resources, stale } = api.aggregation.discoveryOf(extension);
    return {
      version,
      ...(resources === undefined || resources.length === 0 ? {} : { resources: [...resources] }),
      freshness: stale ? 'Stale' : 'Current',
    };
  }
  const resources = api.resources
    .all()
    .filter(({ resource }) => resource.group === group && resource.version === version)
    .map(({ resource }) => aggregatedResource(resource))
    .toSorted((a, b) => (String(a['resource']) < String(b['resource']) ? -1 : 1));
  return { version, resources, freshness: 'Current' };
}

function aggregatedResource(resource: AnyResource): JsonObject {
  const { plural, singular, namespaced, verbs, shortNames, categories } = resource;
  const subresources: Json[] = Object.entries(resource.subresources).map(([name, subresource]) => ({
    subresource: name,
    responseKind: responseKind(resource, subresource.apiVersion, subresource.kind),
    verbs: [...subresource.verbs],
  }));
  return {
    resource: plural,
    responseKind: responseKind(resource, undefined, undefined),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...verbs],
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

/** Group and version are left empty where they are those of the list itself. */
function responseKind(resource: AnyResource, apiVersion: string | undefined, kind: string | undefined): JsonObject {
  const named = kind ?? resource.kind.kind;
  if (apiVersion === undefined || apiVersion === resource.apiVersion) return { group: '', version: '', kind: named };
  return { ...splitVersion(apiVersion), kind: named };
}
