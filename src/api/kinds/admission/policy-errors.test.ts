import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldError } from '../../field-error.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../groups/admissionregistration.v1.ts';
import {
  mutatingBindingErrors,
  mutatingPolicyErrors,
  policyStatusErrors,
  validatingBindingErrors,
  validatingPolicyErrors,
} from './policy-errors.ts';

const texts = (errors: readonly FieldError[]): readonly string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

const matchConstraints = {
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
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

test('validatingPolicyErrors() refuses words of the language as names of variables', () => {
  const variables = ['if', 'a', '1a', ' '].map((name) => ({ name, expression: '1' }));
  assert.deepEqual(validating({ variables }), [
    'spec.variables[0].name: Invalid value: "if": name is not a valid CEL identifier',
    'spec.variables[2].name: Invalid value: "1a": name is not a valid CEL identifier',
    'spec.variables[3].name: Required value: name is not specified',
  ]);
});

test('validatingPolicyErrors() names the part of a kind of parameters that is wrong', () => {
  const label =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{}, ['apiVersion: Required value', 'kind: Required value']],
    [{ apiVersion: 'a/b/c', kind: 'K' }, ['apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c']],
    [{ apiVersion: 'g/', kind: 'K' }, ['apiVersion: Invalid value: "g/": version must be specified']],
    [{ apiVersion: 'g/1', kind: 'K' }, [`apiVersion: Invalid value: "1": ${label}`]],
    [
      { apiVersion: 'v1', kind: '_' },
      [`kind: Invalid value: "_": may have mixed case, but should otherwise match: ${label}`],
    ],
  ];
  for (const [paramKind, expected] of cases) {
    assert.deepEqual(
      validating({ paramKind }),
      expected.map((text) => `spec.paramKind.${text}`),
    );
  }
});

test('validatingPolicyErrors() takes an empty choice for one that it does not know', () => {
  assert.deepEqual(
    validating({
      failurePolicy: '',
      matchConstraints: { resourceRules: matchConstraints.resourceRules, matchPolicy: '' },
      validations: [{ expression: 'true', reason: 'Unauthorized' }],
    }),
    [
      'spec.failurePolicy: Unsupported value: "": supported values: "Fail", "Ignore"',
      'spec.matchConstraints.matchPolicy: Unsupported value: "": supported values: "Equivalent", "Exact"',
      'spec.matchConstraints.namespaceSelector: Required value',
      'spec.matchConstraints.objectSelector: Required value',
      'spec.validations[0].reason: Unsupported value: "Unauthorized": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  );
});

test('policyStatusErrors() checks warnings about expressions before conditions', () => {
  const status = {
    typeChecking: { expressionWarnings: [{ warning: '', fieldRef: ' ' }] },
    conditions: [
      { type: 'Ready', status: 'Maybe', lastTransitionTime: '2024-01-01T00:00:00Z', reason: 'R', message: '' },
    ],
  };
  assert.deepEqual(texts(policyStatusErrors({ status } as unknown as ValidatingAdmissionPolicy)), [
    'status.typeChecking.expressionWarnings[0].warning: Required value',
    'status.typeChecking.expressionWarnings[0].fieldRef: Required value',
    'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
  ]);
});

test('mutatingPolicyErrors() refuses operations that have nothing to change, before it looks at conditions', () => {
  const [rule] = matchConstraints.resourceRules;
  const resourceRules = [{ ...rule, operations: ['DELETE', 'MAKE'] }];
  const spec = {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: { ...matchConstraints, resourceRules },
    matchConditions: [{ name: '', expression: 'true' }],
    mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: ' ' } }],
  };
  const supported = 'supported values: "*", "CONNECT", "CREATE", "UPDATE"';
  const every = 'supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"';
  assert.deepEqual(
    texts(mutatingPolicyErrors({ metadata: { name: 'p' }, spec } as unknown as MutatingAdmissionPolicy)),
    [
      `spec.matchConstraints.resourceRules[0].operations[1]: Unsupported value: "MAKE": ${every}`,
      `spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": ${supported}`,
      `spec.matchConstraints.resourceRules.operations: Unsupported value: "MAKE": ${supported}`,
      'spec.matchConditions[0].name: Required value',
      'spec.mutations[0].jsonPatch.expression: Required value',
    ],
  );
  const binding = {
    spec: {
      policyName: 'p',
      matchResources: { ...matchConstraints, resourceRules: [{ ...rule, operations: ['DELETE'] }] },
    },
  };
  assert.deepEqual(texts(mutatingBindingErrors(binding as unknown as MutatingAdmissionPolicyBinding)), [
    `spec.matchResources.resourceRules.operations: Unsupported value: "DELETE": ${supported}`,
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
  assert.deepEqual(errors({ validationActions: ['Warn', 'Audit', 'Deny'] }), [
    'spec.validationActions: Invalid value: ["Warn","Audit","Deny"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
  ]);
  assert.deepEqual(errors({ paramRef: { name: 'x', selector: {}, parameterNotFoundAction: 'Deny' } }), [
    'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
    'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
  ]);
});
