/**
 * Every resource that the server serves now, built-in or custom: what is deleted with a namespace, and what the garbage
 * collector follows. Of each resource only the version that the server prefers.
 */
import { ApiError } from '../api/api-error.ts';
import { joinApiVersion, message } from '../api/message.ts';
import { resource, type AnyResource, type Verb } from '../api/resource.ts';
import { builtinResources, optionalResources } from '../api/resources.ts';
import type { Client } from '../client/client.ts';

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface GroupList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly Discovered[];
      readonly freshness?: 'Current' | 'Stale';
    }[];
  }[];
}

interface Discovered {
  readonly resource: string;
  readonly singularResource?: string;
  readonly responseKind?: { readonly kind: string };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly Verb[];
}

export interface Discovery {
  readonly resources: readonly AnyResource[];
  /** Groups whose own server did not answer: what it serves may be there all the same. */
  readonly unavailable: readonly string[];
}

/** @throws ApiError when the server does not answer. */
export async function discoverResources(client: Client): Promise<Discovery> {
  const lists = await Promise.all([fetchGroups(client, '/api'), fetchGroups(client, '/apis')]);
  const resources = new Map<string, AnyResource>();
  const unavailable = new Set<string>();
  for (const { metadata = {}, versions = [] } of lists.flatMap(({ items = [] }) => items)) {
    const group = metadata.name ?? '';
    for (const { version, resources: found = [], freshness } of versions) {
      if (freshness === 'Stale') unavailable.add(joinApiVersion(group, version));
      for (const one of found) {
        const name = `${one.resource}.${group}`;
        if (!resources.has(name)) resources.set(name, toResource(joinApiVersion(group, version), one));
      }
    }
  }
  return { resources: [...resources.values()], unavailable: [...unavailable] };
}

async function fetchGroups(client: Client, path: string): Promise<GroupList> {
  const { status, body } = await client.request({ method: 'GET', path, accept });
  const text = new TextDecoder().decode(body);
  if (status !== 200) throw new ApiError('InternalError', `Cannot discover resources: ${path} answers ${status}`);
  return JSON.parse(text) as GroupList;
}

function toResource(apiVersion: string, found: Discovered): AnyResource {
  const all = [...builtinResources, ...optionalResources.map((one) => one.resource)];
  const known = all.find((one) => one.apiVersion === apiVersion && one.plural === found.resource);
  if (known !== undefined) return known;
  return resource(message(apiVersion, found.responseKind?.kind ?? '', {}), {
    plural: found.resource,
    singular: found.singularResource ?? '',
    namespaced: found.scope === 'Namespaced',
    verbs: found.verbs,
  });
}
