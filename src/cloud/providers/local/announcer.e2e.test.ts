/** Addresses on an interface of our own, told to neighbours where that is possible. Needs root and ip. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { createLog, silentLog } from '../../../base/log.ts';
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
  assert.deepEqual(addresses(), ['198.51.100.1', '198.51.100.2']);
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
