/** The objects of examples/hello: applied, followed until they work, and removed again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pod } from '../api/groups/core.v1.ts';
import type { AnyResource } from '../api/resource.ts';
import { ConfigMaps, Deployments, Pods, Services } from '../api/resources.ts';
import type { JsonObject } from '../api/schema.ts';
import { isApiError } from '../api/api-error.ts';
import { sleep, systemClock } from '../base/clock.ts';
import type { Client } from '../client/client.ts';
import { SetupError } from '../cluster/setup-error.ts';

const file = join(import.meta.dirname, '..', '..', 'examples', 'hello', 'hello.yaml');
const resources: readonly AnyResource[] = [ConfigMaps, Deployments, Services];

export const demo = { namespace: 'default', name: 'hello', selector: 'app=hello', replicas: 3 } as const;

const readyWithinMs = 60_000;
const goneWithinMs = 60_000;
const pollMs = 100;

export async function applyDemo(client: Client): Promise<void> {
  const { loadAll } = await import('js-yaml');
  for (const value of loadAll(await readFile(file, 'utf8')) as readonly JsonObject[]) {
    const resource = resources.find(({ kind }) => kind.kind === value['kind']);
    if (resource === undefined) throw new Error(`Cannot apply a "${String(value['kind'])}" of "${file}"`);
    await client.patch(resource, demo, { type: 'apply', value, force: true }, { fieldManager: 'slipway-demo' });
  }
}

/** Answers the pods once all replicas are ready. @throws SetupError with what the pods say when they are not in time. */
export async function untilDemoIsReady(client: Client, signal: AbortSignal): Promise<readonly Pod[]> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(readyWithinMs)]);
  for (;;) {
    const { items } = await client.list(Pods, { namespace: demo.namespace, labelSelector: demo.selector });
    const ready = items.filter(isReady);
    if (ready.length === demo.replicas && items.length === demo.replicas) return ready;
    if (until.aborted) {
      throw new SetupError(`The pods are not ready after ${readyWithinMs / 1000} s: ${items.map(describe).join('; ')}`);
    }
    await sleep(systemClock, pollMs, until);
  }
}

/** Answers whether there was anything to remove; resolves when the pods are gone. */
export async function removeDemo(client: Client, signal: AbortSignal): Promise<boolean> {
  let found = false;
  for (const resource of resources) {
    try {
      await client.delete(resource, demo, { propagationPolicy: 'Background' });
      found = true;
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
  const until = AbortSignal.any([signal, AbortSignal.timeout(goneWithinMs)]);
  while (!until.aborted) {
    const { items } = await client.list(Pods, { namespace: demo.namespace, labelSelector: demo.selector });
    if (items.length === 0) break;
    await sleep(systemClock, pollMs, until);
  }
  return found;
}

function isReady(pod: Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  return ready && pod.metadata.deletionTimestamp === undefined;
}

function describe({ metadata, status }: Pod): string {
  const waiting = status?.containerStatuses?.map(({ state }) => state?.waiting).find((state) => state !== undefined);
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const why = waiting?.message ?? waiting?.reason ?? (scheduled?.status === 'False' ? scheduled.message : undefined);
  return `${metadata.name} is ${status?.phase ?? 'new'}${why === undefined ? '' : ` (${why})`}`;
}
