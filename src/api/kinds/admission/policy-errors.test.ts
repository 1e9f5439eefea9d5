import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldError } from '../../field-error.ts';
import type {
  MutatingAdmissionPolicy,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../groups/admissionregistration.v1.ts';
import { mutatingPolicyErrors, validatingBindingErrors, validatingPolicyErrors } from './policy-errors.ts';

const texts = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

const matchConstraints = {
  matchPolicy: 'Equivalent',
  resourceRules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
};

const validating = (spec: object): readonly string[] => {
  const whole = { failurePolicy: 'Fail', matchConstraints, validations: [{ expression: 'true' }], ...spec };
  return texts(
    validatingPolicyErrors({ metadata: { name: 'p' }, spec: whole } as unknown as ValidatingAdmissionPolicy),
  );
};

test('validatingPolicyErrors() refuses policies that say nothing', () => {
  assert.deepEqual(validating({}), []);
  assert.deepEqual(validating({ validations: [] }), [
    'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
    'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
  ]);
  assert.deepEqual(validating({ matchConstraints: null }), ['spec.matchConstraints: Required value']);
  assert.deepEqual(validating({ validations: [{ expression: ' ' }] }), [
    'spec.validations[0].expression: Required value: expression is not specified',
  ]);
});

test('mutatingPolicyErrors() wants the patch that goes with its type', () => {
  const errors = (mutation: object): readonly string[] => {
    const spec = { failurePolicy: 'Fail', reinvocationPolicy: 'Never', matchConstraints, mutations: [mutation] };
    return texts(mutatingPolicyErrors({ metadata: { name: 'p' }, spec } as unknown as MutatingAdmissionPolicy));
  };
  assert.deepEqual(errors({ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }), []);
  assert.deepEqual(errors({ patchType: 'JSONPatch' }), [
    'spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch',
  ]);
  assert.deepEqual(errors({ patchType: 'Magic' }), [
    'spec.mutations[0].patchType: Unsupported value: "Magic": supported values: "ApplyConfiguration", "JSONPatch"',
  ]);
});

test('validatingBindingErrors() refuses actions that contradict each other and parameters named twice', () => {
  const errors = (spec: object): readonly string[] =>
    texts(
      validatingBindingErrors({
        spec: { policyName: 'p', validationActions: ['Deny'], ...spec },
      } as unknown as ValidatingAdmissionPolicyBinding),
    );
  assert.deepEqual(errors({}), []);
  assert.deepEqual(errors({ validationActions: ['Audit', 'Audit'] }), [
    'spec.validationActions[1]: Duplicate value: "Audit"',
  ]);
  assert.match(errors({ validationActions: ['Deny', 'Warn'] }).join(), /must not contain both Deny and Warn/);
  assert.deepEqual(errors({ paramRef: { name: 'x', selector: {}, parameterNotFoundAction: 'Deny' } }), [
    'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
    'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
  ]);
});
