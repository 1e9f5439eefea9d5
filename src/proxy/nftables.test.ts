import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableChange, emptyRuleset, ruleset, tableScript, type TableOptions } from './nftables.ts';
import type { ServiceRule, Way } from './rules.ts';

const options: TableOptions = { tableName: 'slipway-test', nodeIps: ['192.0.2.1'], clusterCidr: '10.244.0.0/16' };

function balance(...ips: readonly string[]): Way {
  return { type: 'balance', targets: ips.map((ip) => ({ ip, port: 8080 })) };
}

function rule(name: string, ways: Way, more: Partial<ServiceRule> = {}): ServiceRule {
  return {
    name,
    protocol: 'tcp',
    clusterIp: '10.96.0.10',
    port: 80,
    nodePort: 0,
    externalIps: [],
    guardedIps: [],
    sourceRanges: [],
    affinitySeconds: 0,
    inside: ways,
    outside: ways,
    everywhere: ways,
    keepsClientIp: false,
    ...more,
  };
}

function change(before: readonly ServiceRule[], after: readonly ServiceRule[]) {
  const from = before.length === 0 ? emptyRuleset : ruleset(before, options);
  const { transaction, cleanup } = tableChange(options.tableName, from, ruleset(after, options));
  return { transaction: transaction.split('\n').slice(0, -1), cleanup: cleanup.split('\n').slice(0, -1) };
}

const web = rule('default/web/tcp/http', balance('10.244.0.2', '10.244.0.3'));
const chain = 'all-95253a1d-default/web/tcp/http';

test('tableChange() adds a chain and an element for a new service', () => {
  assert.deepEqual(change([], [web]), {
    transaction: [
      `add chain ip slipway-test ${chain}`,
      `add rule ip slipway-test ${chain} meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.0.2 . 8080, 1 : 10.244.0.3 . 8080 }`,
      'add element ip slipway-test cluster-ips { 10.96.0.10 }',
      `add element ip slipway-test service-ips { 10.96.0.10 . tcp . 80 : goto ${chain} }`,
      'add element ip slipway-test hairpins { 10.244.0.2 . 10.244.0.2, 10.244.0.3 . 10.244.0.3 }',
    ],
    cleanup: [],
  });
});

test('tableChange() sends only the chain whose endpoints changed', () => {
  const other = rule('default/other/tcp/', balance('10.244.0.9'), { clusterIp: '10.96.0.11' });
  assert.deepEqual(change([web, other], [rule(web.name, balance('10.244.0.2')), other]), {
    transaction: [
      `flush chain ip slipway-test ${chain}`,
      `add rule ip slipway-test ${chain} meta l4proto tcp dnat to 10.244.0.2:8080`,
      'delete element ip slipway-test hairpins { 10.244.0.3 . 10.244.0.3 }',
    ],
    cleanup: [],
  });
});

test('tableChange() is empty when nothing changed', () => {
  assert.deepEqual(change([web], [web]), { transaction: [], cleanup: [] });
});

test('tableChange() turns a service without endpoints into a rejection', () => {
  assert.deepEqual(change([web], [rule(web.name, { type: 'reject' })]), {
    transaction: [
      `flush chain ip slipway-test ${chain}`,
      'delete element ip slipway-test service-ips { 10.96.0.10 . tcp . 80 }',
      'add element ip slipway-test no-target-ips { 10.96.0.10 . tcp . 80 : goto reject-it }',
      'delete element ip slipway-test hairpins { 10.244.0.2 . 10.244.0.2, 10.244.0.3 . 10.244.0.3 }',
    ],
    cleanup: [`delete chain ip slipway-test ${chain}`],
  });
});

test('ruleset() masquerades outside traffic unless the client address is kept', () => {
  const nodePort = { nodePort: 30080, targetPort: 8080 };
  const chains = (more: Partial<ServiceRule>) =>
    [...ruleset([rule('x', balance('10.244.0.2'), more)], options).chains].find(([name]) =>
      name.startsWith('ext-'),
    )?.[1];
  const all = 'all-2d711642-x';
  assert.deepEqual(chains(nodePort), ['jump mark-for-masquerade', `goto ${all}`]);
  assert.deepEqual(chains({ ...nodePort, keepsClientIp: true, outside: { type: 'drop' } }), [
    `ip saddr 10.244.0.0/16 goto ${all}`,
    'fib saddr type local jump mark-for-masquerade',
    `fib saddr type local goto ${all}`,
    'drop',
  ]);
});

test('ruleset() lets only the given clients in to guarded addresses, and the node itself when it is one of them', () => {
  const guarded = (sourceRanges: readonly string[]) => {
    const more = { externalIps: ['203.0.113.5'], guardedIps: ['203.0.113.5'], sourceRanges };
    const { chains, elements } = ruleset([rule('x', balance('10.244.0.2'), more)], options);
    const chain = 'guard-2d711642-x';
    assert.deepEqual([...(elements.get('guarded-ips') ?? [])], [['203.0.113.5 . tcp . 80', `goto ${chain}`]]);
    return chains.get(chain);
  };
  assert.deepEqual(guarded(['198.51.100.0/24']), ['ip saddr 198.51.100.0/24 return', 'drop']);
  assert.deepEqual(guarded(['192.0.2.0/24']), ['ip saddr 192.0.2.0/24 return', 'ip saddr 203.0.113.5 return', 'drop']);
});

test('ruleset() gives each target of a sticky service a set of its clients', () => {
  const { affinitySets, chains } = ruleset([rule('x', balance('10.244.0.2'), { affinitySeconds: 60 })], options);
  const name = 'all-2d711642-x-10.244.0.2-8080-60';
  assert.deepEqual([...affinitySets], [[name, 60]]);
  assert.deepEqual(chains.get(name), [`update @${name} { ip saddr }`, 'meta l4proto tcp dnat to 10.244.0.2:8080']);
});

test('tableScript() replaces the table of its own name and no other', () => {
  const tables = tableScript(options).matchAll(/^\s*(?:add |delete |flush )?(?:table|ruleset)\b.*$/gm);
  for (const [line] of tables) assert.match(line, / ip slipway-test( \{)?$/);
});
