/** A whole scheduler against an API server in memory, on a virtual clock, for tests. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import type { Pod } from '../api/groups/core.v1.ts';
import { EventsV1, Nodes, Pods } from '../api/resources.ts';
import type { JsonObject } from '../api/schema.ts';
import { virtualClock, type VirtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Registry } from '../base/metrics.ts';
import { seededRandom } from '../base/random.ts';
import type { Client } from '../client/client.ts';
import { MemoryClient } from '../client/memory-client.ts';
import { MemoryServer } from '../client/memory-server.ts';
import type { SchedulerConfiguration } from './config/configuration.ts';
import { runScheduler } from './scheduler.ts';
import { testNode, testPod, type NodeSketch, type PodSketch } from './test-objects.ts';

export interface Bench {
  readonly server: MemoryServer;
  readonly clock: VirtualClock;
  /** Called before each binding; throws to refuse it. */
  onBind: (name: string) => void;
  addNode(name: string, sketch?: NodeSketch): void;
  addPod(name: string, sketch?: PodSketch): void;
  pod(name: string): Pod;
  messages(reason: string): readonly string[];
  until(holds: () => boolean): Promise<void>;
}

export async function newBench(
  t: TestContext,
  configuration?: SchedulerConfiguration,
  metrics?: Registry,
): Promise<Bench> {
  const clock = virtualClock();
  const server = new MemoryServer(clock);
  const stopping = new AbortController();
  const bench: Bench = {
    server,
    clock,
    onBind: () => undefined,
    addNode: (name, sketch) => void server.create(Nodes, { ...testNode(name, sketch) }),
    addPod: (name, sketch) => void server.create(Pods, { ...testPod(name, sketch) }),
    pod: (name) => server.get(Pods, { namespace: 'default', name }) as unknown as Pod,
    messages: (reason) =>
      server
        .all(EventsV1)
        .filter((event) => event['reason'] === reason)
        .map((event) => String(event['note'])),
    async until(holds) {
      const deadline = Date.now() + 5000;
      while (!holds()) {
        assert(Date.now() < deadline, 'Not in time');
        await setImmediate();
      }
    },
  };
  const client = bindingClient(server, (name) => bench.onBind(name));
  const context = { client, clock, random: seededRandom(1), log: silentLog };
  const running = runScheduler(stopping.signal, context, { configuration, metrics });
  t.after(async () => {
    stopping.abort();
    await running;
  });
  return bench;
}

/** The client of a memory server, and the pods/binding subresource. */
function bindingClient(server: MemoryServer, onBind: (name: string) => void): Client {
  const inner = new MemoryClient(server);
  return {
    get: (resource, ref) => inner.get(resource, ref),
    find: (resource, ref) => inner.find(resource, ref),
    list: (resource, options) => inner.list(resource, options),
    watch: (resource, options) => inner.watch(resource, options),
    create: (resource, object) => inner.create(resource, object),
    update: (resource, object) => inner.update(resource, object),
    updateStatus: (resource, object) => inner.updateStatus(resource, object),
    patch: (resource, ref, patch, options) => inner.patch(resource, ref, patch, options),
    delete: (resource, ref) => inner.delete(resource, ref),
    deleteCollection: (resource, list) => inner.deleteCollection(resource, list),
    request: () => inner.request(),
    async createSubresource(resource, ref, subresource, body) {
      assert.equal(subresource, 'binding');
      onBind(ref.name);
      const pod = server.get(resource, ref) as unknown as Pod;
      const nodeName = (body['target'] as JsonObject)['name'];
      server.update(resource, { ...pod, spec: { ...pod.spec, nodeName } });
      return { kind: 'Status', status: 'Success' };
    },
  };
}

export const placedOn = (bench: Bench, name: string) => bench.pod(name).spec.nodeName;
export const condition = (bench: Bench, name: string) =>
  bench.pod(name).status.conditions?.find(({ type }) => type === 'PodScheduled');
