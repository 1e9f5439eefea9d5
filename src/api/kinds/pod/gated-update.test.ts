import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '../../groups/core.v1.ts';
import { gatedChangeErrors, isGated } from './gated-update.ts';

const gated = (more: object): PodSpec => ({ schedulingGates: [{ name: 'g' }], ...more }) as unknown as PodSpec;
const required = (...nodeSelectorTerms: readonly object[]): object => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const expression = (key: string): object => ({ key, operator: 'Exists' });
const errorsOf = (spec: object, old: object): string[] =>
  gatedChangeErrors(gated(spec), gated(old)).map(({ field, message }) => `${field}: ${message}`);

test('gatedChangeErrors() lets the selector of nodes grow only', () => {
  const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
  assert.deepEqual(errorsOf({ nodeSelector: { a: 'b', c: 'd' } }, { nodeSelector: { a: 'b' } }), []);
  assert.deepEqual(errorsOf({ nodeSelector: { a: 'x' } }, { nodeSelector: { a: 'b' } }), [
    `spec.nodeSelector: Invalid value: {"a":"x"}: ${detail}`,
  ]);
  assert.deepEqual(errorsOf({}, { nodeSelector: { a: 'b' } }), [`spec.nodeSelector: Invalid value: null: ${detail}`]);
});

test('gatedChangeErrors() lets terms of nodes take more requirements, not more terms', () => {
  const one = { matchExpressions: [expression('a')] };
  const two = { matchExpressions: [expression('a'), expression('b')] };
  const at = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  assert.deepEqual(errorsOf(required(two), required(one)), []);
  assert.deepEqual(errorsOf(required(one), {}), []);
  const shown = (...keys: readonly string[]): string =>
    JSON.stringify({
      MatchExpressions: keys.map((Key) => ({ Key, Operator: 'Exists', Values: null })),
      MatchFields: null,
    });
  assert.deepEqual(errorsOf(required(one), required(two)), [
    `${at}[0]: Invalid value: ${shown('a')}: only additions are allowed (no mutations or deletions)`,
  ]);
  assert.deepEqual(errorsOf(required(), required(one)), [
    `${at}: Invalid value: []: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
  ]);
  assert.deepEqual(errorsOf({}, required(one)), [
    `${at}: Invalid value: null: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
  ]);
  assert.deepEqual(errorsOf(required(one, two), required(one)), [
    `${at}: Invalid value: [${shown('a')},${shown('a', 'b')}]: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
  ]);
});

test('gatedChangeErrors() says nothing of pods without gates', () => {
  const old = { nodeSelector: { a: 'b' } } as unknown as PodSpec;
  assert.equal(isGated(old), false);
  assert.deepEqual(gatedChangeErrors({} as PodSpec, old), []);
});
