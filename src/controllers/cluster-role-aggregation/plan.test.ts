import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRole, PolicyRule } from '../../api/groups/rbac.v1.ts';
import { clusterRole } from '../testing/objects.ts';
import { planAggregatedRules } from './plan.ts';

const rule = (resource: string): PolicyRule => ({ verbs: ['get'], apiGroups: [''], resources: [resource] });
const aggregated = (name: string, labels: readonly string[], rules: readonly PolicyRule[] = []): ClusterRole => ({
  ...clusterRole(name, rules),
  aggregationRule: { clusterRoleSelectors: labels.map((label) => ({ matchLabels: { [label]: 'true' } })) },
});

const b = clusterRole('b', [rule('pods'), rule('services')], { view: 'true' });
const a = clusterRole('a', [rule('secrets'), rule('pods')], { view: 'true' });
const other = clusterRole('other', [rule('nodes')], { edit: 'true' });

const tables: readonly { title: string; of: ClusterRole; rules: readonly PolicyRule[] | undefined }[] = [
  { title: 'leaves a role without the rule alone', of: clusterRole('own', [rule('nodes')]), rules: undefined },
  {
    title: 'takes the rules of matching roles in the order of their names, each once',
    of: aggregated('sum', ['view']),
    rules: [rule('secrets'), rule('pods'), rule('services')],
  },
  {
    title: 'goes from one selector to the next',
    of: aggregated('sum', ['edit', 'view']),
    rules: [rule('nodes'), rule('secrets'), rule('pods'), rule('services')],
  },
  { title: 'takes rules away that no role has any more', of: aggregated('sum', ['none'], [rule('pods')]), rules: [] },
  { title: 'has nothing to do when all is there', of: aggregated('sum', ['edit'], [rule('nodes')]), rules: undefined },
];

for (const { title, of, rules } of tables) {
  test(`planAggregatedRules() ${title}`, () => {
    assert.deepEqual(planAggregatedRules(of, [b, a, other, of]), rules);
  });
}

test('planAggregatedRules() does not count the role itself when its own labels match', () => {
  const self = { ...aggregated('sum', ['view'], [rule('nodes')]) };
  const labelled = { ...self, metadata: { ...self.metadata, labels: { view: 'true' } } };
  assert.deepEqual(planAggregatedRules(labelled, [labelled]), []);
});
