/** The scale of what an autoscaler names, of whatever kind: all that has the subresource looks the same through it. */
import { ApiError } from '../../api/api-error.ts';
import type { Scale } from '../../api/groups/autoscaling.v1.ts';
import { resourcePath, type AnyResource } from '../../api/resource.ts';
import { splitApiVersion } from '../../api/message.ts';
import type { Json } from '../../api/schema.ts';
import type { Client } from '../../client/client.ts';
import { statusError } from '../../client/status-error.ts';
import { discoverResources } from '../discovery.ts';

export interface ScaleRef {
  readonly resource: AnyResource;
  readonly namespace: string;
  readonly name: string;
}

/** @throws ApiError */
export async function fetchScale(client: Client, ref: ScaleRef): Promise<Scale> {
  return ask(client, { method: 'GET', path: scalePath(ref), accept: 'application/json' });
}

/** Only while the scale is the one that was read. @throws ApiError */
export async function writeScale(client: Client, ref: ScaleRef, scale: Scale): Promise<Scale> {
  return ask(client, {
    method: 'PUT',
    path: scalePath(ref),
    body: scale as unknown as Json,
    accept: 'application/json',
  });
}

async function ask(client: Client, request: Parameters<Client['request']>[0]): Promise<Scale> {
  const { status, body } = await client.request(request);
  const text = new TextDecoder().decode(body);
  if (status === 200) return JSON.parse(text) as Scale;
  throw statusError(text.startsWith('{') ? (JSON.parse(text) as Json) : text, status);
}

const scalePath = ({ resource, namespace, name }: ScaleRef): string =>
  `${resourcePath(resource, namespace)}/${encodeURIComponent(name)}/scale`;

/** Resources by kind. What is asked for again and again is discovered once, and again when it was not there. */
export class ResourcesByKind {
  #known: readonly AnyResource[] = [];

  /** In the version that the server prefers. @throws ApiError when nothing of that kind is served. */
  async find(client: Client, apiVersion: string, kind: string): Promise<AnyResource> {
    const { group } = splitApiVersion(apiVersion);
    const matches = (one: AnyResource) => one.group === group && one.kind.kind === kind;
    const known = this.#known.find(matches);
    if (known !== undefined) return known;
    const { resources } = await discoverResources(client);
    this.#known = resources;
    const found = resources.find(matches);
    if (found !== undefined) return found;
    throw new ApiError('NotFound', `no matches for kind ${JSON.stringify(kind)} in group ${JSON.stringify(group)}`);
  }

  /** After something turned out not to be there. */
  forget(): void {
    this.#known = [];
  }
}
