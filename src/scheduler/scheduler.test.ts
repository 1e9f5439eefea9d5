/** The whole scheduler against an API server in memory, on a virtual clock. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ApiError } from '../api/api-error.ts';
import type { ResourceClaim } from '../api/groups/resource.v1.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../api/groups/core.v1.ts';
import {
  DeviceClasses,
  EventsV1,
  Nodes,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  ResourceClaims,
  ResourceSlices,
  StorageClasses,
} from '../api/resources.ts';
import { Registry } from '../base/metrics.ts';
import { readConfiguration } from './config/configuration.ts';
import { Rejection } from './rejection.ts';
import { condition, newBench, placedOn, type Bench } from './test-bench.ts';
import { testPod } from './test-objects.ts';
import {
  testDeviceClass,
  testRequest,
  testResourceClaim,
  testResourceSlice,
  usingResourceClaims,
} from './test-devices.ts';
import { testClaim, testClass, testVolume, usingClaims } from './test-volumes.ts';

test('runScheduler() binds a pod and says so', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a');
  bench.addPod('web');
  await bench.until(() => placedOn(bench, 'web') === 'a' && bench.messages('Scheduled').length > 0);
  const { metadata: _, eventTime: __, regarding: ___, ...told } = bench.server.all(EventsV1)[0] ?? assert.fail();
  assert.deepEqual(told, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    reportingController: 'default-scheduler',
    reportingInstance: 'default-scheduler-localhost',
    action: 'Binding',
    reason: 'Scheduled',
    note: 'Successfully assigned default/web to a',
    type: 'Normal',
    deprecatedSource: {},
  });
});

test('runScheduler() never gives out more than there is, while bindings are under way', async (t) => {
  const bench = await newBench(t);
  for (const name of ['a', 'b', 'c']) bench.addNode(name, { allocatable: { cpu: '2' } });
  for (let i = 0; i < 10; i++) bench.addPod(`p${i}`, { requests: { cpu: '1' } });
  const placed = () =>
    Array.from({ length: 10 }, (_, i) => placedOn(bench, `p${i}`)).filter((name) => name !== undefined);
  await bench.until(() => placed().length === 6 && bench.messages('FailedScheduling').length === 4);
  assert.deepEqual(placed().toSorted(), ['a', 'a', 'b', 'b', 'c', 'c']);
});

test('runScheduler() says why a pod fits nowhere, and binds it when a node comes', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a', { allocatable: { cpu: '1' } });
  bench.addPod('web', { requests: { cpu: '2' } });
  await bench.until(() => condition(bench, 'web') !== undefined);
  const { status, reason, message = '' } = condition(bench, 'web') ?? assert.fail();
  assert.deepEqual([status, reason], ['False', 'Unschedulable']);
  assert.match(message, /^0\/1 nodes are available: 1 Insufficient cpu\. /);
  await bench.until(() => bench.messages('FailedScheduling').length === 1);
  assert.deepEqual(bench.messages('FailedScheduling'), [message]);
  bench.addNode('b');
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'web') === 'b'));
});

test('runScheduler() leaves pods alone that name another scheduler', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a');
  bench.addPod('foreign', { schedulerName: 'other' });
  bench.addPod('own');
  await bench.until(() => placedOn(bench, 'own') === 'a');
  assert.equal(placedOn(bench, 'foreign'), undefined);
});

test('runScheduler() waits for the last scheduling gate', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a');
  bench.addPod('gated', { schedulingGates: [{ name: 'example.com/x' }] });
  bench.addPod('own');
  await bench.until(() => placedOn(bench, 'own') === 'a');
  assert.equal(placedOn(bench, 'gated'), undefined);
  const { schedulingGates: _, ...spec } = bench.pod('gated').spec;
  bench.server.update(Pods, { ...bench.pod('gated'), spec });
  await bench.until(() => placedOn(bench, 'gated') === 'a');
});

test('runScheduler() gives back what a refused binding had taken, and tries again', async (t) => {
  const bench = await newBench(t);
  let refusals = 0;
  bench.onBind = (name) => {
    if (name === 'unlucky' && refusals++ === 0) throw new ApiError('InternalError', 'no luck');
  };
  bench.addNode('a', { allocatable: { cpu: '1' } });
  bench.addPod('unlucky', { requests: { cpu: '1' } });
  await bench.until(() => condition(bench, 'unlucky')?.reason === 'SchedulerError');
  assert.equal(condition(bench, 'unlucky')?.message, 'running Bind plugin "DefaultBinder": no luck');
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'unlucky') === 'a'));
});

test('runScheduler() sends lower pods away for an important one, which then gets their room', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a', { allocatable: { cpu: '1' } });
  bench.addPod('low', { requests: { cpu: '1' }, priority: 0 });
  await bench.until(() => placedOn(bench, 'low') === 'a');
  bench.addPod('high', { requests: { cpu: '1' }, priority: 10 });
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'high') === 'a'));
  assert.equal(bench.server.find(Pods, { namespace: 'default', name: 'low' }), undefined);
  await bench.until(() => bench.messages('Preempted').length === 1);
  assert.deepEqual(bench.messages('Preempted'), [`Preempted by pod ${bench.pod('high').metadata.uid} on node a`]);
});

test('runScheduler() lets a pod try again when a victim cannot be sent away', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a', { allocatable: { cpu: '1' } });
  bench.addPod('low', { requests: { cpu: '1' }, priority: 0 });
  await bench.until(() => placedOn(bench, 'low') === 'a');
  let refusals = 0;
  bench.server.onRequest = (verb, plural) => {
    if (verb === 'delete' && plural === 'pods' && refusals++ < 2) throw new ApiError('InternalError', 'no luck');
  };
  bench.addPod('high', { requests: { cpu: '1' }, priority: 10 });
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'high') === 'a'));
  assert.equal(refusals, 3);
});

test('runScheduler() counts the room of pods that ended or went as free', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a', { allocatable: { cpu: '1' } });
  bench.addPod('first', { requests: { cpu: '1' } });
  await bench.until(() => placedOn(bench, 'first') === 'a');
  bench.addPod('second', { requests: { cpu: '1' } });
  await bench.until(() => condition(bench, 'second') !== undefined);
  bench.server.update(Pods, { ...bench.pod('first'), status: { phase: 'Succeeded' } }, 'status');
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'second') === 'a'));
});

test('runScheduler() follows nodes that change', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a', { unschedulable: true });
  bench.addPod('web');
  await bench.until(() => condition(bench, 'web') !== undefined);
  const node = bench.server.get(Nodes, { name: 'a' }) as unknown as Node;
  bench.server.update(Nodes, { ...node, spec: {} });
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'web') === 'a'));
});

const claimRef = (name: string) => ({ namespace: 'default', name });

/** What the volume controllers and a provisioner do when a claim has a node or a volume has a claim. */
function bindClaim(bench: Bench, name: string, volumeName: string): void {
  const claim = bench.server.get(PersistentVolumeClaims, claimRef(name)) as unknown as PersistentVolumeClaim;
  const annotations = { ...claim.metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes' };
  bench.server.update(PersistentVolumeClaims, {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...claim.spec, volumeName },
  });
}

