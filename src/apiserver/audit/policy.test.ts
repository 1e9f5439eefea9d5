import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequestInfo } from '../request-info.ts';
import { createDecideAudit, type PolicyRule } from './policy.ts';
import { PolicyError, readAuditPolicy } from './read-audit-policy.ts';

function levelOf(rule: Omit<PolicyRule, 'level'>, method: string, path: string, name = 'alice', groups = ['devs']) {
  const decide = createDecideAudit({ rules: [{ level: 'Request', ...rule }, { level: 'None' }] });
  return decide({ name, groups }, readRequestInfo(method, path, new URLSearchParams())).level;
}

test('createDecideAudit() holds a rule against user, group, verb, resource, namespace, name and path', () => {
  const pod = '/api/v1/namespaces/a/pods/x';
  const pods = { resources: [{ group: '', resources: ['pods'] }] };
  const cases: readonly (readonly [Omit<PolicyRule, 'level'>, string, string, boolean])[] = [
    [{}, 'GET', pod, true],
    [{ users: ['alice'] }, 'GET', pod, true],
    [{ users: ['bob'] }, 'GET', pod, false],
    [{ userGroups: ['devs'] }, 'GET', pod, true],
    [{ userGroups: ['ops'] }, 'GET', pod, false],
    [{ verbs: ['get', 'list'] }, 'GET', pod, true],
    [{ verbs: ['create'] }, 'GET', pod, false],
    [{ namespaces: ['a'] }, 'GET', pod, true],
    [{ namespaces: ['b'] }, 'GET', pod, false],
    [{ namespaces: [''] }, 'GET', '/api/v1/nodes/x', true],
    [{ namespaces: ['a'] }, 'GET', '/version', false],
    [pods, 'GET', pod, true],
    [pods, 'GET', `${pod}/log`, false],
    [{ resources: [{ group: 'apps' }] }, 'GET', pod, false],
    [{ resources: [{ group: 'apps' }] }, 'GET', '/apis/apps/v1/deployments', true],
    [{ resources: [{ group: '', resources: ['pods/log'] }] }, 'GET', `${pod}/log`, true],
    [{ resources: [{ group: '', resources: ['pods/*'] }] }, 'GET', `${pod}/log`, true],
    [{ resources: [{ group: '', resources: ['*/log'] }] }, 'GET', `${pod}/log`, true],
    [{ resources: [{ group: '', resources: ['*/log'] }] }, 'GET', pod, false],
    [{ resources: [{ group: '', resources: ['*'] }] }, 'GET', `${pod}/log`, true],
    [{ resources: [{ group: '', resources: ['pods'], resourceNames: ['x'] }] }, 'GET', pod, true],
    [{ resources: [{ group: '', resources: ['pods'], resourceNames: ['y'] }] }, 'GET', pod, false],
    [{ nonResourceURLs: ['/healthz*'] }, 'GET', '/healthz/etcd', true],
    [{ nonResourceURLs: ['/healthz'] }, 'GET', '/healthz/etcd', false],
    [{ nonResourceURLs: ['*'] }, 'GET', pod, false],
  ];
  for (const [rule, method, path, matches] of cases) {
    assert.equal(levelOf(rule, method, path), matches ? 'Request' : 'None', `${JSON.stringify(rule)} ${path}`);
  }
});

test('createDecideAudit() adds the stages of the rule to those of the policy, and tells nothing without a rule', () => {
  const decide = createDecideAudit({
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: [{ level: 'Metadata', verbs: ['get'], omitStages: ['Panic'], omitManagedFields: false }],
  });
  const get = decide({ name: 'a', groups: [] }, { verb: 'get', path: '/version' });
  assert.deepEqual([...get.omitStages], ['RequestReceived', 'Panic']);
  assert.equal(get.omitManagedFields, false);
  assert.equal(decide({ name: 'a', groups: [] }, { verb: 'post', path: '/version' }).level, 'None');
});

const policy = (rest: string): string => `apiVersion: audit.k8s.io/v1\nkind: Policy\n${rest}`;

test('readAuditPolicy() reads a policy', () => {
  const read = readAuditPolicy(policy('rules:\n- level: Metadata\n  users: [a]\n'));
  assert.deepEqual(read.rules, [{ level: 'Metadata', users: ['a'] }]);
});

test('readAuditPolicy() names what is wrong', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['kind: Pod\napiVersion: v1', /must hold a Policy of audit\.k8s\.io\/v1, not Pod of v1/],
    [policy('rules: []'), /no rules/],
    [policy('rules:\n- level: All'), /rules\[0\]\.level: Unsupported value: "All"/],
    [policy('omitStages: [Later]\nrules:\n- level: None'), /omitStages\[0\]: Invalid value: "Later"/],
    [policy('rules:\n- {level: None, nonResourceURLs: [a]}'), /must begin with a '\/'/],
    [policy('rules:\n- {level: None, nonResourceURLs: ["/a*b"]}'), /must be the final character/],
    [policy('rules:\n- {level: None, nonResourceURLs: ["/a"], namespaces: [b]}'), /cannot apply to both/],
    [policy('rules:\n- {level: None, resources: [{resourceNames: [a]}]}'), /requires at least one resource/],
    ['a: [', /no YAML/],
    ['just text', /no object/],
  ];
  for (const [text, message] of faults) {
    assert.throws(
      () => readAuditPolicy(text),
      (error) => error instanceof PolicyError && message.test(error.message),
      text,
    );
  }
});
