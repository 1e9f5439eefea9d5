/**
 * Keeps fairness as the stored FlowSchemas and PriorityLevelConfigurations have it, and tells each schema by its condition
 * Dangling whether its priority level exists.
 *
 * Changes that come together are taken over together. Whoever writes another condition meets the change that this makes
 * in turn, so that it says what is so.
 */
import { isApiError } from '../../api/api-error.ts';
import type { FlowSchema, FlowSchemaCondition, PriorityLevelConfiguration } from '../../api/groups/flowcontrol.v1.ts';
import { FlowSchemas, PriorityLevelConfigurations } from '../../api/resources.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { Json } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import { decode } from '../../api/codec/decode.ts';
import { errorText } from '../../base/log.ts';
import type { Api } from '../api.ts';
import { flowSchemas, priorityLevels } from '../bootstrap/flow-control.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { patch } from '../verbs/patch.ts';
import type { Fairness } from './fairness.ts';

const fieldManager = 'api-priority-and-fairness-config-consumer-v1';
/** There whatever is stored. */
export const mandatoryNames: ReadonlySet<string> = new Set(['exempt', 'catch-all']);

export interface FollowedConfiguration {
  close(): Promise<void>;
}

/** The caches of both kinds must be ready. */
export function followConfiguration(api: Api, fairness: Fairness): FollowedConfiguration {
  let closed = false;
  let telling: Promise<void> = Promise.resolve();
  let pending = false;
  let isConfigured = false;
  const takeOver = (): void => {
    pending = false;
    if (closed) return;
    const schemas = stored<FlowSchema>(api, FlowSchemas);
    const levels = stored<PriorityLevelConfiguration>(api, PriorityLevelConfigurations);
    try {
      fairness.configure(withMandatory(schemas, flowSchemas), withMandatory(levels, priorityLevels));
      isConfigured = true;
    } catch (error) {
      // Another program may have stored what no server would accept. Requests must be let in all the same.
      api.log.error('Priority and fairness stay as they were: what is stored cannot be used', {
        why: errorText(error),
      });
      if (!isConfigured) fairness.configure(withMandatory([], flowSchemas), withMandatory([], priorityLevels));
      return;
    }
    const names = new Set(levels.map(({ metadata }) => metadata.name ?? ''));
    telling = tellAll(telling, schemas, names);
  };
  const tellAll = async (after: Promise<void>, schemas: readonly FlowSchema[], levels: Set<string>): Promise<void> => {
    await after;
    for (const schema of schemas) {
      if (closed) return;
      await tellDangling(api, schema, levels).catch((error: unknown) => {
        api.log.error('Could not tell whether a priority level exists', {
          name: schema.metadata.name,
          why: errorText(error),
        });
      });
    }
  };
  const changed = (): void => {
    if (pending) return;
    pending = true;
    setImmediate(takeOver);
  };
  const stops = [FlowSchemas, PriorityLevelConfigurations].map((resource) => {
    const { cache } = api.resources.of(resource);
    return cache.follow(cache.prefix, changed);
  });
  takeOver();
  return {
    async close() {
      closed = true;
      for (const stop of stops) stop();
      await telling;
    },
  };
}

/** Those that have the shape of their kind: another program may have stored others. */
function stored<T extends { readonly spec?: unknown }>(api: Api, resource: AnyResource): readonly T[] {
  const { cache, type } = api.resources.of(resource);
  return cache.list(cache.prefix).flatMap((entry) => {
    try {
      const { value } = decode(type, entry.object);
      if ((value as T).spec === undefined) throw new Error('it has no spec');
      return [value as T];
    } catch (error) {
      api.log.error('What is stored cannot be used', { key: entry.key, why: errorText(error) });
      return [];
    }
  });
}

/** What was deleted or not stored yet is there all the same. */
function withMandatory<T extends FlowSchema | PriorityLevelConfiguration>(
  found: readonly T[],
  seeds: readonly { readonly metadata: { readonly name: string } }[],
): readonly T[] {
  const names = new Set(found.map(({ metadata }) => metadata.name));
  const missing = seeds.filter(({ metadata: { name } }) => mandatoryNames.has(name) && !names.has(name));
  return [...found, ...(missing as readonly unknown[] as readonly T[])];
}

async function tellDangling(api: Api, schema: FlowSchema, levels: ReadonlySet<string>): Promise<void> {
  const { name } = schema.spec.priorityLevelConfiguration;
  const told = schema.status?.conditions?.find(({ type }) => type === 'Dangling');
  const wanted = danglingCondition(name, levels.has(name) || mandatoryNames.has(name));
  const same = told !== undefined && told.status === wanted.status;
  if (same && told.reason === wanted.reason && told.message === wanted.message) return;
  const lastTransitionTime = (same ? told.lastTransitionTime : undefined) ?? formatTime(api.clock.now());
  const body = {
    kind: 'FlowSchema',
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    metadata: { name: schema.metadata.name, uid: schema.metadata.uid },
    status: { conditions: [{ ...wanted, lastTransitionTime }] },
  } as unknown as Json;
  const served = api.resources.of(FlowSchemas);
  const about = { verb: 'patch', name: schema.metadata.name ?? '', subresource: 'status', body, fieldManager } as const;
  try {
    await patch(api, served, ownRequest(served, about));
  } catch (error) {
    // It was changed or deleted meanwhile, which is told here too; when the store fails, all else fails with it.
    if (!isApiError(error))
      api.log.warn('Could not write the condition of a flow schema', { name, why: String(error) });
  }
}

function danglingCondition(level: string, exists: boolean): FlowSchemaCondition {
  const object = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${object} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${object} but there is no such object` };
}
