/** Addresses on an interface of our own, told to neighbours where that is possible. Needs root and ip. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { createLog, silentLog } from '../../../base/log.ts';
import { eventually } from '../../../../test/eventually.ts';
import { InterfaceAnnouncer } from './announcer.ts';

const interfaceName = `slb${process.pid}`.slice(0, 15);

function addresses(): readonly string[] {
  return (networkInterfaces()[interfaceName] ?? []).filter(({ family }) => family === 'IPv4').map((one) => one.address);
}

function exists(): boolean {
  return execFileSync('ip', ['-o', 'link'], { encoding: 'utf8' }).includes(` ${interfaceName}:`);
}

test('InterfaceAnnouncer holds the addresses that are announced, and leaves nothing', async (t) => {
  const announcer = new InterfaceAnnouncer({ interfaceName, neighbours: [], log: silentLog });
  t.after(() => announcer.close());
  await announcer.clear();
  await Promise.all(['198.51.100.1', '198.51.100.2', '198.51.100.1'].map((address) => announcer.announce(address)));
  assert.deepEqual(addresses().toSorted(), ['198.51.100.1', '198.51.100.2']);
  await announcer.withdraw('198.51.100.1');
  await announcer.withdraw('198.51.100.1');
  assert.deepEqual(addresses(), ['198.51.100.2']);
  const next = new InterfaceAnnouncer({ interfaceName, neighbours: [], log: silentLog });
  await next.clear();
  assert.ok(!exists(), 'what a killed run left is gone');
  await next.announce('198.51.100.3');
  assert.deepEqual(addresses(), ['198.51.100.3']);
  await next.close();
  assert.ok(!exists());
});

test('InterfaceAnnouncer announces all the same when neighbours cannot be told', async (t) => {
  const lines: string[] = [];
  const log = createLog({ component: 'cloud', level: 'info', now: () => 0, write: (line) => void lines.push(line) });
  const announcer = new InterfaceAnnouncer({ interfaceName, neighbours: ['no-such-interface'], log });
  t.after(() => announcer.close());
  await announcer.announce('198.51.100.1');
  assert.deepEqual(addresses(), ['198.51.100.1']);
  assert.match(lines.join(''), /Cannot tell the neighbours of an address.*198\.51\.100\.1/);
});

test('a neighbour that knew an address from elsewhere hears of its new place, and reaches it there', async (t) => {
  const [near, far, peer] = [`slbn${process.pid}`, `slbf${process.pid}`, `slb-peer-${process.pid}`];
  const ip = (...parameters: readonly string[]): string => execFileSync('ip', parameters, { encoding: 'utf8' });
  ip('netns', 'add', peer);
  t.after(() => ip('netns', 'delete', peer));
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', peer);
  ip('address', 'add', '198.51.100.129/28', 'dev', near);
  ip('link', 'set', near, 'up');
  ip('-n', peer, 'address', 'add', '198.51.100.130/28', 'dev', far);
  ip('-n', peer, 'link', 'set', far, 'up');
  ip('-n', peer, 'neigh', 'replace', '198.51.100.131', 'lladdr', '02:00:00:00:00:01', 'dev', far, 'nud', 'stale');
  const announcer = new InterfaceAnnouncer({ interfaceName, neighbours: [near], log: silentLog });
  t.after(() => announcer.close());
  await announcer.announce('198.51.100.131');
  const own = networkInterfaces()[near]?.[0]?.mac ?? '';
  await eventually(() => assert.match(ip('-n', peer, 'neigh', 'show', '198.51.100.131'), new RegExp(own)));
  ip('-n', peer, 'neigh', 'flush', 'dev', far);
  const server = createServer((socket) => socket.end('here')).listen(0, '198.51.100.131');
  await once(server, 'listening');
  t.after(() => server.close());
  const ask = `require('node:net').connect(${(server.address() as AddressInfo).port}, '198.51.100.131').pipe(process.stdout)`;
  const asking = spawn('ip', ['netns', 'exec', peer, process.execPath, '-e', ask], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answer = '';
  asking.stdout.on('data', (data: Buffer) => (answer += data.toString()));
  await once(asking, 'close');
  assert.equal(answer, 'here');
});
