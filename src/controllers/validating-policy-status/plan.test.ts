import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ValidatingAdmissionPolicy } from '../../api/groups/admissionregistration.v1.ts';
import { ConfigMap } from '../../api/groups/core.v1.ts';
import { Deployment } from '../../api/groups/apps.v1.ts';
import { planStatus } from './plan.ts';

const known = [
  { plural: 'deployments', type: Deployment },
  { plural: 'configmaps', type: ConfigMap },
];

function policy(spec: object, observedGeneration?: number): ValidatingAdmissionPolicy {
  const rule = { operations: ['*'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };
  const whole = { matchConstraints: { resourceRules: [rule] }, validations: [], ...spec };
  const status = observedGeneration === undefined ? {} : { observedGeneration };
  return { metadata: { name: 'p', generation: 2 }, spec: whole, status } as unknown as ValidatingAdmissionPolicy;
}

test('planStatus() says nothing against expressions that fit the kind', () => {
  const validations = [
    { expression: "object.spec.replicas <= 5 && object.metadata.namespace != 'x'" },
    { expression: "object.spec.template.spec.containers.all(c, c.image.startsWith('registry/'))" },
    { expression: 'variables.few', messageExpression: 'string(object.spec.replicas)' },
  ];
  const variables = [{ name: 'few', expression: 'object.spec.replicas < 9' }];
  assert.deepEqual(planStatus(policy({ validations, variables }), known), { observedGeneration: 2, typeChecking: {} });
});

test('planStatus() warns of fields that the kind does not have, and of types that do not fit', () => {
  const validations = [{ expression: 'object.spec.nothing > 1' }, { expression: "object.spec.replicas == 'many'" }];
  const expressionWarnings = [
    {
      fieldRef: 'spec.validations[0].expression',
      warning:
        "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'nothing'\n | object.spec.nothing > 1\n | ...........^\n",
    },
    {
      fieldRef: 'spec.validations[1].expression',
      warning:
        "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_==_' applied to '(int, string)'\n | object.spec.replicas == 'many'\n | .....................^\n",
    },
  ];
  assert.deepEqual(planStatus(policy({ validations }), known)?.typeChecking, { expressionWarnings });
});

test('planStatus() checks parameters by their kind', () => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const good = policy({ paramKind, validations: [{ expression: "params.data['max'] == 'x'" }] });
  assert.deepEqual(planStatus(good, known)?.typeChecking, {});
  const bad = policy({ paramKind, validations: [{ expression: 'params.max > 1' }] });
  assert.match(planStatus(bad, known)?.typeChecking?.expressionWarnings?.[0]?.warning ?? '', /undefined field 'max'/);
});

test('planStatus() looks at no wildcards, and at each generation once', () => {
  const rule = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };
  const validations = [{ expression: 'object.nothing' }];
  const wide = policy({ matchConstraints: { resourceRules: [rule] }, validations });
  assert.deepEqual(planStatus(wide, known)?.typeChecking, {});
  assert.equal(planStatus(policy({ validations }, 2), known), undefined);
});
