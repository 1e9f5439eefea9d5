import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadBalancerStatus, Node, Service } from '../../api/groups/core.v1.ts';
import { Nodes, Services } from '../../api/resources.ts';
import { virtualClock } from '../../base/clock.ts';
import { MemoryServer } from '../../client/memory-server.ts';
import type { LoadBalancers } from '../provider.ts';
import { cloudNode, cloudService } from '../testing/objects.ts';
import { runCloud, type CloudWorld } from '../testing/run-cloud.ts';
import { cleanupFinalizer } from './plan.ts';
import { serviceController } from './reconcile.ts';

/** A cloud in memory, which can be told to fail. */
class Cloud implements LoadBalancers {
  readonly balancers = new Map<string, { status: LoadBalancerStatus; nodes: readonly string[] }>();
  readonly calls: string[] = [];
  failure: string | undefined;
  beforeCall: () => void = () => undefined;

  async find({ metadata }: Service): Promise<LoadBalancerStatus | undefined> {
    return this.balancers.get(metadata.uid)?.status;
  }

  async ensure({ metadata }: Service, nodes: readonly Node[]): Promise<LoadBalancerStatus> {
    this.#call('ensure', nodes);
    const status = { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] };
    this.balancers.set(metadata.uid, { status, nodes: names(nodes) });
    return status;
  }

  async updateNodes({ metadata }: Service, nodes: readonly Node[]): Promise<void> {
    this.#call('updateNodes', nodes);
    const known = this.balancers.get(metadata.uid);
    if (known !== undefined) known.nodes = names(nodes);
  }

  async remove({ metadata }: Service): Promise<void> {
    this.#call('remove', []);
    this.balancers.delete(metadata.uid);
  }

  #call(what: string, nodes: readonly Node[]): void {
    this.beforeCall();
    this.calls.push([what, ...names(nodes)].join(' '));
    if (this.failure !== undefined) throw new Error(this.failure);
  }
}

const names = (nodes: readonly Node[]): readonly string[] => nodes.map(({ metadata }) => metadata.name);
const service = ({ get }: CloudWorld): Service => get(Services, 'web', 'default');
const ref = { namespace: 'default', name: 'web' };

async function withCloud(run: (world: CloudWorld, cloud: Cloud) => Promise<void>): Promise<void> {
  const cloud = new Cloud();
  await runCloud(
    () => serviceController(cloud),
    async (world) => {
      world.server.create(Nodes, { ...cloudNode('a') });
      await run(world, cloud);
    },
  );
}

test('serviceController() makes a load balancer behind a finalizer, writes where it is, and then rests', async () => {
  await withCloud(async (world, cloud) => {
    world.server.create(Services, { ...cloudService('web') });
    await world.until(() => service(world).status.loadBalancer.ingress !== undefined);
    assert.deepEqual(service(world).metadata.finalizers, [cleanupFinalizer]);
    assert.deepEqual(service(world).status.loadBalancer, { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] });
    await world.quiet();
    assert.deepEqual(cloud.calls, ['ensure a']);
    assert.deepEqual(world.events, [
      'Normal EnsuringLoadBalancer Ensuring load balancer',
      'Normal EnsuredLoadBalancer Ensured load balancer',
    ]);
  });
});

test('serviceController() removes the load balancer before it lets the Service go', async () => {
  await withCloud(async (world, cloud) => {
    world.server.create(Services, { ...cloudService('web') });
    await world.until(() => service(world).status.loadBalancer.ingress !== undefined);
    world.events.length = 0;
    cloud.failure = 'the cloud is closed';
    world.server.delete(Services, ref);
    await world.until(() => world.events.length > 1);
    assert.notEqual(world.server.find(Services, ref), undefined);
    cloud.failure = undefined;
    world.clock.advance(5000);
    await world.until(() => world.server.find(Services, ref) === undefined);
    await world.quiet();
    assert.equal(cloud.balancers.size, 0);
    assert.deepEqual(world.events, [
      'Normal DeletingLoadBalancer Deleting load balancer',
      'Warning SyncLoadBalancerFailed Error syncing load balancer: failed to delete load balancer: the cloud is closed',
      'Normal DeletingLoadBalancer Deleting load balancer',
      'Normal DeletedLoadBalancer Deleted load balancer',
    ]);
  });
});

