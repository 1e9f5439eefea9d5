import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps, ValidationRule } from '../../api/groups/apiextensions.v1.ts';
import { requiredField } from '../../api/field-error.ts';
import type { Json } from '../../api/schema.ts';
import { ruleErrors } from './validation-rules.ts';

const schemaWith = (rule: ValidationRule): JSONSchemaProps => ({
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { a: { type: 'string' }, n: { type: 'integer' }, 'x-y': { type: 'integer' } },
      'x-kubernetes-validations': [rule],
    },
  },
});

const texts = (rule: ValidationRule, spec: Json, old?: Json): readonly string[] =>
  ruleErrors(
    schemaWith(rule),
    { spec },
    { path: '', root: '', ...(old === undefined ? {} : { old: { spec: old } }) },
    [],
  ).map(({ field, message }) => `${field}: ${message}`);

test('ruleErrors() is content when the rule holds', () => {
  assert.deepEqual(texts({ rule: 'self.n > 1 && self.a.startsWith("x")' }, { a: 'xy', n: 2 }), []);
});

test('ruleErrors() names the rule that failed, or says its message', () => {
  assert.deepEqual(texts({ rule: 'self.n > 1' }, { n: 1 }), ['spec: Invalid value: failed rule: self.n > 1']);
  assert.deepEqual(texts({ rule: 'self.n > 1', message: 'too few' }, { n: 1 }), ['spec: Invalid value: too few']);
  const messageExpression = '"got " + string(self.n)';
  assert.deepEqual(texts({ rule: 'self.n > 1', messageExpression }, { n: 1 }), ['spec: Invalid value: got 1']);
});

test('ruleErrors() puts the error where the rule points, for the reason it gives', () => {
  const rule = { rule: 'self.x__dash__y < 5', fieldPath: "['x-y']", reason: 'FieldValueForbidden', message: 'no' };
  assert.deepEqual(texts(rule, { 'x-y': 9 }), ['spec.x-y: Forbidden: no']);
});

test('ruleErrors() asks rules about changes only when there is an old value', () => {
  const rule = { rule: 'self.a == oldSelf.a', message: 'immutable' };
  assert.deepEqual(texts(rule, { a: 'x' }), []);
  assert.deepEqual(texts(rule, { a: 'y' }, { a: 'x' }), ['spec: Invalid value: immutable']);
  assert.deepEqual(texts(rule, { a: 'x', n: 1 }, { a: 'x' }), []);
});

test('ruleErrors() asks no rule about an object that does not fit its schema', () => {
  const errors = ruleErrors(schemaWith({ rule: 'false' }), { spec: {} }, { path: '', root: '' }, [
    requiredField('spec.a'),
  ]);
  assert.equal(errors.length, 1);
  assert.match(errors[0]?.message ?? '', /some validation rules were not checked/);
});
