import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device, DeviceClaim, DeviceRequest } from '../../../api/groups/resource.v1.ts';
import { Devices } from '../../devices.ts';
import {
  fixedDevices,
  testDeviceClass,
  testRequest,
  testResourceClaim,
  testResourceSlice,
  usingResourceClaims,
  type TestDevices,
} from '../../test-devices.ts';
import { testCluster, testNode, testPod } from '../../test-objects.ts';
import { defaultPlugins } from '../default-plugins.ts';
import { podInfo } from '../../pod-info.ts';
import { requestMappings } from './extended-resources.ts';
import { dynamicResources, dynamicResourcesWith } from './plugin.ts';

const gpu = (name: string, memory: string, numa = 0): Device => ({
  name,
  attributes: { model: { string: memory === '80Gi' ? 'large' : 'small' }, 'example.com/numa': { int: numa } },
  capacity: { memory: { value: memory } },
});
const classes = [testDeviceClass('gpu')];

/** Node and devices that a pod with the claims gets on the nodes a and b, or why it gets none. */
function outcome(devices: TestDevices, ...claims: readonly string[]): string {
  const cluster = testCluster([testNode('a'), testNode('b')]);
  cluster.table.devices = new Devices(fixedDevices({ classes, ...devices }));
  const pod = testPod('pod', usingResourceClaims(...claims));
  const decision = cluster.decide(pod);
  if (decision.type === 'refused') return decision.message.replace(/ preemption:.*$/, '');
  dynamicResources.reserve?.(podInfo(pod), decision.nodeName, cluster.table);
  const taken = claims.map((name) =>
    (cluster.table.devices.claim('default', name)?.status.allocation?.devices.results ?? [])
      .map(({ request, device }) => `${request}=${device}`)
      .join(),
  );
  return `${decision.nodeName} ${taken.join(' ')}`;
}

function asking(devices: TestDevices, requests: readonly DeviceRequest[], more: Partial<DeviceClaim> = {}): string {
  return outcome({ claims: [testResourceClaim('c', { requests, ...more })], ...devices }, 'c');
}

const twoNodes = {
  slices: [
    testResourceSlice('a', [gpu('a0', '40Gi')]),
    testResourceSlice('b', [gpu('b0', '40Gi'), gpu('b1', '80Gi', 1)]),
  ],
};
const cel = (expression: string) => ({ selectors: [{ cel: { expression } }] });
const none = '0/2 nodes are available: 2 cannot allocate all claims. still not schedulable,';

test('filter finds the node with devices that suit the expressions', () => {
  assert.equal(
    asking(twoNodes, [testRequest('r', cel('device.attributes["gpu.example.com"].model == "large"'))]),
    'b r=b1',
  );
  const large = 'device.capacity["gpu.example.com"].memory.isGreaterThan(quantity("50Gi"))';
  assert.equal(asking(twoNodes, [testRequest('r', cel(large))]), 'b r=b1');
  assert.equal(asking(twoNodes, [testRequest('r', cel('device.attributes["example.com"].numa == 1'))]), 'b r=b1');
  assert.equal(asking(twoNodes, [testRequest('r', cel('has(device.attributes["other.com"].x)'))]), none);
  assert.equal(asking(twoNodes, [testRequest('r', { deviceClassName: 'gpu', count: 2 })]), 'b r=b0,r=b1');
  assert.equal(asking(twoNodes, [testRequest('r', { count: 3 })]), none);
});

test('filter steps back when a request took what another needs', () => {
  const picky = testRequest('second', cel('device.attributes["example.com"].numa == 0'));
  assert.equal(asking(twoNodes, [testRequest('first'), picky]), 'b first=b1,second=b0');
});

