import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod } from '../../api/groups/core.v1.ts';
import { containerEnvironment } from './environment.ts';
import { expandReferences } from './expand.ts';
import { fieldValue, resourceFieldValue, type FieldFacts } from './field-value.ts';

const container: Container = {
  name: 'main',
  resources: { limits: { memory: '64Mi' }, requests: { cpu: '250m' } },
};
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web',
    namespace: 'shop',
    uid: 'u1',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    labels: { app: 'a', tier: 'front "x"' },
  },
  spec: { containers: [container], serviceAccountName: 'robot' },
  status: {},
};
const facts: FieldFacts = {
  pod,
  nodeName: 'node-1',
  nodeIps: ['10.0.0.1'],
  podIps: ['10.1.0.1', 'fd00::1'],
  allocatable: { cpu: '2', memory: '1Gi' },
};

test('expandReferences() replaces what it knows, leaves what it does not, and halves dollars', () => {
  const values = new Map([
    ['A', '1'],
    ['B', '$(A)'],
  ]);
  const cases = [
    ['$(A)', '1'],
    ['x$(A)y$(A)', 'x1y1'],
    ['$(B)', '$(A)'],
    ['$(C)', '$(C)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$1'],
    ['$A $ $( $()', '$A $ $( $()'],
  ] as const;
  for (const [text, wanted] of cases) assert.equal(expandReferences(text, values), wanted, text);
});

test('fieldValue() gives the fields that pods may know of themselves', () => {
  const cases = [
    ['metadata.name', 'web'],
    ["metadata.labels['app']", 'a'],
    ["metadata.annotations['none']", ''],
    ['metadata.labels', 'app="a"\ntier="front \\"x\\""'],
    ['spec.nodeName', 'node-1'],
    ['spec.serviceAccountName', 'robot'],
    ['status.podIPs', '10.1.0.1,fd00::1'],
    ['status.hostIP', '10.0.0.1'],
    ['spec.unknown', undefined],
  ] as const;
  for (const [path, wanted] of cases) assert.equal(fieldValue(path, facts), wanted, path);
});

test('resourceFieldValue() rounds up to the divisor, and takes the node for what has no limit', () => {
  const cases = [
    ['limits.memory', '1Mi', '64'],
    ['limits.memory', '', String(64 * 1024 * 1024)],
    ['requests.cpu', '1', '1'],
    ['requests.cpu', '1m', '250'],
    ['limits.cpu', '1', '2'],
    ['requests.memory', '1Mi', '64'],
  ] as const;
  for (const [resource, divisor, wanted] of cases) {
    assert.equal(resourceFieldValue({ resource, divisor }, container, facts), wanted, `${resource} ${divisor}`);
  }
});

test('containerEnvironment() rejects for what is not there, unless it is optional', async () => {
  const sources = {
    configMap: async (name: string) => (name === 'there' ? { a: '1' } : undefined),
    secret: async () => undefined,
  };
  const ask = (own: Partial<Container>) =>
    containerEnvironment({ container: { ...container, ...own }, facts, services: new Map(), sources });
  const cases: readonly (readonly [Partial<Container>, RegExp])[] = [
    [{ envFrom: [{ configMapRef: { name: 'gone' } }] }, /^ConfigError: configmap "gone" not found$/],
    [{ envFrom: [{ secretRef: { name: 'gone' } }] }, /secret "gone" not found/],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'there', key: 'b' } } }] },
      /couldn't find key b in ConfigMap shop\/there/,
    ],
  ];
  for (const [own, wanted] of cases) await assert.rejects(ask(own), wanted);
  const optional = await ask({
    envFrom: [{ configMapRef: { name: 'gone', optional: true } }],
    env: [
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'there', key: 'b', optional: true } } },
      { name: 'B', valueFrom: { configMapKeyRef: { name: 'there', key: 'a' } } },
    ],
  });
  assert.deepEqual([...optional], [['B', '1']]);
});
