import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JSONSchemaProps, ValidationRule } from '../../api/groups/apiextensions.v1.ts';
import { requiredField } from '../../api/field-error.ts';
import type { Json } from '../../api/schema.ts';
import { askAllRules, defaultRuleErrors } from './validation-rules.ts';

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
  askAllRules(
    schemaWith(rule),
    { spec },
    { path: '', root: '', ...(old === undefined ? {} : { old: { spec: old } }) },
    [],
  ).errors.map(({ field, message }) => `${field}: ${message}`);

test('askAllRules() is content when the rule holds', () => {
  assert.deepEqual(texts({ rule: 'self.n > 1 && self.a.startsWith("x")' }, { a: 'xy', n: 2 }), []);
});

test('askAllRules() names the rule that failed, or says its message', () => {
  assert.deepEqual(texts({ rule: 'self.n > 1' }, { n: 1 }), ['spec: Invalid value: failed rule: self.n > 1']);
  assert.deepEqual(texts({ rule: 'self.n > 1', message: 'too few' }, { n: 1 }), ['spec: Invalid value: too few']);
  const messageExpression = '"got " + string(self.n)';
  assert.deepEqual(texts({ rule: 'self.n > 1', messageExpression }, { n: 1 }), ['spec: Invalid value: got 1']);
});

test('askAllRules() puts the error where the rule points, for the reason it gives', () => {
  const rule = { rule: 'self.x__dash__y < 5', fieldPath: "['x-y']", reason: 'FieldValueForbidden', message: 'no' };
  assert.deepEqual(texts(rule, { 'x-y': 9 }), ['spec.x-y: Forbidden: no']);
});

test('askAllRules() asks rules about changes only when there is an old value', () => {
  const rule = { rule: 'self.a == oldSelf.a', message: 'immutable' };
  assert.deepEqual(texts(rule, { a: 'x' }), []);
  assert.deepEqual(texts(rule, { a: 'y' }, { a: 'x' }), ['spec: Invalid value: immutable']);
  assert.deepEqual(texts(rule, { a: 'x', n: 1 }, { a: 'x' }), []);
});

test('askAllRules() asks no rule about an object that does not fit its schema', () => {
  const { errors } = askAllRules(schemaWith({ rule: 'false' }), { spec: {} }, { path: '', root: '' }, [
    requiredField('spec.a'),
  ]);
  assert.equal(errors.length, 1);
  assert.match(errors[0]?.message ?? '', /some validation rules were not checked/);
});

const textsOf = (schema: JSONSchemaProps, value: Json, old?: Json): readonly string[] =>
  askAllRules(schema, value, { path: '', root: '', ...(old === undefined ? {} : { old }) }, []).errors.map(
    ({ field, message }) => `${field}: ${message}`,
  );

test('askAllRules() sees times, durations, bytes and fractions as such', () => {
  const text = (format: string): JSONSchemaProps => ({ type: 'string', format });
  const rule =
    'self.spec.t < timestamp("2021-01-01T00:00:00Z") && self.spec.d == duration("1m") && self.spec.b == b"hi" && self.spec.n == 1.0';
  const properties = { t: text('date-time'), d: text('duration'), b: text('byte'), n: { type: 'number' } };
  const schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
  const value = { metadata: { name: 'a' }, spec: { t: '2020-01-01T00:00:00Z', d: '60s', b: 'aGk=', n: 1 } };
  assert.deepEqual(textsOf({ ...schema, 'x-kubernetes-validations': [{ rule }] }, value), []);
  const named = { ...schema, 'x-kubernetes-validations': [{ rule: 'self.metadata.name == "b"' }] };
  assert.deepEqual(textsOf(named, value), ['<nil>: Invalid value: failed rule: self.metadata.name == "b"']);
});

test('askAllRules() compares sets and keyed lists without their order', () => {
  const item = { type: 'object', properties: { k: { type: 'string' }, v: { type: 'integer' } } };
  const list = (kind: object, items: JSONSchemaProps): JSONSchemaProps => ({
    type: 'object',
    properties: { l: { type: 'array', items, ...kind, 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } },
  });
  const set = list({ 'x-kubernetes-list-type': 'set' }, { type: 'string' });
  assert.deepEqual(textsOf(set, { l: ['a', 'b'] }, { l: ['b', 'a'] }), []);
  const keyed = list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] }, item);
  const [a, b] = [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
  ];
  assert.deepEqual(textsOf(keyed, { l: [a, b] }, { l: [b, a] }), []);
  assert.deepEqual(textsOf(keyed, { l: [a, { ...b, v: 3 }] }, { l: [b, a] }), [
    'l: Invalid value: failed rule: self == oldSelf',
  ]);
});

test('askAllRules() asks rules inside of allOf', () => {
  const schema: JSONSchemaProps = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    allOf: [{ properties: { n: { 'x-kubernetes-validations': [{ rule: 'self > 1', message: 'more' }] } } }],
  };
  assert.deepEqual(textsOf(schema, { n: 1 }), ['n: Invalid value: 1: more']);
});

test('askAllRules() stops when the rules of an object have cost too much', () => {
  const rule = 'self.l.all(a, self.l.all(b, a + b >= 0))';
  const items: JSONSchemaProps = { type: 'array', items: { type: 'integer' } };
  const rules = Array.from({ length: 40 }, (_, i) => ({ rule: `${rule} || ${i} < 0` }));
  const schema: JSONSchemaProps = { type: 'object', properties: { l: items }, 'x-kubernetes-validations': rules };
  const long = textsOf(schema, { l: Array<number>(200).fill(1) });
  assert.match(long.join(), /running out of cost budget, no further validation rules will be run$/);
  const longer = textsOf(schema, { l: Array<number>(2000).fill(1) });
  assert.equal(longer.length, 1);
  assert.match(longer[0] ?? '', /^<nil>: Invalid value: 'operation cancelled: actual cost limit exceeded': no further/);
});

test('askAllRules() warns of a broken rule where nothing changed', () => {
  const place = { path: '', root: '', old: { spec: { a: 'x', n: 1 } } };
  const rule = { rule: 'self.n > 1', message: 'too few' };
  const same = askAllRules(schemaWith(rule), { spec: { a: 'x', n: 1 }, more: 1 }, place, []);
  assert.deepEqual(same, {
    ...same,
    errors: [],
    warnings: [{ type: 'FieldValueInvalid', field: 'spec', message: 'Invalid value: too few' }],
  });
  const changed = askAllRules(schemaWith(rule), { spec: { a: 'y', n: 1 } }, place, []);
  assert.deepEqual([changed.errors.length, changed.warnings.length], [1, 0]);
});

test('defaultRuleErrors() asks of a default as one that stays, then as a new one', () => {
  const text = (rule: ValidationRule): JSONSchemaProps => ({ type: 'string', 'x-kubernetes-validations': [rule] });
  const said = (rule: ValidationRule): readonly string[] =>
    defaultRuleErrors(text(rule), 'x', 'a.default').map(({ field, message }) => `${field}: ${message}`);
  assert.deepEqual(said({ rule: 'self == oldSelf' }), []);
  assert.deepEqual(said({ rule: 'self == "b"' }), ['a.default: Invalid value: "x": failed rule: self == "b"']);
  const fresh = { rule: 'oldSelf.hasValue()', optionalOldSelf: true, message: 'never new' };
  assert.deepEqual(said(fresh), ['a.default: Invalid value: "x": never new']);
});