test('filter keeps to constraints among devices', () => {
  const requests = [testRequest('r', { count: 2 })];
  const same = { constraints: [{ matchAttribute: 'gpu.example.com/model' }] };
  assert.equal(asking(twoNodes, requests, same), none);
  assert.equal(asking(twoNodes, requests, { constraints: [{ distinctAttribute: 'example.com/numa' }] }), 'b r=b0,r=b1');
  assert.equal(asking(twoNodes, requests, { constraints: [{ matchAttribute: 'example.com/absent' }] }), none);
});

test('filter takes the first alternative that can be had, and all devices when asked for all', () => {
  const alternatives: DeviceRequest = {
    name: 'r',
    firstAvailable: [
      { name: 'many', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 5 },
      { name: 'two', deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 2 },
    ],
  };
  assert.equal(asking(twoNodes, [alternatives]), 'b r/two=b0,r/two=b1');
  assert.equal(
    asking({ slices: [twoNodes.slices[1] ?? assert.fail()] }, [testRequest('r', { allocationMode: 'All' })]),
    'b r=b0,r=b1',
  );
});

test('filter leaves devices to those who have them, but for administrators', () => {
  const holder = testResourceClaim(
    'holder',
    { requests: [testRequest('r')] },
    {
      allocation: { devices: { results: [{ request: 'r', driver: 'gpu.example.com', pool: 'a', device: 'a0' }] } },
    },
  );
  const slices = [testResourceSlice('a', [gpu('a0', '40Gi')])];
  const claims = [holder, testResourceClaim('c', { requests: [testRequest('r')] })];
  assert.equal(outcome({ slices, claims }, 'c'), none);
  const admin = [holder, testResourceClaim('c', { requests: [testRequest('r', { adminAccess: true })] })];
  assert.equal(outcome({ slices, claims: admin }, 'c'), 'a r=a0');
});

test('filter respects taints, counters that devices share, and incomplete pools', () => {
  const tainted = { ...gpu('a0', '40Gi'), taints: [{ key: 'broken', effect: 'NoSchedule' }] };
  const slices = [testResourceSlice('a', [tainted])];
  assert.equal(asking({ slices }, [testRequest('r')]), none);
  const tolerations = [{ key: 'broken', operator: 'Exists' }];
  assert.equal(asking({ slices }, [testRequest('r', { tolerations })]), 'a r=a0');
  const part = (name: string) => ({
    ...gpu(name, '40Gi'),
    consumesCounters: [{ counterSet: 'chip', counters: { memory: { value: '40Gi' } } }],
  });
  const sharedCounters = [{ name: 'chip', counters: { memory: { value: '60Gi' } } }];
  const shared = [testResourceSlice('a', [part('p0'), part('p1')], { sharedCounters })];
  assert.equal(asking({ slices: shared }, [testRequest('r')]), 'a r=p0');
  assert.equal(asking({ slices: shared }, [testRequest('r', { count: 2 })]), none);
  const half = [
    testResourceSlice('a', [gpu('a0', '40Gi')], { pool: { name: 'a', generation: 1, resourceSliceCount: 2 } }),
  ];
  assert.equal(asking({ slices: half }, [testRequest('r')]), none);
});

test('preFilter() keeps a pod where its claim has devices, or gives them back when nobody else wants them', () => {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] }];
  const held = (nodeName: string) =>
    testResourceClaim(
      'c',
      { requests: [testRequest('r')] },
      {
        allocation: {
          devices: { results: [{ request: 'r', driver: 'gpu.example.com', pool: nodeName, device: 'x' }] },
          nodeSelector: { nodeSelectorTerms },
        },
      },
    );
  assert.equal(outcome({ claims: [held('b')] }, 'c'), 'b r=x');
  const cluster = testCluster([testNode('a')]);
  cluster.table.devices = new Devices(fixedDevices({ claims: [held('b')] }));
  const decision = cluster.decide(testPod('pod', usingResourceClaims('c')));
  assert(decision.type === 'refused');
  assert.match(
    decision.message,
    /^0\/1 nodes are available: 1 resourceclaim not available on the node\. deallocation of ResourceClaim completed, preemption:/,
  );
  assert.equal(decision.acts?.length, 1);
});