test('serviceController() removes the load balancer and the status of a Service that becomes another type', async () => {
  await withCloud(async (world, cloud) => {
    world.server.create(Services, { ...cloudService('web') });
    await world.until(() => service(world).status.loadBalancer.ingress !== undefined);
    const current = service(world);
    world.server.update(Services, { ...current, spec: { ...current.spec, type: 'ClusterIP' } });
    await world.until(() => service(world).metadata.finalizers?.length === 0);
    await world.quiet();
    assert.deepEqual(service(world).status.loadBalancer, {});
    assert.deepEqual(cloud.calls, ['ensure a', 'remove']);
    assert.ok(world.events.includes('Normal Type LoadBalancer -> ClusterIP'));
  });
});

test('serviceController() tries again after a failure, with a growing delay', async () => {
  await withCloud(async (world, cloud) => {
    cloud.failure = 'no more addresses';
    world.server.create(Services, { ...cloudService('web', {}, { finalizers: [cleanupFinalizer] }) });
    const failures = () => world.events.filter((event) => event.startsWith('Warning SyncLoadBalancerFailed')).length;
    await world.until(() => failures() === 1);
    assert.match(world.events.at(-1) ?? '', /failed to ensure load balancer: no more addresses$/);
    await world.quiet();
    world.clock.advance(5000);
    await world.until(() => failures() === 2);
    world.clock.advance(5000);
    await world.quiet();
    assert.equal(failures(), 2);
    cloud.failure = undefined;
    world.clock.advance(5000);
    await world.until(() => service(world).status.loadBalancer.ingress !== undefined);
  });
});

test('serviceController() follows nodes, and warns when there are none', async () => {
  await withCloud(async (world, cloud) => {
    world.server.create(Services, { ...cloudService('web') });
    await world.until(() => service(world).status.loadBalancer.ingress !== undefined);
    world.server.create(Nodes, { ...cloudNode('b') });
    await world.until(() => cloud.calls.length === 2);
    const labels = { 'node.kubernetes.io/exclude-from-external-load-balancers': '' };
    for (const name of ['a', 'b']) {
      const node = world.get<Node>(Nodes, name);
      world.server.update(Nodes, { ...node, metadata: { ...node.metadata, labels } });
    }
    await world.until(() => cloud.calls.at(-1) === 'updateNodes');
    await world.quiet();
    assert.equal(cloud.calls[1], 'updateNodes a b');
    assert.ok(world.events.includes('Normal UpdatedLoadBalancer Updated load balancer with new hosts'));
    assert.equal(world.events.at(-1), 'Warning UnAvailableLoadBalancer There are no available nodes for LoadBalancer');
    // What a kubelet writes all the time concerns no load balancer.
    world.clock.advance(1000);
    await world.quiet();
    const calls = cloud.calls.length;
    const node = world.get<Node>(Nodes, 'a');
    world.server.update(Nodes, { ...node, status: { ...node.status, phase: 'Running' } }, 'status');
    world.clock.advance(1000);
    await world.quiet();
    assert.equal(cloud.calls.length, calls);
  });
});

test('serviceController() leaves nothing behind, whichever request was the last before a restart', async () => {
  // The life of a Service: made, balanced, deleted. Each run ends with its n-th write or call to the cloud.
  for (let last = 1; ; last++) {
    const cloud = new Cloud();
    const server = await cutAfter(last, cloud);
    const wasCut = server.find(Services, ref) !== undefined;
    await runCloud(
      () => serviceController(cloud),
      async ({ until, quiet }) => {
        if (wasCut && server.get(Services, ref).metadata.deletionTimestamp === undefined) {
          await until(() => cloud.balancers.size === 1);
          await quiet();
          server.delete(Services, ref);
        }
        await until(() => server.find(Services, ref) === undefined);
        await quiet();
        assert.equal(cloud.balancers.size, 0, `cut after ${last}`);
      },
      server,
    );
    if (!wasCut) break;
    assert.ok(last < 50);
  }
});

/** Runs a controller until it has made that many requests, then lets nothing through any more. */
async function cutAfter(last: number, cloud: Cloud): Promise<MemoryServer> {
  const server = new MemoryServer(virtualClock());
  let count = 0;
  const cut = (): void => {
    if (++count > last) throw new Error('cut');
  };
  cloud.beforeCall = cut;
  await runCloud(
    () => serviceController(cloud),
    async ({ quiet }) => {
      server.create(Nodes, { ...cloudNode('a') });
      server.create(Services, { ...cloudService('web') });
      server.onRequest = (verb) => {
        if (verb === 'patch') cut();
      };
      await quiet();
      if (count <= last) server.delete(Services, ref);
      await quiet();
    },
    server,
  );
  cloud.beforeCall = () => undefined;
  server.onRequest = () => undefined;
  return server;
}
