import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { test } from 'node:test';
import { nodeAddress, parseRoutes } from './node-address.ts';

const header = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';
const routes = `${header}eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
`;

function ipv4(address: string, internal = false): readonly NetworkInterfaceInfo[] {
  return [{ address, internal, family: 'IPv4', netmask: '255.255.255.0', mac: '', cidr: null }];
}

const interfaces = {
  lo: ipv4('127.0.0.1', true),
  'slip-1': ipv4('10.244.0.1'),
  wlan0: ipv4('192.168.0.7'),
  eth0: ipv4('192.0.2.5'),
};

test('nodeAddress() is that of the best default route, else the first of another machine, else loopback', () => {
  assert.equal(nodeAddress(interfaces, routes), '192.0.2.5');
  assert.equal(nodeAddress(interfaces, ''), '10.244.0.1');
  assert.equal(nodeAddress({ lo: interfaces.lo }, routes), '127.0.0.1');
});

test('parseRoutes() reads addresses from their last part to the first', () => {
  const [first] = parseRoutes(routes);
  assert.deepEqual(first, { interfaceName: 'eth0', network: 0xc0000200, mask: 0xffffff00, metric: 0 });
});
