/**
 * What the rest of the server knows of APIServices: which groups and versions other servers answer, in which order groups
 * are listed, and what the other servers said they have. It follows the watch cache, so that a change holds for the next
 * request; checking availability and asking for discovery is the work of upkeep.ts.
 *
 *   APIService objects ──watch──▶ extensions ──▶ dispatch (proxy.ts), discovery, OpenAPI
 *                                     ▲
 *   upkeep.ts ── status, discovery ───┘
 */
import type { APIService } from '../../api/groups/apiregistration.v1.ts';
import type { JsonObject } from '../../api/schema.ts';
import type { ResourceCache } from '../registry/cache.ts';
import type { RequestInfo } from '../request-info.ts';
import { extensionOf, type Extension } from './extension.ts';
import type { ExtensionConnection } from './connection.ts';

/** What a server said of one group and version, in the form of aggregated discovery. */
export interface ExtensionDiscovery {
  readonly resources: readonly JsonObject[] | undefined;
  /** The server did not answer when it was last asked. */
  readonly stale: boolean;
}

export interface Priority {
  readonly group: number;
  readonly version: number;
}

/** What custom resource definitions are registered with. */
export const customPriority: Priority = { group: 1000, version: 100 };

const unknownDiscovery: ExtensionDiscovery = { resources: undefined, stale: true };

export class Aggregation {
  readonly connection: ExtensionConnection;
  readonly #extensions = new Map<string, Extension>();
  readonly #discovery = new Map<string, ExtensionDiscovery>();
  readonly #priorities = new Map<string, Priority>();
  readonly #stop: () => void;

  /** `apiServices`: filled. */
  constructor(apiServices: ResourceCache, connection: ExtensionConnection) {
    this.connection = connection;
    this.#stop = apiServices.follow(apiServices.prefix, ({ type, entry }) => {
      if (type === 'DELETED') this.#forget(entry.object.metadata.name);
      else this.#learn(entry.object as unknown as APIService);
    });
  }

  /** In no order. */
  all(): readonly Extension[] {
    return [...this.#extensions.values()];
  }

  get(name: string): Extension | undefined {
    return this.#extensions.get(name);
  }

  /** The extension that answers the path of a request, if one does. */
  answering({ path, resource }: RequestInfo): Extension | undefined {
    if (this.#extensions.size === 0) return undefined;
    if (resource !== undefined) return this.#extensions.get(`${resource.version}.${resource.group}`);
    const [root, group = '', version = '', ...rest] = path.split('/').filter((part) => part !== '');
    if (root === 'api') return version === '' ? this.#extensions.get(`${group}.`) : undefined;
    return root === 'apis' && (rest.length === 0 || version !== '')
      ? this.#extensions.get(`${version}.${group}`)
      : undefined;
  }

  /** Undefined where no APIService says one. */
  priorityOf(group: string, version: string): Priority | undefined {
    return this.#priorities.get(`${version}.${group}`);
  }

  discoveryOf({ name }: Extension): ExtensionDiscovery {
    return this.#discovery.get(name) ?? unknownDiscovery;
  }

  /** What the server was found to have; undefined = it did not answer, and what it said before is stale. */
  discovered({ name }: Extension, resources: readonly JsonObject[] | undefined): void {
    if (!this.#extensions.has(name)) return;
    const known = this.#discovery.get(name);
    this.#discovery.set(name, { resources: resources ?? known?.resources, stale: resources === undefined });
  }

  close(): void {
    this.#stop();
    this.connection.close();
  }

  #learn(object: APIService): void {
    const { name } = object.metadata;
    const extension = extensionOf(object);
    this.#priorities.set(name, {
      group: object.spec.groupPriorityMinimum,
      version: object.spec.versionPriority,
    });
    if (extension === undefined) {
      this.#extensions.delete(name);
      this.#discovery.delete(name);
      return;
    }
    this.#extensions.set(name, extension);
  }

  #forget(name: string): void {
    this.#extensions.delete(name);
    this.#discovery.delete(name);
    this.#priorities.delete(name);
  }
}
