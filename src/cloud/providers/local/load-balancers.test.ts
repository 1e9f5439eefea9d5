import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../../api/groups/core.v1.ts';
import { cloudService } from '../../testing/objects.ts';
import { parsePool } from './address-pool.ts';
import { LocalLoadBalancers } from './load-balancers.ts';

function setUp(addresses = '192.0.2.1-192.0.2.2') {
  const announced = new Set<string>();
  const services: Service[] = [];
  const announcer = {
    announce: async (address: string) => void announced.add(address),
    withdraw: async (address: string) => void announced.delete(address),
    close: async () => announced.clear(),
  };
  const balancers = new LocalLoadBalancers({ pool: parsePool([addresses]), announcer, services: () => services });
  const ensure = async (service: Service): Promise<string> => (await balancers.ensure(service)).ingress?.[0]?.ip ?? '';
  return { announced, services, balancers, ensure };
}

const shown = (service: Service, ip: string): Service => ({
  ...service,
  status: { loadBalancer: { ingress: [{ ip }] } },
});

test('LocalLoadBalancers give each Service an address of its own, the same every time, until none is left', async () => {
  const { announced, ensure, balancers } = setUp();
  assert.equal(await ensure(cloudService('a')), '192.0.2.1');
  assert.equal(await ensure(cloudService('b')), '192.0.2.2');
  assert.equal(await ensure(cloudService('a')), '192.0.2.1');
  assert.deepEqual([...announced], ['192.0.2.1', '192.0.2.2']);
  await assert.rejects(ensure(cloudService('c')), { message: 'no address of the pool 192.0.2.1-192.0.2.2 is free' });
  await balancers.remove(cloudService('a'));
  assert.deepEqual([...announced], ['192.0.2.2']);
  assert.equal(await ensure(cloudService('c')), '192.0.2.1');
});

test('LocalLoadBalancers keep after a restart what the statuses say', async () => {
  const { services, ensure, balancers } = setUp();
  services.push(cloudService('new'), shown(cloudService('old'), '192.0.2.1'));
  assert.equal(await ensure(cloudService('new')), '192.0.2.2');
  assert.equal(await ensure(shown(cloudService('old'), '192.0.2.1')), '192.0.2.1');
  assert.deepEqual(await balancers.find(shown(cloudService('other'), '198.51.100.1')), undefined);
});

test('LocalLoadBalancers give the address that is asked for, or say why not', async () => {
  const { announced, services, ensure } = setUp();
  const wanting = (name: string, ip: string): Service =>
    cloudService(name, {}, { annotations: { 'slipway.dev/load-balancer-ip': ip } });
  services.push(shown(cloudService('b'), '192.0.2.1'));
  assert.equal(await ensure(cloudService('a')), '192.0.2.2');
  await assert.rejects(ensure(wanting('a', '198.51.100.1')), {
    message: 'the address 198.51.100.1 is not in the pool 192.0.2.1-192.0.2.2',
  });
  await assert.rejects(ensure(cloudService('a', { loadBalancerIP: '192.0.2.1' })), {
    message: 'the address 192.0.2.1 is taken by the Service default/b',
  });
  services.pop();
  assert.equal(await ensure(wanting('a', '192.0.2.1')), '192.0.2.1');
  assert.deepEqual([...announced], ['192.0.2.1']);
  await assert.rejects(ensure(cloudService('c', { ipFamilies: ['IPv6'] })), /takes IPv6 alone/);
});
