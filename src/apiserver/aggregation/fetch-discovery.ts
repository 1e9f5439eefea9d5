/** Asks an extension server what it has: in the aggregated form, else in the plain one, which is brought into that form. */
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { askForObject } from './ask.ts';
import { pathOf, type Extension } from './extension.ts';

const aggregatedForms = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** The resources of the extension's group and version; undefined when the server does not say. */
export async function fetchDiscovery(api: Api, extension: Extension): Promise<readonly JsonObject[] | undefined> {
  const { group, version } = extension;
  const all = await askForObject(api, extension, '/apis', `${aggregatedForms},application/json`);
  if (all?.['kind'] === 'APIGroupDiscoveryList') {
    const found = objects(all['items']).find(
      ({ metadata }) => (metadata as JsonObject | undefined)?.['name'] === group,
    );
    const served = objects(found?.['versions']).find((each) => each['version'] === version);
    return served === undefined ? undefined : objects(served['resources']);
  }
  const list = await askForObject(api, extension, pathOf(extension));
  return list?.['kind'] === 'APIResourceList' ? aggregatedResources(objects(list['resources'])) : undefined;
}

/** The entries of an APIResourceList as aggregated discovery has them: subresources stand inside their resources. */
export function aggregatedResources(entries: readonly JsonObject[]): readonly JsonObject[] {
  const resources = new Map<string, JsonObject>();
  for (const entry of entries) {
    const [name = '', subresource] = String(entry['name']).split('/', 2);
    const responseKind = {
      group: entry['group'] ?? '',
      version: entry['version'] ?? '',
      kind: entry['kind'] ?? '',
    };
    const verbs = entry['verbs'] ?? [];
    if (subresource === undefined) {
      const optional = ['shortNames', 'categories'].flatMap((field) =>
        entry[field] == null ? [] : [[field, entry[field]] as const],
      );
      resources.set(name, {
        resource: name,
        responseKind,
        scope: entry['namespaced'] === true ? 'Namespaced' : 'Cluster',
        singularResource: entry['singularName'] ?? '',
        verbs,
        ...(Object.fromEntries(optional) as JsonObject),
      });
      continue;
    }
    const parent = resources.get(name) ?? { resource: name, scope: scopeOf(entry), singularResource: '', verbs: [] };
    const subresources = [...objects(parent['subresources']), { subresource, responseKind, verbs }];
    resources.set(name, { ...parent, subresources });
  }
  return [...resources.values()];
}

const scopeOf = (entry: JsonObject): string => (entry['namespaced'] === true ? 'Namespaced' : 'Cluster');

function objects(value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is JsonObject => typeof each === 'object' && each !== null && !Array.isArray(each));
}
