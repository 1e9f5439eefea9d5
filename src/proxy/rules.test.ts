import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServiceSpec } from '../api/groups/core.v1.ts';
import type { Endpoint } from '../api/groups/discovery.v1.ts';
import { serviceRules, type ServiceRule } from './rules.ts';
import { testEndpoint, testService, testSlice } from './test-objects.ts';

const clusterIP = '10.96.0.10';

function rulesOf(spec: ServiceSpec, endpoints: readonly Endpoint[]): readonly ServiceRule[] {
  const services = [testService('web', { clusterIP, ...spec })];
  return serviceRules({ services, slices: [testSlice('web', { endpoints })], nodeName: 'here' });
}

function ruleOf(spec: ServiceSpec, endpoints: readonly Endpoint[]): ServiceRule {
  const [rule] = rulesOf(spec, endpoints);
  assert(rule);
  return rule;
}

const here = testEndpoint('10.244.0.2');
const there = testEndpoint('10.244.1.2', { nodeName: 'there' });
const both = {
  type: 'balance',
  targets: [
    { ip: '10.244.0.2', port: 8080 },
    { ip: '10.244.1.2', port: 8080 },
  ],
};
const local = { type: 'balance', targets: [{ ip: '10.244.0.2', port: 8080 }] };

test('serviceRules() leads a cluster IP to all ready endpoints', () => {
  const notReady = testEndpoint('10.244.0.9', { conditions: { ready: false } });
  assert.deepEqual(ruleOf({}, [there, here, notReady]), {
    name: 'default/web/tcp/http',
    protocol: 'tcp',
    clusterIp: clusterIP,
    port: 80,
    nodePort: 0,
    externalIps: [],
    guardedIps: [],
    sourceRanges: [],
    affinitySeconds: 0,
    inside: both,
    outside: both,
    everywhere: both,
    keepsClientIp: false,
  });
});

test('serviceRules() rejects without endpoints', () => {
  assert.deepEqual(ruleOf({}, []).inside, { type: 'reject' });
});

test('serviceRules() falls back to endpoints that serve while they terminate', () => {
  const leaving = testEndpoint('10.244.0.2', { conditions: { ready: false, serving: true, terminating: true } });
  assert.deepEqual(ruleOf({}, [leaving]).inside, local);
  assert.deepEqual(ruleOf({}, [leaving, there]).inside, {
    type: 'balance',
    targets: [{ ip: '10.244.1.2', port: 8080 }],
  });
});

test('serviceRules() keeps traffic on the node where a policy says Local', () => {
  const inside = ruleOf({ internalTrafficPolicy: 'Local' }, [here, there]);
  assert.deepEqual([inside.inside, inside.outside], [local, both]);
  const outside = ruleOf({ type: 'NodePort', externalTrafficPolicy: 'Local' }, [here, there]);
  assert.deepEqual([outside.inside, outside.outside, outside.keepsClientIp], [both, local, true]);
  assert.deepEqual(ruleOf({ internalTrafficPolicy: 'Local' }, [there]).inside, { type: 'drop' });
});

test('serviceRules() knows node ports, external addresses and session affinity', () => {
  const rule = ruleOf(
    {
      type: 'NodePort',
      ports: [{ name: 'http', port: 80, nodePort: 30080, targetPort: 8080 }],
      externalIPs: ['192.0.2.7'],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    },
    [here],
  );
  assert.deepEqual([rule.nodePort, rule.externalIps, rule.affinitySeconds], [30080, ['192.0.2.7'], 60]);
  assert.equal(ruleOf({ sessionAffinity: 'ClientIP' }, [here]).affinitySeconds, 10_800);
});

test('serviceRules() serves the addresses of load balancers, but for those that want the traffic themselves', () => {
  const spec = {
    type: 'LoadBalancer',
    clusterIP,
    loadBalancerSourceRanges: ['192.0.2.0/24', ' 2001:db8::/32', '192.0.2.0/24'],
  };
  const ingress = [
    { ip: '203.0.113.5' },
    { ip: '203.0.113.6', ipMode: 'Proxy' },
    { hostname: 'lb.example.com' },
    { ip: 'fd00::5' },
  ];
  const balanced = { ...testService('web', spec), status: { loadBalancer: { ingress } } };
  const slices = [testSlice('web', { endpoints: [here] })];
  const [rule] = serviceRules({ services: [balanced], slices, nodeName: 'here' });
  assert.deepEqual(rule?.externalIps, ['203.0.113.5']);
  assert.deepEqual([rule?.guardedIps, rule?.sourceRanges], [['203.0.113.5'], ['192.0.2.0/24']]);
  const open = { ...balanced, spec: { ...balanced.spec, loadBalancerSourceRanges: [] } };
  const [unguarded] = serviceRules({ services: [open], slices, nodeName: 'here' });
  assert.deepEqual([unguarded?.guardedIps, unguarded?.sourceRanges], [[], []]);
});

test('serviceRules() tells ports apart by name and protocol', () => {
  const services = [
    testService('dns', {
      clusterIP,
      ports: [
        { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, targetPort: 53, protocol: 'TCP' },
      ],
    }),
  ];
  const ports = [
    { name: 'dns', port: 1053, protocol: 'UDP' },
    { name: 'dns-tcp', port: 1054, protocol: 'TCP' },
  ];
  const slices = [testSlice('dns', { endpoints: [here], ports })];
  const rules = serviceRules({ services, slices, nodeName: 'here' });
  assert.deepEqual(
    rules.map(({ protocol, inside }) => [protocol, inside.type === 'balance' && inside.targets[0]?.port]),
    [
      ['tcp', 1054],
      ['udp', 1053],
    ],
  );
});

test('serviceRules() leaves out what no proxy serves', () => {
  for (const spec of [{ clusterIP: 'None' }, { type: 'ExternalName' }, { clusterIP: '' }, { clusterIP: 'fd00::1' }]) {
    assert.deepEqual(rulesOf(spec, [here]), [], JSON.stringify(spec));
  }
});
