import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValidatingAdmissionPolicies } from '../../api/resources.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { validatingPolicyStatusController } from './reconcile.ts';

test('validatingPolicyStatusController tells the types that expressions get wrong', async () => {
  await runCluster([validatingPolicyStatusController], async ({ api, quiet }) => {
    const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] };
    await api.create(ValidatingAdmissionPolicies, {
      metadata: { name: 'p' },
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: 'object.date.size() > 0' }],
      },
    });
    await quiet();
    const { status } = await api.get(ValidatingAdmissionPolicies, { name: 'p' });
    assert.equal(status.observedGeneration, 1);
    assert.match(
      status.typeChecking?.expressionWarnings?.[0]?.warning ?? '',
      /^v1, Kind=ConfigMap: .*undefined field 'date'/,
    );
  });
});
