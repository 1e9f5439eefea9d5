/**
 * Has every object of a resource written anew, in the form in which it would be stored today: after another version became
 * the stored one, or another key encrypts. An object is written back by applying its uid and version and nothing else:
 * whoever wrote or replaced it since then did the work already, and the conflict says so.
 */
import { ApiError, isApiError } from '../../api/api-error.ts';
import type { StorageVersionMigration } from '../../api/groups/storagemigration.v1beta1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Resource } from '../../api/resource.ts';
import { StorageVersionMigrations } from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import type { Controller, Run } from '../controller.ts';
import { discoverResources } from '../discovery.ts';
import { same } from '../same.ts';
import { failed, isOld, planMigration, running, succeeded } from './plan.ts';

const name = 'storage-version-migrator-controller';
const pageSize = 500;
const waitMs = 5_000;
/** A namespace that cannot exist: its list is empty and tells the version of the whole resource. */
const nowhere = '@nowhere!';

export const storageVersionMigrator: Controller = {
  name,
  alias: 'storage-version-migrator',
  start({ informer, enqueue }) {
    const migrations = informer(StorageVersionMigrations);
    migrations.onChange(({ object }) => enqueue(object.metadata.name));
    return async (key, run) => {
      const migration = migrations.get(undefined, key);
      if (migration !== undefined) return await advance(migration, run);
    };
  },
};

async function advance(migration: StorageVersionMigration, run: Run): Promise<{ afterMs: number } | undefined> {
  const { nowMs } = run;
  const now = formatTime(nowMs);
  const open = planMigration(migration, true, nowMs).type !== 'none';
  const resource = open ? await resourceOf(migration, run) : undefined;
  const step = planMigration(migration, resource !== undefined, nowMs);
  if (step.type === 'none') return undefined;
  if (step.type === 'wait') return { afterMs: waitMs };
  if (step.type === 'fail' || resource === undefined) {
    const why = step.type === 'fail' ? step.why : '';
    await tell(migration, failed(migration.status, why, now), run);
    return undefined;
  }
  if (step.type === 'remember') {
    const resourceVersion = await latestVersion(resource, run);
    await tell(migration, { ...migration.status, resourceVersion }, run);
    return undefined;
  }
  const started = await tell(migration, running(migration.status, now), run);
  const refusal = await writeBack(resource, step.before, run);
  const { status } = started;
  await tell(started, refusal === undefined ? succeeded(status, now) : failed(status, refusal, now), run);
  return undefined;
}

async function resourceOf(
  migration: StorageVersionMigration,
  { client }: Run,
): Promise<Resource<KubeObject> | undefined> {
  const { group, resource } = migration.spec.resource;
  const { resources } = await discoverResources(client);
  return resources.find((one) => one.group === group && one.plural === resource) as Resource<KubeObject> | undefined;
}

async function latestVersion(resource: Resource<KubeObject>, { client }: Run): Promise<string> {
  const list = await client.list(resource, { limit: 1, ...(resource.namespaced ? { namespace: nowhere } : {}) });
  return list.metadata.resourceVersion ?? '';
}

async function tell(migration: StorageVersionMigration, status: StorageVersionMigration['status'], { client }: Run) {
  if (same(status, migration.status)) return migration;
  return await client.updateStatus(StorageVersionMigrations, { ...migration, status });
}

/** Why the migration cannot go on, if it cannot. @throws ApiError for what may go better the next time. */
async function writeBack(resource: Resource<KubeObject>, before: bigint, run: Run): Promise<string | undefined> {
  let next: string | undefined = '';
  while (next !== undefined) {
    const page = await listPage(resource, next, run);
    for (const { metadata } of page.items) {
      if (run.signal.aborted) throw new ApiError('ServiceUnavailable', 'The controller is ending');
      const refusal = isOld(metadata.resourceVersion, before) ? await writeOne(resource, metadata, run) : undefined;
      if (refusal !== undefined) return refusal;
    }
    next = page.metadata.continue || undefined;
  }
  return undefined;
}

const listPage = (resource: Resource<KubeObject>, next: string, { client }: Run) =>
  client.list(resource, { limit: pageSize, ...(next === '' ? {} : { continue: next }) });

async function writeOne(
  resource: Resource<KubeObject>,
  { name: object, namespace, uid, resourceVersion }: KubeObject['metadata'],
  { client }: Run,
): Promise<string | undefined> {
  const type = { apiVersion: resource.apiVersion, kind: resource.kind.kind };
  const value = { ...type, metadata: { uid, resourceVersion } };
  try {
    await client.patch(resource, { namespace, name: object }, { type: 'apply', value }, { fieldManager: name });
  } catch (error) {
    if (isApiError(error, 'Conflict', 'NotFound')) return undefined;
    if (!(error instanceof ApiError) || isPassing(error)) throw error;
    return error.message;
  }
  return undefined;
}

const isPassing = (error: ApiError): boolean =>
  isApiError(error, 'ServerTimeout', 'TooManyRequests', 'ServiceUnavailable', 'InternalError', 'Timeout');
