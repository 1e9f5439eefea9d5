import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyRule } from '../../api/groups/rbac.v1.ts';
import { escalation } from './escalation.ts';

const user = { name: 'alice', groups: ['devs', 'system:authenticated'] };
const rule = (verbs: string, resources: string, apiGroups = ''): PolicyRule => ({
  verbs: verbs.split(','),
  apiGroups: apiGroups.split(','),
  resources: resources.split(','),
});

test('escalation() finds nothing in what the user holds', () => {
  const held = [rule('get,list', 'pods,services'), rule('*', '*', 'apps'), rule('get', '*/status')];
  for (const wanted of [
    rule('get', 'services'),
    { ...rule('list', 'pods'), resourceNames: ['a'] },
    rule('delete', 'deployments', 'apps'),
    rule('get', 'nodes/status'),
  ]) {
    assert.equal(escalation(user, held, [wanted]), undefined, JSON.stringify(wanted));
  }
});

test('escalation() names what is lacking, verbs together and sorted', () => {
  const held = [rule('get', 'pods'), { verbs: ['get'], nonResourceURLs: ['/metrics/*'] }];
  const wanted = [
    rule('get,list,watch', 'pods'),
    { ...rule('get', 'secrets'), resourceNames: ['x'] },
    { verbs: ['get'], nonResourceURLs: ['/metrics/a', '/logs'] },
  ];
  assert.equal(
    escalation(user, held, wanted),
    'user "alice" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n' +
      '{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}\n' +
      '{APIGroups:[""], Resources:["secrets"], ResourceNames:["x"], Verbs:["get"]}\n' +
      '{NonResourceURLs:["/logs"], Verbs:["get"]}',
  );
});
