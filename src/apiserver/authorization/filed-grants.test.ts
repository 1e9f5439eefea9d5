import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from '../../api/groups/rbac.v1.ts';
import type { Entry } from '../registry/entry.ts';
import type { ChangeItem } from '../registry/watch.ts';
import { FiledGrants } from './filed-grants.ts';

const group = 'rbac.authorization.k8s.io';
const alice: Subject = { kind: 'User', apiGroup: group, name: 'alice' };
const devs: Subject = { kind: 'Group', apiGroup: group, name: 'devs' };
const robot: Subject = { kind: 'ServiceAccount', name: 'robot' };

function change(type: ChangeItem['type'], name: string, namespace: string, subjects: readonly Subject[]): ChangeItem {
  const metadata = namespace === '' ? { name } : { name, namespace };
  const object = { metadata, subjects, roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'view' } };
  return { type, entry: { key: `${namespace}/${name}`, object } as unknown as Entry };
}

test('FiledGrants finds what holds for a user in a namespace, and keeps up with changes', () => {
  const grants = new FiledGrants();
  const names = (name: string, groups: readonly string[], namespace: string): readonly string[] =>
    [...grants.of({ name, groups }, namespace)].map(({ binding }) => binding.metadata.name);
  grants.take(change('ADDED', 'here', 'a', [alice, robot]));
  grants.take(change('ADDED', 'there', 'b', [alice]));
  grants.take(change('ADDED', 'everywhere', '', [devs]));
  assert.deepEqual(names('alice', ['devs'], 'a'), ['everywhere', 'here']);
  assert.deepEqual(names('alice', ['devs'], ''), ['everywhere']);
  assert.deepEqual(names('system:serviceaccount:a:robot', [], 'a'), ['here']);
  assert.deepEqual(names('system:serviceaccount:b:robot', [], 'a'), []);

  grants.take(change('MODIFIED', 'here', 'a', [devs]));
  grants.take(change('DELETED', 'everywhere', '', [devs]));
  assert.deepEqual(names('alice', [], 'a'), []);
  assert.deepEqual(names('alice', ['devs'], 'a'), ['here']);
  assert.deepEqual(names('alice', [], 'b'), ['there']);
});

test('FiledGrants leaves no right behind when a binding was stored wrongly and is deleted', () => {
  const grants = new FiledGrants();
  const wrong = change('ADDED', 'wrong', 'a', [alice, null as unknown as Subject]);
  assert.throws(() => grants.take(wrong));
  grants.take(change('DELETED', 'wrong', 'a', []));
  assert.deepEqual([...grants.of({ name: 'alice', groups: [] }, 'a')], []);
});
