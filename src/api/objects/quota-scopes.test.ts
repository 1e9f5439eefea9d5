import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ResourceQuotaSpec } from '../groups/core.v1.ts';
import { ConfigMaps, Pods } from '../resources.ts';
import { matchesQuotaScopes } from './quota-scopes.ts';

const metadata = {
  name: 'x',
  namespace: 'default',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
};

function pod(spec: Partial<Pod['spec']>): Pod {
  const containers = [{ name: 'c', resources: {} }];
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers, ...spec }, status: {} };
}

const plain = pod({});
const short = pod({ activeDeadlineSeconds: 0 });
const asking = pod({ containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] });
const high = pod({ priorityClassName: 'high' });
const term = { topologyKey: 'zone', namespaces: ['other'] };
const crossing = pod({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } });

const priority = (operator: string, values: readonly string[] = []): ResourceQuotaSpec => ({
  scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, values }] },
});

const tables: readonly { spec: ResourceQuotaSpec; in: readonly Pod[]; out: readonly Pod[] }[] = [
  { spec: {}, in: [plain, high], out: [] },
  { spec: { scopes: ['Terminating'] }, in: [short], out: [plain] },
  { spec: { scopes: ['NotTerminating', 'BestEffort'] }, in: [plain], out: [short, asking] },
  { spec: { scopes: ['NotBestEffort'] }, in: [asking], out: [plain] },
  { spec: { scopes: ['PriorityClass'] }, in: [high], out: [plain] },
  { spec: priority('In', ['high']), in: [high], out: [plain] },
  { spec: priority('NotIn', ['high']), in: [plain], out: [high] },
  { spec: priority('DoesNotExist'), in: [plain], out: [high] },
  { spec: { scopes: ['CrossNamespacePodAffinity'] }, in: [crossing], out: [plain] },
];

test('matchesQuotaScopes() takes in what all scopes take in', () => {
  for (const { spec, in: inside, out } of tables) {
    const name = JSON.stringify(spec);
    for (const one of inside) assert.equal(matchesQuotaScopes(spec, Pods, one), true, name);
    for (const one of out) assert.equal(matchesQuotaScopes(spec, Pods, one), false, name);
  }
});

test('matchesQuotaScopes() takes in objects that scopes know nothing about only without scopes', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  assert.equal(matchesQuotaScopes({}, ConfigMaps, object), true);
  assert.equal(matchesQuotaScopes({ scopes: ['NotTerminating'] }, ConfigMaps, object), false);
});
