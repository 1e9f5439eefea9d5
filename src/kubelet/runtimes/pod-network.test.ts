import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressPool } from './address-pool.ts';
import { printHostPorts, printNetworkConfig, printRules, type HostPort } from './pod-network.ts';

const options = { name: 'slipway-a', bridge: 'slip-a', podSubnet: '10.244.3.0/24', clusterSubnet: '10.244.0.0/16' };

test('printNetworkConfig() asks for a bridge with hairpin mode and without iptables', () => {
  const { name, plugins } = JSON.parse(printNetworkConfig(options, '/leases'));
  assert.equal(name, 'slipway-a');
  assert.equal(plugins.length, 1);
  const [{ type, bridge, ipMasq, hairpinMode, promiscMode, ipam }] = plugins;
  assert.deepEqual([type, bridge, ipMasq, hairpinMode, promiscMode], ['bridge', 'slip-a', false, true, undefined]);
  assert.deepEqual(ipam, { type: 'host-local', ranges: [[{ subnet: '10.244.3.0/24' }]], dataDir: '/leases' });
});

test('printRules() masquerades what leaves the cluster, and answers within the bridge where they bypass the rules', () => {
  const filtered = printRules(options, true);
  assert.match(filtered, /^table ip slipway-a\ndelete table ip slipway-a\ntable ip slipway-a \{/);
  assert.match(filtered, /ip saddr 10\.244\.3\.0\/24 ip daddr != 10\.244\.0\.0\/16 oifname != "slip-a" masquerade/);
  assert.doesNotMatch(filtered, /ct status dnat/);
  assert.match(
    printRules(options, false),
    /ip saddr 10\.244\.3\.0\/24 ip daddr 10\.244\.3\.0\/24 ct status dnat masquerade/,
  );
});

test('printHostPorts() files ports under all addresses or under one', () => {
  const ports: readonly HostPort[] = [
    { protocol: 'TCP', containerPort: 80, hostPort: 8080, podIp: '10.244.3.2' },
    { protocol: 'UDP', containerPort: 53, hostPort: 53, hostIp: '192.0.2.7', podIp: '10.244.3.2' },
    { protocol: 'TCP', containerPort: 81, hostPort: 8081, hostIp: '0.0.0.0', podIp: '10.244.3.2' },
  ];
  assert.deepEqual(printHostPorts('add', 'slipway-a', ports).split('\n'), [
    'add element ip slipway-a host-ports { tcp . 8080 : 10.244.3.2 . 80 }',
    'add element ip slipway-a host-ports-of-address { 192.0.2.7 . udp . 53 : 10.244.3.2 . 53 }',
    'add element ip slipway-a host-ports { tcp . 8081 : 10.244.3.2 . 81 }',
    'add element ip slipway-a hairpin { 10.244.3.2 . 10.244.3.2 }',
    '',
  ]);
});

test('createAddressPool() gives each address once, and again when it was given back', () => {
  const pool = createAddressPool('10.1.2.0/29');
  const addresses = Array.from({ length: 5 }, () => pool.take());
  assert.deepEqual(addresses, ['10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5', '10.1.2.6']);
  assert.throws(() => pool.take(), /No address is left in subnet 10\.1\.2\.0\/29/);
  pool.release('10.1.2.4');
  assert.equal(pool.take(), '10.1.2.4');
});

test('createAddressPool() counts over the borders of bytes', () => {
  const pool = createAddressPool('10.1.255.254/15');
  for (let i = 0; i < 254; i++) pool.take();
  assert.equal(pool.take(), '10.0.1.0');
});

for (const subnet of ['10.0.0.0', 'fd00::/64', '10.0.0.0/31', 'ten']) {
  test(`createAddressPool() throws for "${subnet}"`, () => {
    assert.throws(() => createAddressPool(subnet), /Cannot take addresses from subnet/);
  });
}
