/**
 * A cluster for what the conformance suite asks of controllers: the real API server and all controllers, each as its own service
 * account; pods are simulated. The controllers' clock runs sixty times as fast as the machine's, so that what takes them minutes
 * takes a test seconds.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Namespace } from '../../src/api/groups/core.v1.ts';
import { Namespaces, Nodes, ServiceAccounts } from '../../src/api/resources.ts';
import type { Clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { startTestServer, type TestServer } from '../../src/apiserver/testing/test-server.ts';
import type { Client } from '../../src/client/client.ts';
import { createInformers } from '../../src/client/shared-informers.ts';
import { admin, controllerManager, scheduler, systemAccount } from '../../src/cluster/identities.ts';
import { createInProcessClient } from '../../src/cluster/in-process-client.ts';
import { runController } from '../../src/controllers/controller.ts';
import { runControllers } from '../../src/controllers/run-controllers.ts';
import { runScheduler } from '../../src/scheduler/scheduler.ts';
import { eventually } from '../eventually.ts';
import { simulatePods, type SimulatedPods } from './simulated-pods.ts';

export interface ControlledCluster {
  readonly server: TestServer;
  /** May do everything. */
  readonly client: Client;
  readonly pods: SimulatedPods;
  /** The controllers' time. */
  readonly clock: Clock;
  /** A new namespace with its service account, ready for pods. */
  namespace(): Promise<string>;
  close(): Promise<void>;
}

const pace = 60;

export interface ClusterChoice {
  /** What each node has; the real scheduler then gives pods their nodes. Default: it does not run. */
  readonly allocatable?: Readonly<Record<string, string>>;
}

/** `nodes`: their names. */
export async function startControlledCluster(
  nodes: readonly string[] = ['node-a'],
  { allocatable }: ClusterChoice = {},
): Promise<ControlledCluster> {
  const server = await startTestServer();
  const clock = fastClock();
  const abort = new AbortController();
  const clientOf = (user: typeof admin): Client =>
    createInProcessClient({ apiServer: server, user, userAgent: 'conformance/1' });
  const client = clientOf(admin);
  const context = { clock, random: seededRandom(1), log: silentLog };
  const pods = simulatePods(allocatable === undefined);
  const informers = createInformers({ ...context, client, signal: abort.signal });
  const recordEvent = (): void => undefined;
  const running = [
    runControllers(
      abort.signal,
      { ...context, client: clientOf(controllerManager) },
      {
        // There are no kubelets that report.
        names: ['*', '-nodelifecycle'],
        rootCertificate: 'PEM',
        clientOf: (account) => clientOf(systemAccount(account)),
      },
    ),
    runController(abort.signal, { ...context, client, informers, recordEvent }, pods.controller),
    ...(allocatable === undefined ? [] : [runScheduler(abort.signal, { ...context, client: clientOf(scheduler) })]),
  ];
  for (const name of nodes) {
    await client.create(Nodes, { metadata: { name } });
    // As a node that has reported: new ones are tainted.
    await client.patch(Nodes, { name }, { type: 'merge', value: { spec: { taints: null } } });
    if (allocatable !== undefined) {
      const value = { status: { allocatable, capacity: allocatable } };
      await client.patch(Nodes, { name }, { type: 'merge', value }, { subresource: 'status' });
    }
  }
  return {
    server,
    client,
    pods,
    clock,
    namespace: () => newNamespace(client),
    async close() {
      abort.abort();
      await Promise.all(running);
      await informers.whenEnded();
      await server.close();
    },
  };
}

async function newNamespace(client: Client): Promise<string> {
  const { metadata }: Namespace = await client.create(Namespaces, {
    metadata: { name: `ns-${randomUUID().slice(0, 8)}` },
  });
  const namespace = metadata.name;
  await soon(async () => assert.ok(await client.find(ServiceAccounts, { namespace, name: 'default' })));
  return namespace;
}

/** Asks again until the assertions hold. @throws when they do not in time. */
export const soon = <T>(ask: () => Promise<T>): Promise<T> => eventually(ask, { withinMs: 20_000, everyMs: 10 });

function fastClock(): Clock {
  const startMs = Date.now();
  return {
    now: () => Math.floor(startMs + (Date.now() - startMs) * pace),
    after(delayMs, callback) {
      const timer = setTimeout(callback, Math.min(delayMs / pace, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
  };
}