test('preFilter() says what is wrong with claims', () => {
  const head = '0/2 nodes are available:';
  const told = (devices: TestDevices) => outcome(devices, 'c').replace(/ (still not|no new).*$/, '');
  assert.equal(told({}), `${head} resourceclaim "c" not found.`);
  const unknown = [testResourceClaim('c', { requests: [testRequest('r', { deviceClassName: 'tpu' })] })];
  assert.equal(told({ claims: unknown }), `${head} request r: device class tpu does not exist.`);
});

test('filter shares a device that allows it as long as its capacities last', () => {
  const requestPolicy = { default: '10Gi', validRange: { min: '5Gi', max: '30Gi', step: '5Gi' } };
  const shared: Device = {
    name: 'a0',
    allowMultipleAllocations: true,
    capacity: { memory: { value: '40Gi', requestPolicy } },
  };
  const slices = [testResourceSlice('a', [shared])];
  const part = (memory: string, count = 1) => [testRequest('r', { count, capacity: { requests: { memory } } })];
  assert.equal(asking({ slices }, part('12Gi')), 'a r=a0');
  assert.equal(asking({ slices }, part('12Gi', 2)), 'a r=a0,r=a0');
  assert.equal(asking({ slices }, part('12Gi', 3)), none);
  assert.equal(asking({ slices }, part('31Gi')), none);
  assert.equal(asking({ slices }, [testRequest('r', { count: 4 })]), 'a r=a0,r=a0,r=a0,r=a0');
  assert.equal(asking({ slices }, [testRequest('r', { capacity: { requests: { cores: '1' } } })]), none);
  const held = (consumed: string) => {
    const result = { request: 'r', driver: 'gpu.example.com', pool: 'a', device: 'a0', shareID: 'one' };
    const devices = { results: [{ ...result, consumedCapacity: { memory: consumed } }] };
    return testResourceClaim('holder', { requests: part('1Gi') }, { allocation: { devices } });
  };
  const claim = testResourceClaim('c', { requests: part('12Gi') });
  assert.equal(outcome({ slices, claims: [claim, held('25Gi')] }, 'c'), 'a r=a0');
  assert.equal(outcome({ slices, claims: [claim, held('30Gi')] }, 'c'), none);
});

test('reserve() tells what was taken of a shared device, and where its use binds it', () => {
  const device: Device = {
    name: 'a0',
    allowMultipleAllocations: true,
    bindsToNode: true,
    bindingConditions: ['attached'],
    capacity: { memory: { value: '40Gi', requestPolicy: { validValues: ['8Gi', '16Gi'] } } },
  };
  const request = testRequest('r', { capacity: { requests: { memory: '9Gi' } } });
  const claims = [testResourceClaim('c', { requests: [request] })];
  const slices = [testResourceSlice('a', [device])];
  const { table } = testCluster([testNode('a')]);
  table.devices = new Devices(fixedDevices({ classes, claims, slices }));
  dynamicResources.reserve?.(podInfo(testPod('pod', usingResourceClaims('c'))), 'a', table);
  const { devices, nodeSelector } = table.devices.claim('default', 'c')?.status.allocation ?? assert.fail();
  const [{ shareID, consumedCapacity, bindingConditions } = assert.fail()] = devices.results ?? [];
  assert.match(shareID ?? '', /^[0-9a-f-]{36}$/);
  assert.deepEqual([consumedCapacity, bindingConditions], [{ memory: '16Gi' }, ['attached']]);
  assert.deepEqual(nodeSelector?.nodeSelectorTerms[0]?.matchFields?.[0]?.values, ['a']);
});

