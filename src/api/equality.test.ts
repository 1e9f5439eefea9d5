import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainIdentity, samePlain, sameValue } from './equality.ts';
import { Deployment } from './groups/apps.v1.ts';

test('sameValue() takes zero values of optional fields as not given', () => {
  const pairs: readonly (readonly [object, object])[] = [
    [{}, { minReadySeconds: 0 }],
    [{ paused: false }, {}],
    [{ template: { spec: { nodeSelector: {} } } }, { template: { spec: {} } }],
    [{ template: { spec: { volumes: [] } } }, { template: { spec: {} } }],
  ];
  for (const [a, b] of pairs) assert.equal(sameValue(Deployment, { spec: a }, { spec: b }), true);
});

test('sameValue() sees an explicit zero of a pointer', () => {
  assert.equal(sameValue(Deployment, { spec: { replicas: 0 } }, { spec: {} }), false);
  assert.equal(sameValue(Deployment, { spec: { replicas: 2 } }, { spec: { replicas: 2 } }), true);
});

test('sameValue() compares lists in order and maps by key', () => {
  const containers = (...names: string[]): object => ({
    spec: { template: { spec: { containers: names.map((name) => ({ name })) } } },
  });
  assert.equal(sameValue(Deployment, containers('a', 'b'), containers('b', 'a')), false);
  const labels = (value: object): object => ({ metadata: { labels: value } });
  assert.equal(sameValue(Deployment, labels({ a: '1', b: '2' }), labels({ b: '2', a: '1' })), true);
  assert.equal(sameValue(Deployment, labels({ a: '1' }), labels({ a: '2' })), false);
});

test('samePlain() compares any JSON', () => {
  assert.equal(samePlain({ a: [1, { b: null }] }, { a: [1, { b: null }] }), true);
  assert.equal(samePlain({ a: undefined }, {}), true);
  for (const [a, b] of [
    [{ a: 1 }, { a: '1' }],
    [[1], { 0: 1 }],
    [null, {}],
  ]) {
    assert.equal(samePlain(a, b), false);
  }
});

test('plainIdentity() is one text for values that samePlain() holds to be the same', () => {
  const values: readonly unknown[] = [
    null,
    undefined,
    1,
    '1',
    [],
    {},
    [1],
    [[1]],
    { a: 1 },
    { a: [1] },
    { a: '1' },
    'a',
  ];
  for (const a of values) {
    for (const b of values) assert.equal(plainIdentity(a) === plainIdentity(b), samePlain(a, b));
  }
  assert.equal(plainIdentity({ a: 1, b: { c: 2, d: 3 } }), plainIdentity({ b: { d: 3, c: 2 }, x: undefined, a: 1 }));
});
