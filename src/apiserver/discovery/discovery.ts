/** Discovery: which groups, versions and resources there are, in the plain and in the aggregated form. */
import type { Json, JsonObject } from '../../api/schema.ts';
import type { AnyResource } from '../../api/resource.ts';
import { joinApiVersion } from '../../api/message.ts';
import { createHash } from 'node:crypto';
import type { Api } from '../api.ts';
import type { Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';

/** Groups in the order of their priority (APIService.spec.groupPriorityMinimum), then their versions. */
interface GroupVersions {
  readonly group: string;
  readonly versions: readonly string[];
}

export function discover(api: Api, request: ApiRequest): Answer | undefined {
  const parts = request.info.path.split('/').filter((part) => part !== '');
  if (parts[0] === 'api') {
    if (parts.length === 1) return aggregated(api, request, true) ?? answer(coreVersions(request));
    return parts.length === 2 ? resourceList(api, '', parts[1] ?? '') : undefined;
  }
  if (parts[0] !== 'apis') return undefined;
  const groups = groupsOf(api).filter(({ group }) => group !== '');
  if (parts.length === 1) {
    return (
      aggregated(api, request, false) ??
      answer({ kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupObject) })
    );
  }
  if (parts.length === 2) {
    const found = groups.find(({ group }) => group === parts[1]);
    return found === undefined ? undefined : answer({ kind: 'APIGroup', apiVersion: 'v1', ...groupObject(found) });
  }
  return parts.length === 3 ? resourceList(api, parts[1] ?? '', parts[2] ?? '') : undefined;
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

function groupsOf(api: Api): GroupVersions[] {
  const groups = new Map<string, string[]>();
  for (const { resource } of api.resources.all()) {
    const versions = groups.get(resource.group) ?? [];
    if (!versions.includes(resource.version)) versions.push(resource.version);
    groups.set(resource.group, versions);
  }
  return [...groups].map(([group, versions]) => ({ group, versions }));
}

function groupObject({ group, versions }: GroupVersions): JsonObject {
  const list = versions.map((version) => ({ groupVersion: joinApiVersion(group, version), version }));
  return { name: group, versions: list, preferredVersion: list[0] as JsonObject };
}

function resourceList(api: Api, group: string, version: string): Answer | undefined {
  const served = api.resources.all().filter(({ resource }) => resource.group === group && resource.version === version);
  if (served.length === 0) return undefined;
  const resources = served.flatMap(plainEntries).toSorted((a, b) => (String(a['name']) < String(b['name']) ? -1 : 1));
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
    ...(verbs.includes('list') ? { storageVersionHash: storageVersionHash(resource) } : {}),
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

/** Tells clients when what is stored for a resource changed its form: a hash of group, version and kind. */
function storageVersionHash(resource: AnyResource): string {
  const { group, version, kind } = resource.kind;
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');
}

/** The aggregated form, when the client's first wish it is. */
function aggregated(api: Api, request: ApiRequest, core: boolean): Answer | undefined {
  const wish = request.accept.split(',').find((part) => part.includes('as=APIGroupDiscoveryList'));
  const version = wish === undefined ? undefined : /;v=(v2beta1|v2)(;|$)/.exec(wish.trim())?.[1];
  if (version === undefined || !wish?.includes('g=apidiscovery.k8s.io')) return undefined;
  const groups = groupsOf(api).filter(({ group }) => (group === '') === core);
  const items = groups.map(({ group, versions }) => ({
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versions.map((each) => aggregatedVersion(api, group, each)),
  }));
  const apiVersion = `apidiscovery.k8s.io/${version}`;
  const body = JSON.stringify({ kind: 'APIGroupDiscoveryList', apiVersion, metadata: {}, items });
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  const headers = {
    'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    etag,
    vary: 'Accept',
  };
  if (request.incoming?.headers['if-none-match'] === etag) return { type: 'raw', status: 304, headers, body: '' };
  return { type: 'raw', status: 200, headers, body: `${body}\n` };
}

function aggregatedVersion(api: Api, group: string, version: string): JsonObject {
  const resources = api.resources
    .all()
    .filter(({ resource }) => resource.group === group && resource.version === version)
    .map(({ resource }) => aggregatedResource(resource))
    .toSorted((a, b) => (String(a['resource']) < String(b['resource']) ? -1 : 1));
  return { version, resources, freshness: 'Current' };
}

function aggregatedResource(resource: AnyResource): JsonObject {
  const { plural, singular, namespaced, verbs, shortNames, categories, kind } = resource;
  const subresources: Json[] = Object.entries(resource.subresources).map(([name, subresource]) => ({
    subresource: name,
    responseKind: responseKind(resource, subresource.apiVersion, subresource.kind),
    verbs: [...subresource.verbs],
  }));
  return {
    resource: plural,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...verbs],
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}

function responseKind(resource: AnyResource, apiVersion: string | undefined, kind: string | undefined): JsonObject {
  const { group, version } = apiVersion === undefined ? resource : splitVersion(apiVersion);
  return { group, version, kind: kind ?? resource.kind.kind };
}