test('runScheduler() gives a waiting claim a volume, and binds the pod when the claim is bound', async (t) => {
  const bench = await newBench(t);
  bench.server.create(StorageClasses, { ...testClass('fast', { provisioner: 'kubernetes.io/no-provisioner' }) });
  bench.server.create(PersistentVolumes, { ...testVolume('disk', { node: 'b' }) });
  bench.server.create(PersistentVolumeClaims, { ...testClaim('data') });
  bench.addNode('a');
  bench.addNode('b');
  bench.addPod('db', usingClaims('data'));
  const volume = () => bench.server.get(PersistentVolumes, { name: 'disk' }) as unknown as PersistentVolume;
  await bench.until(() => (bench.clock.advance(100), volume().spec.claimRef?.name === 'data'));
  assert.equal(volume().metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes');
  assert.equal(bench.pod('db').status.nominatedNodeName, 'b');
  assert.equal(placedOn(bench, 'db'), undefined);
  bench.addPod('other');
  await bench.until(() => placedOn(bench, 'other') !== undefined);
  bindClaim(bench, 'data', 'disk');
  await bench.until(() => placedOn(bench, 'db') === 'b');
});

test('runScheduler() has a claim provisioned for the node, and tries anew when that fails', async (t) => {
  const bench = await newBench(t);
  bench.server.create(StorageClasses, { ...testClass('fast') });
  bench.server.create(PersistentVolumeClaims, { ...testClaim('data') });
  bench.addNode('a');
  bench.addPod('db', usingClaims('data'));
  const claim = () => bench.server.get(PersistentVolumeClaims, claimRef('data')) as unknown as PersistentVolumeClaim;
  const selected = () => claim().metadata.annotations?.['volume.kubernetes.io/selected-node'];
  await bench.until(() => selected() === 'a');
  bench.server.update(PersistentVolumeClaims, { ...claim(), metadata: { ...claim().metadata, annotations: {} } });
  await bench.until(() => condition(bench, 'db') !== undefined);
  const { reason, message } = condition(bench, 'db') ?? assert.fail();
  assert.equal(reason, 'SchedulerError');
  assert.equal(message, 'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "data"');
  await bench.until(() => (bench.clock.advance(100), selected() === 'a'));
  bench.server.create(PersistentVolumes, { ...testVolume('made', { phase: 'Bound' }) });
  bindClaim(bench, 'data', 'made');
  await bench.until(() => placedOn(bench, 'db') === 'a');
});

test('runScheduler() gives up waiting for a claim in the end', async (t) => {
  const bench = await newBench(t);
  bench.server.create(StorageClasses, { ...testClass('fast') });
  bench.server.create(PersistentVolumeClaims, { ...testClaim('data') });
  bench.addNode('a');
  bench.addPod('db', usingClaims('data'));
  await bench.until(() => (bench.clock.advance(10_000), condition(bench, 'db') !== undefined));
  assert.match(condition(bench, 'db')?.message ?? '', /binding volumes: context deadline exceeded$/);
});

test('runScheduler() is several schedulers with profiles, each by its name', async (t) => {
  const yaml = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: first
- schedulerName: second
  plugins: {multiPoint: {disabled: [{name: NodeUnschedulable}]}}
`;
  const bench = await newBench(t, await readConfiguration(yaml));
  bench.addNode('a', { unschedulable: true });
  bench.addPod('one', { schedulerName: 'first' });
  bench.addPod('two', { schedulerName: 'second' });
  await bench.until(() => placedOn(bench, 'two') === 'a' && condition(bench, 'one') !== undefined);
  await bench.until(() => bench.server.all(EventsV1).length === 2);
  const sources = bench.server.all(EventsV1).map((event) => [event['reason'], event['reportingController']]);
  assert.deepEqual(sources.toSorted(), [
    ['FailedScheduling', 'first'],
    ['Scheduled', 'second'],
  ]);
});

test('runScheduler() survives plugins that fail, and keeps a pod that one rejects waiting', async (t) => {
  const configuration = await readConfiguration(
    `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
pluginModules: [mine]
profiles: [{plugins: {multiPoint: {enabled: [{name: Moody}]}}}]
`,
    {
      loadModule: async () => ({
        Moody: () => ({
          name: 'Moody',
          helpedBy: ['pod changed'],
          preFilter({ pod }) {
            if (pod.metadata.name === 'broken') throw new Error('no idea');
            return { type: 'skip' };
          },
          async permit({ pod }) {
            if (pod.metadata.name === 'unwelcome') throw new Rejection('not today');
          },
          async preBind({ pod }) {
            if (pod.metadata.name === 'late') throw new Rejection('too late');
          },
        }),
      }),
    },
  );
  const bench = await newBench(t, configuration);
  bench.addNode('a');
  const told = {
    broken: ['SchedulerError', 'running PreFilter plugin "Moody": no idea'],
    unwelcome: ['Unschedulable', '0/1 nodes are available: 1 not today.'],
    late: ['Unschedulable', 'too late'],
  };
  for (const name of [...Object.keys(told), 'fine']) bench.addPod(name);
  await bench.until(() => placedOn(bench, 'fine') === 'a');
  await bench.until(() => Object.keys(told).every((name) => condition(bench, name) !== undefined));
  for (const [name, expected] of Object.entries(told)) {
    const { reason, message } = condition(bench, name) ?? assert.fail();
    assert.deepEqual([reason, message], expected, name);
  }
});

test('runScheduler() holds a pod back until its resource claims are there, and says nothing meanwhile', async (t) => {
  const bench = await newBench(t);
  bench.addNode('a');
  bench.server.create(DeviceClasses, { ...testDeviceClass('gpu') });
  bench.server.create(ResourceSlices, { ...testResourceSlice('a', [{ name: 'gpu-0' }]) });
  bench.addPod('web', usingResourceClaims('one'));
  bench.addPod('other');
  await bench.until(() => placedOn(bench, 'other') === 'a');
  assert.deepEqual([condition(bench, 'web'), bench.messages('FailedScheduling')], [undefined, []]);
  bench.server.create(ResourceClaims, { ...testResourceClaim('one', { requests: [testRequest('r')] }) });
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'web') === 'a'));
});

test('runScheduler() does not place a pod that is being deleted', async (t) => {
  const bench = await newBench(t);
  const pod = testPod('web');
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  bench.server.create(Pods, {
    ...pod,
    metadata: { ...pod.metadata, deletionTimestamp, finalizers: ['example.com/x'] },
  });
  bench.addNode('a');
  await bench.until(() => bench.messages('FailedScheduling').length > 0);
  assert.deepEqual(bench.messages('FailedScheduling'), ['skip schedule deleting pod: default/web']);
  assert.equal(placedOn(bench, 'web'), undefined);
});

test('runScheduler() lets an extender bind, and says so when it fails', async (t) => {
  let fails = true;
  let bind = (_name: string): void => undefined;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const { PodName } = JSON.parse(text) as { readonly PodName: string };
      if (!fails) bind(PodName);
      response.end(JSON.stringify({ Error: fails ? 'not now' : '' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const yaml = `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
extenders: [{urlPrefix: "http://127.0.0.1:${port}", bindVerb: bind}]
`;
  const bench = await newBench(t, await readConfiguration(yaml));
  bind = (name) => {
    const pod = bench.pod(name);
    bench.server.update(Pods, { ...pod, spec: { ...pod.spec, nodeName: 'a' } });
  };
  bench.addNode('a');
  bench.addPod('web');
  await bench.until(() => condition(bench, 'web') !== undefined);
  assert.match(condition(bench, 'web')?.message ?? '', /^not now$/);
  fails = false;
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'web') === 'a'));
});

test('runScheduler() counts what it does', async (t) => {
  const metrics = new Registry();
  const bench = await newBench(t, undefined, metrics);
  bench.addNode('a', { allocatable: { cpu: '1' } });
  bench.addPod('small', { requests: { cpu: '1' } });
  await bench.until(() => bench.messages('Scheduled').length === 1);
  bench.addPod('large', { requests: { cpu: '2' } });
  await bench.until(() => condition(bench, 'large') !== undefined);
  const text = metrics.text();
  for (const line of [
    'scheduler_schedule_attempts_total{profile="default-scheduler",result="scheduled"} 1',
    'scheduler_schedule_attempts_total{profile="default-scheduler",result="unschedulable"} 1',
    'scheduler_pending_pods{queue="unschedulable"} 1',
    'scheduler_pending_pods{queue="active"} 0',
    'scheduler_unschedulable_pods{plugin="NodeResourcesFit",profile="default-scheduler"} 1',
    'scheduler_cache_size{type="nodes"} 1',
    'scheduler_queue_incoming_pods_total{event="UnschedulablePodAdd",queue="active"} 2',
    'scheduler_pod_scheduling_attempts_bucket{le="1"} 1',
    'scheduler_framework_extension_point_duration_seconds_count{extension_point="Filter",profile="default-scheduler",status="Unschedulable"} 1',
    'scheduler_framework_extension_point_duration_seconds_count{extension_point="Score",profile="default-scheduler",status="Success"} 1',
    'scheduler_event_handling_duration_seconds_count{event="NodeAdd"} 1',
    'scheduler_plugin_evaluation_total{plugin="NodeResourcesFit",extension_point="Filter",profile="default-scheduler"} 2',
    'scheduler_plugin_execution_duration_seconds_count{plugin="NodeResourcesFit",extension_point="Filter",status="Success"} 1',
    'scheduler_plugin_execution_duration_seconds_count{plugin="DefaultBinder",extension_point="Bind",status="Success"} 1',
    'scheduler_inflight_events{event="PodPopped"} 0',
    'scheduler_pod_scheduled_after_flush_total 0',
    'scheduler_framework_extension_point_duration_seconds_count{extension_point="Bind",profile="default-scheduler",status="Success"} 1',
  ]) {
    assert(text.split('\n').includes(line), `${line} is not in\n${text}`);
  }
});

test('runScheduler() allocates devices for claims and reserves them for the pod', async (t) => {
  const bench = await newBench(t);
  bench.server.create(DeviceClasses, { ...testDeviceClass('gpu') });
  bench.server.create(ResourceSlices, { ...testResourceSlice('b', [{ name: 'gpu-0' }]) });
  for (const name of ['one', 'two']) {
    bench.server.create(ResourceClaims, { ...testResourceClaim(name, { requests: [testRequest('r')] }) });
  }
  bench.addNode('a');
  bench.addNode('b');
  bench.addPod('first', usingResourceClaims('one'));
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'first') === 'b'));
  const claim = bench.server.get(ResourceClaims, claimRef('one')) as unknown as ResourceClaim;
  assert.deepEqual(claim.metadata.finalizers, ['resource.kubernetes.io/delete-protection']);
  assert.deepEqual(claim.status.reservedFor, [
    { resource: 'pods', name: 'first', uid: bench.pod('first').metadata.uid },
  ]);
  assert.equal(claim.status.allocation?.devices.results?.[0]?.device, 'gpu-0');
  bench.addPod('second', usingResourceClaims('two'));
  await bench.until(() => condition(bench, 'second') !== undefined);
  assert.match(condition(bench, 'second')?.message ?? '', /^0\/2 nodes are available: 2 cannot allocate all claims\./);
});

test('runScheduler() serves extended resources from devices by a claim that it makes', async (t) => {
  const bench = await newBench(t);
  bench.server.create(DeviceClasses, {
    ...testDeviceClass('gpu', 'true', { extendedResourceName: 'example.com/gpu' }),
  });
  bench.server.create(ResourceSlices, { ...testResourceSlice('b', [{ name: 'gpu-0' }]) });
  bench.addNode('a');
  bench.addNode('b');
  bench.addPod('first', { requests: { 'example.com/gpu': '1' } });
  await bench.until(() => (bench.clock.advance(100), placedOn(bench, 'first') === 'b'));
  const { extendedResourceClaimStatus: served } = bench.pod('first').status;
  assert.deepEqual(
    served?.requestMappings.map(({ requestName }) => requestName),
    ['container-0-request-0'],
  );
  const claim = bench.server.get(ResourceClaims, claimRef(served?.resourceClaimName ?? '')) as unknown as ResourceClaim;
  assert.equal(claim.metadata.annotations?.['resource.kubernetes.io/extended-resource-claim'], 'true');
  assert.equal(claim.status.allocation?.devices.results?.[0]?.device, 'gpu-0');
  assert.equal(claim.status.reservedFor?.[0]?.name, 'first');
});

test('runScheduler() binds a pod when its devices are ready, and gives them back when they cannot become so', async (t) => {
  const bench = await newBench(t);
  bench.server.create(DeviceClasses, { ...testDeviceClass('gpu') });
  const device = { name: 'gpu-0', bindingConditions: ['attached'], bindingFailureConditions: ['broken'] };
  bench.server.create(ResourceSlices, { ...testResourceSlice('a', [device]) });
  bench.server.create(ResourceClaims, { ...testResourceClaim('one', { requests: [testRequest('r')] }) });
  bench.addNode('a');
  bench.addPod('web', usingResourceClaims('one'));
  const claim = () => bench.server.get(ResourceClaims, claimRef('one')) as unknown as ResourceClaim;
  const tell = (type: string) => {
    const latest = claim();
    const { driver, pool } = latest.status.allocation?.devices.results?.[0] ?? assert.fail();
    const since = { lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Told', message: '' };
    const devices = [{ driver, pool, device: 'gpu-0', conditions: [{ type, status: 'True', ...since }] }];
    bench.server.update(ResourceClaims, { ...latest, status: { ...latest.status, devices } }, 'status');
  };
  const isAllocated = () => claim().status.allocation !== undefined;
  await bench.until(() => (bench.clock.advance(100), isAllocated()));
  tell('broken');
  await bench.until(() => (bench.clock.advance(1), condition(bench, 'web') !== undefined));
  const { reason, message } = condition(bench, 'web') ?? assert.fail();
  const failed = 'running PreBind plugin "DynamicResources": claim one binding failed: reason=Told, message=""';
  assert.deepEqual([reason, message], ['SchedulerError', failed]);
  assert.deepEqual(bench.messages('BindingConditionsPending'), ['waiting for binding conditions for device on node a']);
  await bench.until(() => (bench.clock.advance(1), isAllocated()));
  assert.equal(placedOn(bench, 'web'), undefined);
  tell('attached');
  await bench.until(() => (bench.clock.advance(1), placedOn(bench, 'web') === 'a'));
});
