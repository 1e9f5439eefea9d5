import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceRule, Way } from './rules.ts';
import { forgetParameters, staleFlows } from './stale-flows.ts';

function rule(protocol: ServiceRule['protocol'], ...ips: readonly string[]): ServiceRule {
  const way: Way =
    ips.length === 0 ? { type: 'reject' } : { type: 'balance', targets: ips.map((ip) => ({ ip, port: 53 })) };
  return {
    name: 'kube-system/dns',
    protocol,
    clusterIp: '10.96.0.10',
    port: 53,
    nodePort: 0,
    externalIps: [],
    guardedIps: [],
    sourceRanges: [],
    affinitySeconds: 0,
    inside: way,
    outside: way,
    everywhere: way,
    keepsClientIp: false,
  };
}

test('staleFlows() names flows to targets that went', () => {
  const flow = { protocol: 'udp', address: '10.96.0.10', port: 53, target: '10.244.0.2' };
  assert.deepEqual(staleFlows([rule('udp', '10.244.0.2', '10.244.0.3')], [rule('udp', '10.244.0.3')]), [flow]);
  assert.deepEqual(staleFlows([rule('udp', '10.244.0.2')], []), [flow]);
});

test('staleFlows() names all flows of a service that gets its first target', () => {
  const flow = { protocol: 'udp', address: '10.96.0.10', port: 53 };
  assert.deepEqual(staleFlows([], [rule('udp', '10.244.0.2')]), [flow]);
  assert.deepEqual(staleFlows([rule('udp')], [rule('udp', '10.244.0.2')]), [flow]);
});

test('staleFlows() names connections to targets that went, each target once', () => {
  const before = [rule('tcp', '10.244.0.2', '10.244.0.3'), { ...rule('tcp', '10.244.0.2'), name: 'kube-system/other' }];
  assert.deepEqual(staleFlows(before, [rule('tcp', '10.244.0.3')]), [{ protocol: 'tcp', target: '10.244.0.2' }]);
});

test('staleFlows() leaves alone what stays', () => {
  assert.deepEqual(staleFlows([rule('tcp', '10.244.0.2')], [rule('tcp', '10.244.0.2', '10.244.0.3')]), []);
  assert.deepEqual(staleFlows([rule('sctp', '10.244.0.2')], []), []);
  assert.deepEqual(staleFlows([rule('udp', '10.244.0.2')], [rule('udp', '10.244.0.2')]), []);
});

test('forgetParameters() speaks the language of conntrack', () => {
  const flow = { protocol: 'udp', address: '10.96.0.10', port: 53, target: '10.244.0.2' } as const;
  const expected = '-D -p udp --orig-dst 10.96.0.10 --orig-port-dst 53 --dst-nat 10.244.0.2';
  assert.equal(forgetParameters(flow).join(' '), expected);
  const unanswered = forgetParameters({ protocol: 'tcp', target: '10.244.0.2' });
  assert.equal(unanswered.join(' '), '-D -p tcp --state SYN_SENT --dst-nat 10.244.0.2');
});
