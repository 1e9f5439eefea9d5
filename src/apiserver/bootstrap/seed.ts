/** Objects that the server makes for itself: decoded, defaulted and completed as any other, but asked of nobody. */
import { randomUUID } from 'node:crypto';
import { trackUpdate } from '../../api/apply/track-update.ts';
import { decode } from '../../api/codec/decode.ts';
import { applyDefaults } from '../../api/defaults.ts';
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { formatTime } from '../../api/time.ts';
import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/store.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { storedBytes } from '../registry/entry.ts';
import { storageKey, type Served } from '../registry/served.ts';

/** What of the server is needed. */
interface SeedNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly resources: ServedResources;
}

/** An object without what the server adds. */
export type Seed<T extends { readonly metadata: object }> = Omit<Partial<T>, 'metadata' | 'spec' | 'status'> & {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
  /** Where the server itself knows the state of what it makes. */
  readonly status?: object;
};

/** Creates what does not exist. All writes of one turn share a commit. `manager`: whose fields they are, if that is kept. */
export async function seedMissing(
  api: SeedNeeds,
  resource: AnyResource,
  seeds: readonly Seed<KubeObject>[],
  manager?: string,
): Promise<void> {
  const served = api.resources.of(resource);
  await served.cache.ready();
  const writes = seeds.map((seed) => {
    const key = storageKey(served, seed.metadata.namespace, seed.metadata.name);
    if (served.cache.get(key) !== undefined) return undefined;
    const value = storedBytes(completeSeed(api, served, seed, manager));
    return api.store.transact([{ key, modRevision: 0 }], [{ type: 'put', key, value }]);
  });
  await Promise.all(writes);
}

/** The object that a seed becomes. */
export function completeSeed(
  api: Pick<SeedNeeds, 'clock'>,
  served: Served,
  seed: Seed<KubeObject>,
  manager?: string,
): KubeObject {
  const { kind, apiVersion } = served.type;
  const draft = decode(served.type, { ...seed, kind, apiVersion }).value as Draft<KubeObject>;
  applyDefaults(served.type, draft);
  served.descriptor.defaults?.(draft);
  const context = { nowMs: api.clock.now(), user: 'system:apiserver', groups: ['system:masters'], subresource: '' };
  served.descriptor.prepareForCreate?.(draft, context);
  if (manager !== undefined) Object.assign(draft.metadata, { managedFields: managedBy(api, served, draft, manager) });
  if (seed.status !== undefined) Object.assign(draft, { status: seed.status });
  draft.metadata.uid = randomUUID();
  draft.metadata.creationTimestamp = formatTime(api.clock.now());
  if (served.descriptor.hasGeneration === true) draft.metadata.generation = 1;
  return decode(served.type, draft).value as KubeObject;
}

function managedBy(api: Pick<SeedNeeds, 'clock'>, { type }: Served, after: Draft<KubeObject>, manager: string) {
  const nowMs = api.clock.now();
  return trackUpdate({ type, before: undefined, after, manager, subresource: '', nowMs, resetFields: [['status']] });
}
