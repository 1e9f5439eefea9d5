import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../base/random.ts';
import { ChangeWalk, type Change } from './comparison-steps.ts';
import * as fieldSet from './field-set.ts';
import { pathsOf, setOfPaths, type FieldSet } from './field-set.ts';
import { formatFieldsV1, parseFieldsV1 } from './fields-v1.ts';
import * as kept from './kept-sets.ts';

const names = ['f:a', 'f:b', 'k:{"name":"c"}', 'v:"d"'];

const operations = [
  [fieldSet.union, kept.union],
  [fieldSet.intersection, kept.intersection],
  [fieldSet.difference, kept.difference],
  [fieldSet.recursiveDifference, kept.recursiveDifference],
] as const;

function randomPaths(random: () => number): readonly string[][] {
  const pick = (): string => names[Math.floor(random() * names.length)] ?? '';
  const path = (): string[] => Array.from({ length: 1 + Math.floor(random() * 3) }, pick);
  return Array.from({ length: Math.floor(random() * 6) }, path);
}

test('Operations on sets that are kept give what the same operations on others give, however often they are asked', () => {
  const seed = Date.now() % 1_000_000;
  const source = seededRandom(seed);
  const random = (): number => source.next();
  const texts = Array.from({ length: 40 }, () => formatFieldsV1(setOfPaths(randomPaths(random))));
  const read = (at: number): FieldSet => parseFieldsV1(structuredClone(texts[at % texts.length] ?? {}));
  for (let round = 0; round < 4000; round++) {
    const [a, b] = [read(Math.floor(random() * 40)), read(Math.floor(random() * 40))];
    for (const [plain, keeping] of operations) {
      assert.deepEqual(formatFieldsV1(keeping(a, b)), formatFieldsV1(plain(a, b)), `seed ${seed}, ${plain.name}`);
    }
  }
});

test('parseFieldsV1() gives equal values one set, and formatFieldsV1() equal sets one value', () => {
  const fields = { 'f:spec': { '.': {}, 'f:replicas': {} }, 'f:kept': {} };
  const set = parseFieldsV1(fields);
  assert.equal(parseFieldsV1(structuredClone(fields)), set);
  const more = parseFieldsV1({ 'f:spec': { '.': {}, 'f:replicas': {} } });
  const whole = kept.union(more, parseFieldsV1({ 'f:kept': {} }));
  assert.deepEqual(formatFieldsV1(whole), fields);
  assert.equal(formatFieldsV1(kept.union(parseFieldsV1({ 'f:kept': {} }), more)), formatFieldsV1(whole));
});

test('ChangeWalk gives the same changes the same sets, and other changes others', () => {
  const walked = (changes: readonly (readonly [Change, string, string])[]) => {
    const walk = new ChangeWalk();
    for (const [change, outer, inner] of changes) {
      walk.down(outer);
      walk.down('f:unchanged');
      walk.up();
      walk.down(inner);
      walk.found(change);
      walk.up();
      walk.found('~');
      walk.up();
    }
    return walk.comparison();
  };
  const once = walked([['+', 'f:a', 'f:b']]);
  assert.equal(walked([['+', 'f:a', 'f:b']]), once);
  assert.deepEqual(pathsOf(once.added), [['f:a', 'f:b']]);
  assert.deepEqual(pathsOf(once.modified), [['f:a']]);
  assert.deepEqual(pathsOf(once.removed), []);
  const other = walked([
    ['-', 'f:a', 'f:b'],
    ['+', 'f:c', 'f:b'],
  ]);
  assert.deepEqual(pathsOf(other.added), [['f:c', 'f:b']]);
  assert.deepEqual(pathsOf(other.modified), [['f:a'], ['f:c']]);
  assert.deepEqual(pathsOf(other.removed), [['f:a', 'f:b']]);
});

test('ChangeWalk tells thousands of changes, and keeps few of them', () => {
  for (let round = 0; round < 60; round++) {
    const walk = new ChangeWalk();
    for (let at = 0; at < 1000; at++) {
      walk.down(`f:${round}-${at}`);
      walk.found('+');
      walk.up();
    }
    assert.equal(pathsOf(walk.comparison().added).length, 1000);
  }
});
