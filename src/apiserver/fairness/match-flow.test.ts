import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowSchema } from '../../api/groups/flowcontrol.v1.ts';
import { flowSchemas } from '../bootstrap/flow-control.ts';
import { readRequestInfo } from '../request-info.ts';
import { createMatchFlow } from './match-flow.ts';

const match = createMatchFlow(flowSchemas as readonly unknown[] as readonly FlowSchema[]);

function schemaFor(name: string, groups: readonly string[], method: string, path: string): string | undefined {
  const info = readRequestInfo(method, path, new URLSearchParams());
  return match({ name, groups }, info)?.metadata.name;
}

const authenticated = 'system:authenticated';

test('createMatchFlow() finds the schema that each kind of client belongs to at the start of a cluster', () => {
  const nodes = ['system:nodes', authenticated];
  const accounts = ['system:serviceaccounts', 'system:serviceaccounts:default', authenticated];
  const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x';
  const cases: readonly (readonly [string, readonly string[], string, string, string])[] = [
    ['admin', ['system:masters', authenticated], 'GET', '/api/v1/pods', 'exempt'],
    ['anyone', ['system:unauthenticated'], 'GET', '/readyz', 'probes'],
    ['anyone', ['system:unauthenticated'], 'GET', '/api/v1/pods', 'global-default'],
    ['system:node:a', nodes, 'PATCH', '/api/v1/nodes/a/status', 'system-node-high'],
    ['system:node:a', nodes, 'GET', '/api/v1/pods', 'system-nodes'],
    ['system:kube-scheduler', [authenticated], 'PUT', lease, 'system-leader-election'],
    ['system:kube-scheduler', [authenticated], 'DELETE', lease, 'kube-scheduler'],
    ['system:kube-controller-manager', [authenticated], 'GET', '/api/v1/pods', 'kube-controller-manager'],
    ['system:serviceaccount:kube-system:dns', accounts, 'GET', '/api/v1/pods', 'kube-system-service-accounts'],
    ['system:serviceaccount:default:app', accounts, 'GET', '/api/v1/pods', 'service-accounts'],
    ['alice', ['devs', authenticated], 'POST', '/api/v1/namespaces/default/pods', 'global-default'],
    ['alice', ['devs', authenticated], 'GET', '/version', 'global-default'],
  ];
  for (const [name, groups, method, path, wanted] of cases) {
    assert.equal(schemaFor(name, groups, method, path), wanted, `${name} ${method} ${path}`);
  }
});

const custom = (name: string, matchingPrecedence: number, rule: object): FlowSchema =>
  ({
    metadata: { name },
    spec: { matchingPrecedence, priorityLevelConfiguration: { name: 'x' }, rules: [rule] },
  }) as unknown as FlowSchema;

test('createMatchFlow() holds a rule to its subresources, scope and namespaces', () => {
  const subjects = [{ kind: 'User', user: { name: '*' } }];
  const resourceRule = { verbs: ['get'], apiGroups: [''], resources: ['pods/log'], namespaces: ['a'] };
  const matchCustom = createMatchFlow([custom('logs', 1, { subjects, resourceRules: [resourceRule] })]);
  const find = (path: string): string | undefined =>
    matchCustom({ name: 'bob', groups: [] }, readRequestInfo('GET', path, new URLSearchParams()))?.metadata.name;
  assert.equal(find('/api/v1/namespaces/a/pods/x/log'), 'logs');
  assert.equal(find('/api/v1/namespaces/b/pods/x/log'), undefined);
  assert.equal(find('/api/v1/namespaces/a/pods/x'), undefined);
  assert.equal(find('/api/v1/pods'), undefined);
});

test('createMatchFlow() takes the first by name among those of one precedence', () => {
  const rule = {
    subjects: [{ kind: 'Group', group: { name: '*' } }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['/a/*'] }],
  };
  const matchCustom = createMatchFlow([custom('b', 5, rule), custom('a', 5, rule), custom('c', 4, { subjects: [] })]);
  const find = (path: string): string | undefined =>
    matchCustom({ name: 'bob', groups: [] }, readRequestInfo('GET', path, new URLSearchParams()))?.metadata.name;
  assert.equal(find('/a/b'), 'a');
  assert.equal(find('/a'), undefined);
});
