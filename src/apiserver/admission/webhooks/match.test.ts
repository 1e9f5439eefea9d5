import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Deployments, Nodes, Pods } from '../../../api/resources.ts';
import { wants, type Candidate, type Webhook } from './match.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const base = { name: 'w', clientConfig: {}, sideEffects: 'None', admissionReviewVersions: ['v1'] };
const webhook = (change: object): Webhook => ({ ...base, rules: [rule], ...change }) as Webhook;
const pod: Candidate = {
  operation: 'CREATE',
  resource: Pods,
  subresource: '',
  namespaceLabels: { team: 'a' },
  objectLabels: [{ app: 'web' }],
};

test('wants() compares operation, group, version, resource and scope', () => {
  assert.equal(wants(webhook({}), pod), true);
  const others = [
    { operations: ['UPDATE'] },
    { apiGroups: ['apps'] },
    { apiVersions: ['v2'] },
    { resources: ['pods/status'] },
    { scope: 'Cluster' },
  ];
  for (const other of others) assert.equal(wants(webhook({ rules: [{ ...rule, ...other }] }), pod), false);
  const any = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'] };
  const all = webhook({ rules: [{ ...any, resources: ['*'] }] });
  assert.equal(wants(all, { ...pod, resource: Deployments }), true);
  assert.equal(wants(all, { ...pod, subresource: 'status' }), false);
  for (const resources of [['*/*'], ['pods/*'], ['*/status']]) {
    assert.equal(
      wants(webhook({ rules: [{ ...any, resources }] }), { ...pod, subresource: 'status' }),
      true,
      `${resources[0]}`,
    );
  }
});

test('wants() asks the labels of the namespace and of the object, old or new', () => {
  const inTeam = webhook({ namespaceSelector: { matchLabels: { team: 'b' } } });
  assert.equal(wants(inTeam, pod), false);
  assert.equal(wants(inTeam, { ...pod, namespaceLabels: { team: 'b' } }), true);
  assert.equal(
    wants(webhook({ ...inTeam, rules: [{ ...rule, resources: ['nodes'] }] }), {
      ...pod,
      resource: Nodes,
      namespaceLabels: 'none',
    }),
    true,
  );
  const ofApp = webhook({ objectSelector: { matchLabels: { app: 'db' } } });
  assert.equal(wants(ofApp, pod), false);
  assert.equal(wants(ofApp, { ...pod, objectLabels: [{}, { app: 'db' }] }), true);
});