test('filter serves an extended resource from devices where the node has none of it', () => {
  const resource = 'example.com/gpu';
  const served = [testDeviceClass('gpu', 'true', { extendedResourceName: resource })];
  const slices = [testResourceSlice('a', [gpu('a0', '40Gi'), gpu('a1', '40Gi')])];
  const choose = (amount: string, nodes: readonly string[], name = resource) => {
    const allocatable = { [resource]: '1' };
    const cluster = testCluster(nodes.map((each) => testNode(each, each === 'counting' ? { allocatable } : {})));
    cluster.table.devices = new Devices(fixedDevices({ classes: served, slices }));
    const decision = cluster.decide(testPod('pod', { requests: { [name]: amount } }));
    return decision.type === 'fits'
      ? decision.nodeName
      : decision.message.replace(/ (no new|still not|preemption).*$/, '');
  };
  assert.equal(choose('2', ['a', 'b']), 'a');
  assert.equal(choose('1', ['counting', 'b']), 'counting');
  assert.equal(choose('2', ['a', 'b'], 'deviceclass.resource.kubernetes.io/gpu'), 'a');
  assert.equal(choose('3', ['a', 'b']), '0/2 nodes are available: 2 cannot allocate all claims.');
  assert.equal(choose('2', ['counting']), `0/1 nodes are available: 1 Insufficient ${resource}.`);
  assert.equal(choose('1', ['a'], 'example.com/other'), '0/1 nodes are available: 1 Insufficient example.com/other.');
});

test('reserve() takes one claim for the extended resources of all containers', () => {
  const resource = 'example.com/gpu';
  const classes = [testDeviceClass('gpu', 'true', { extendedResourceName: resource })];
  const slices = [testResourceSlice('a', [gpu('a0', '40Gi'), gpu('a1', '40Gi'), gpu('a2', '40Gi')])];
  const container = (name: string, amount: string) => ({ name, resources: { requests: { [resource]: amount } } });
  const pod = testPod('pod', {
    initContainers: [container('init', '3')],
    containers: [container('one', '1'), container('two', '1')],
  });
  const { table } = testCluster([testNode('a')]);
  table.devices = new Devices(fixedDevices({ classes, slices }));
  const undo = dynamicResources.reserve?.(podInfo(pod), 'a', table);
  const [claim = assert.fail()] = table.devices.claims();
  assert.deepEqual(
    claim.spec.devices.requests?.map(({ name, exactly }) => [name, exactly?.count]),
    [
      ['container-1-request-0', 1],
      ['container-2-request-0', 1],
      ['container-0-request-0', 1],
    ],
  );
  assert.deepEqual(
    requestMappings(pod, claim, table.devices).map(
      ({ containerName, requestName }) => `${containerName} ${requestName}`,
    ),
    [
      'one container-1-request-0',
      'two container-2-request-0',
      'init container-1-request-0',
      'init container-2-request-0',
      'init container-0-request-0',
    ],
  );
  undo?.();
  assert.deepEqual(table.devices.claims(), []);
});

test('filter gives a search up that takes longer than its time, and says so', () => {
  const devices = Array.from({ length: 30 }, (_, at) => gpu(`d${at}`, '40Gi', at));
  const large = cel('device.attributes["gpu.example.com"].model == "large"');
  const requests = [...Array.from({ length: 8 }, (_, at) => testRequest(`r${at}`)), testRequest('odd', large)];
  const impatient = dynamicResourcesWith({ filterTimeoutMs: 0.001 });
  const plugins = defaultPlugins.map((plugin) => (plugin.name === impatient.name ? impatient : plugin));
  const cluster = testCluster([testNode('a'), testNode('b')], plugins);
  const slices = [testResourceSlice('a', devices)];
  const claims = [testResourceClaim('c', { requests })];
  cluster.table.devices = new Devices(fixedDevices({ classes, slices, claims }));
  const decision = cluster.decide(testPod('pod', usingResourceClaims('c')));
  const reasons = '1 cannot allocate all claims, 1 timed out trying to allocate devices';
  assert(decision.type === 'refused');
  assert(decision.message.startsWith(`0/2 nodes are available: ${reasons}. `), decision.message);
});
