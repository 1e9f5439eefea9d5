import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../api/descriptor.ts';
import type { Service } from '../../api/groups/core.v1.ts';
import { seededRandom } from '../../base/random.ts';
import { imaginaryPorts, realPorts, reservePorts, type PortSource } from './node-ports.ts';

const service = (spec: object): Draft<Service> =>
  ({ metadata: { name: 's' }, spec: { ports: [{ port: 80 }], ...spec } }) as unknown as Draft<Service>;

const real = (...used: readonly number[]): PortSource => realPorts(new Set(used), seededRandom(1));

const portsOf = ({ spec }: Draft<Service>): readonly (number | undefined)[] =>
  (spec.ports ?? []).map(({ nodePort }) => nodePort);

test('reservePorts() gives a health check port when traffic stays on its node', () => {
  const draft = service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
  reservePorts(draft, undefined, real());
  const { healthCheckNodePort = 0 } = draft.spec;
  assert.ok(healthCheckNodePort >= 30_000 && healthCheckNodePort <= 32_767);
  assert.notEqual(healthCheckNodePort, portsOf(draft)[0]);
  const taken = service({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30_001 });
  assert.throws(() => reservePorts(taken, undefined, real(30_001)), {
    message:
      'Internal error occurred: failed to allocate requested HealthCheck NodePort 30001: provided port is already allocated',
  });
});

test('reservePorts() shares a number among the protocols of one port', () => {
  const ports = [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ];
  const draft = service({ type: 'NodePort', ports });
  reservePorts(draft, undefined, real());
  assert.equal(portsOf(draft)[0], portsOf(draft)[1]);
});

test('reservePorts() lets a changed Service keep its numbers, and gives each new port its own', () => {
  const old = service({ type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort: 30_001 }] }) as Service;
  const changed = (...ports: readonly object[]): Draft<Service> => service({ type: 'NodePort', ports });
  const grown = changed({ port: 53, protocol: 'UDP', nodePort: 30_001 }, { port: 53, protocol: 'TCP' });
  reservePorts(grown, old, real(30_001));
  assert.equal(portsOf(grown)[0], 30_001);
  assert.notEqual(portsOf(grown)[1], 30_001);
  const two = { port: 54, protocol: 'UDP', nodePort: 30_001 };
  assert.throws(() => reservePorts(changed(...old.spec.ports!, two), old, real(30_001)), {
    message: 'duplicate nodePort: {UDP 30001}',
  });
});

test('reservePorts() refuses ports that are taken or outside the range', () => {
  const wanted = (nodePort: number): Draft<Service> => service({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
  assert.throws(() => reservePorts(wanted(30_075), undefined, real(30_075)), /provided port is already allocated/);
  assert.throws(() => reservePorts(wanted(80), undefined, real()), /The range of valid ports is 30000-32767/);
  const twice = service({
    type: 'NodePort',
    ports: [
      { port: 80, nodePort: 30_001 },
      { port: 81, nodePort: 30_001 },
    ],
  });
  assert.throws(() => reservePorts(twice, undefined, real()), /ports\[1\].nodePort: .*already allocated/);
  const bare = service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false });
  reservePorts(bare, undefined, real());
  assert.deepEqual(portsOf(bare), [undefined]);
});

test('imaginaryPorts() shows numbers that no node has', () => {
  const draft = service({ type: 'NodePort', ports: [{ port: 80 }, { port: 81 }] });
  reservePorts(draft, undefined, imaginaryPorts(new Set()));
  assert.deepEqual(portsOf(draft), [32_769, 32_770]);
});
