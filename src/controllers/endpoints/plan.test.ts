import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoints, Pod, Service } from '../../api/groups/core.v1.ts';
import { metadata, pod, service, startTime } from '../testing/objects.ts';
import { planEndpoints } from './plan.ts';

const at = (name: string, podIP: string, ready = true, meta: object = {}): Pod =>
  pod(name, {
    status: { podIP, podIPs: [{ ip: podIP }] },
    meta,
    node: 'n',
    ...(ready ? { readySince: startTime } : {}),
  });

/** `ready addresses | others : ports` of each subset. */
function script(of: Service, pods: readonly Pod[]): readonly string[] {
  const plan = planEndpoints(of, pods, undefined);
  assert.ok(plan !== 'none' && 'create' in plan);
  const ips = (list: readonly { ip: string }[] = []) => list.map(({ ip }) => ip).join(' ');
  return (plan.create.subsets ?? []).map(
    ({ addresses, notReadyAddresses, ports = [] }) =>
      `${ips(addresses)} | ${ips(notReadyAddresses)} : ${ports.map(({ name = '', port }) => `${name} ${port}`).join()}`,
  );
}

const deleting = { deletionTimestamp: startTime };
const named = service('web', { ports: [{ name: 'http', port: 80, targetPort: 'www' }] });
const withPort = (name: string, ip: string, containerPort: number): Pod => {
  const base = at(name, ip);
  const containers = [{ name: 'main', resources: {}, ports: [{ name: 'www', containerPort }] }];
  return { ...base, spec: { ...base.spec, containers } };
};

const tables: readonly { title: string; of: Service; pods: Pod[]; script: string[] }[] = [
  { title: 'is empty without pods', of: service('web'), pods: [], script: [] },
  {
    title: 'sets pods apart that are not ready',
    of: service('web'),
    pods: [at('b', '10.0.0.2'), at('a', '10.0.0.1'), at('c', '10.0.0.3', false)],
    script: ['10.0.0.1 10.0.0.2 | 10.0.0.3 : http 8080'],
  },
  {
    title: 'leaves out pods of others, without an address, finished or being deleted',
    of: service('web'),
    pods: [
      at('other', '10.0.0.1', true, { labels: { app: 'db' } }),
      pod('pending'),
      pod('done', { phase: 'Succeeded', status: { podIP: '10.0.0.4' } }),
      at('going', '10.0.0.2', true, deleting),
    ],
    script: [],
  },
  {
    title: 'has everything when what is not ready is published',
    of: service('web', { publishNotReadyAddresses: true }),
    pods: [at('a', '10.0.0.1', false), at('b', '10.0.0.2', true, deleting)],
    script: ['10.0.0.1 10.0.0.2 |  : http 8080'],
  },
  {
    title: 'resolves the names of ports in each pod',
    of: named,
    pods: [withPort('a', '10.0.0.1', 1000), withPort('b', '10.0.0.2', 2000), at('c', '10.0.0.3')],
    script: ['10.0.0.1 |  : http 1000', '10.0.0.2 |  : http 2000'],
  },
  {
    title: 'has addresses without ports when headless',
    of: service('web', { clusterIP: 'None', ports: [] }),
    pods: [at('a', '10.0.0.1')],
    script: ['10.0.0.1 |  : '],
  },
];

for (const { title, of, pods, script: expected } of tables) {
  test(`planEndpoints() ${title}`, () => assert.deepEqual(script(of, pods), expected));
}

test('planEndpoints() changes nothing when nothing has changed', () => {
  const of = service('web', {}, { labels: { tier: 'front' } });
  const pods = [at('a', '10.0.0.1')];
  const created = planEndpoints(of, pods, undefined);
  assert.ok(created !== 'none' && 'create' in created);
  assert.equal(created.create.metadata.labels?.['tier'], 'front');
  const existing: Endpoints = { ...created.create, metadata: metadata('web', created.create.metadata) };
  assert.equal(planEndpoints(of, pods, existing), 'none');
  assert.notEqual(planEndpoints(of, [], existing), 'none');
});

test('planEndpoints() holds 1000 addresses at most, and says so', () => {
  const pods = Array.from({ length: 1001 }, (_, i) => at(`p${i}`, `10.0.${i >> 8}.${i & 255}`));
  const plan = planEndpoints(service('web'), pods, undefined);
  assert.ok(plan !== 'none' && 'create' in plan);
  assert.equal(plan.create.subsets?.[0]?.addresses?.length, 1000);
  assert.equal(plan.create.metadata.annotations?.['endpoints.kubernetes.io/over-capacity'], 'truncated');
});
