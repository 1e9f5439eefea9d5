/**
 * Keeps the flow schemas and priority levels that every cluster begins with: the mandatory ones always as they should be,
 * the suggested ones as long as their annotation says so. A person who wants another suggested one sets it to "false".
 * What earlier versions suggested and this one does not is deleted on the same condition.
 */
import { isDeepStrictEqual } from 'node:util';
import { isApiError } from '../../api/api-error.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/groups/flowcontrol.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { FlowSchemas, PriorityLevelConfigurations } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { flowControlManager, flowSchemas, priorityLevels } from '../bootstrap/flow-control.ts';
import { completeSeed, seedMissing, type Seed } from '../bootstrap/seed.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { deleteOne } from '../verbs/delete.ts';
import { update } from '../verbs/update.ts';
import { mandatoryNames } from './follow-configuration.ts';

const everyMs = 60_000;
const annotation = 'apf.kubernetes.io/autoupdate-spec';

type Configured = FlowSchema | PriorityLevelConfiguration;
type ConfiguredSeed = Seed<KubeObject>;

/** Looks at once and every minute; returns what stops it and waits for what is under way. */
export function keepDefaults(api: Api): () => Promise<void> {
  let stopped = false;
  let under = Promise.resolve();
  let cancel: () => void = () => undefined;
  const look = (): void => {
    under = mend(api).finally(() => {
      if (!stopped) cancel = api.clock.after(everyMs, look);
    });
  };
  look();
  return async () => {
    stopped = true;
    cancel();
    await under;
  };
}

async function mend(api: Api): Promise<void> {
  const all: readonly (readonly [AnyResource, readonly unknown[]])[] = [
    [FlowSchemas, flowSchemas],
    [PriorityLevelConfigurations, priorityLevels],
  ];
  for (const [resource, seeds] of all) {
    try {
      await mendKind(api, resource, seeds as readonly ConfiguredSeed[]);
    } catch (error) {
      // The next minute tries again.
      api.log.warn('Could not bring the defaults of priority and fairness up to date', { why: String(error) });
    }
  }
}

async function mendKind(api: Api, resource: AnyResource, seeds: readonly ConfiguredSeed[]): Promise<void> {
  await seedMissing(api, resource, seeds, flowControlManager);
  const { cache } = api.resources.of(resource);
  const wanted = new Map(seeds.map((seed) => [seed.metadata.name, seed]));
  for (const entry of cache.list(cache.prefix)) {
    const object = entry.object as unknown as Configured;
    const name = object.metadata.name ?? '';
    const seed = wanted.get(name);
    if (seed === undefined) await removeOutdated(api, resource, object);
    else await mendOne(api, resource, object, completeSeed(api, api.resources.of(resource), seed) as Configured);
  }
}

/** Whether this object is ours to change: when nobody said so, as long as nobody changed it. */
function followsDefaults({ metadata }: Configured): boolean {
  if (mandatoryNames.has(metadata.name ?? '')) return true;
  const said = metadata.annotations?.[annotation];
  return said === 'true' || (said !== 'false' && metadata.generation === 1);
}

async function mendOne(api: Api, resource: AnyResource, object: Configured, wanted: Configured): Promise<void> {
  const ours = followsDefaults(object);
  const said = String(ours);
  const spec = ours ? wanted.spec : object.spec;
  if (object.metadata.annotations?.[annotation] === said && isDeepStrictEqual(object.spec, spec)) return;
  const annotations = { ...object.metadata.annotations, [annotation]: said };
  const body = { ...object, metadata: { ...object.metadata, annotations }, spec } as unknown as Json;
  const served = api.resources.of(resource);
  const name = object.metadata.name ?? '';
  await unlessChanged(
    update(api, served, ownRequest(served, { verb: 'update', name, body, fieldManager: flowControlManager })),
  );
}

async function removeOutdated(api: Api, resource: AnyResource, object: Configured): Promise<void> {
  if (object.metadata.annotations?.[annotation] !== 'true') return;
  const served = api.resources.of(resource);
  const name = object.metadata.name ?? '';
  await unlessChanged(deleteOne(api, served, ownRequest(served, { verb: 'delete', name })));
}

/** Somebody else was quicker: the next look sees what they did. */
async function unlessChanged(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isApiError(error, 'Conflict') && !isApiError(error, 'NotFound')) throw error;
  }
}
