import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import { ownedBy, pod, statefulSet, volumeClaim } from '../testing/objects.ts';
import { isLeaving, planRetention } from './claim-retention.ts';

const [setReference] = ownedBy('StatefulSet', 'db').ownerReferences;
const [podReference] = ownedBy('Pod', 'db-0', 'v1').ownerReferences;
assert.ok(setReference !== undefined && podReference !== undefined);

function owners(references: readonly OwnerReference[], whenScaled: string, whenDeleted: string, givenUp = false) {
  const claim = volumeClaim('data-db-0', { ownerReferences: references });
  const of = statefulSet({ persistentVolumeClaimRetentionPolicy: { whenScaled, whenDeleted } });
  const { ownerReferences, conflict } = planRetention(claim, { statefulSet: of, pod: pod('db-0'), givenUp });
  const names = ownerReferences?.map(({ kind }) => kind).join(' ') ?? 'as they are';
  return conflict ? `${names}, conflict` : names;
}

test('planRetention() makes owners of those with whom the claim is to go', () => {
  assert.equal(owners([], 'Retain', 'Retain'), 'as they are');
  assert.equal(owners([], 'Retain', 'Delete'), 'StatefulSet');
  assert.equal(owners([], 'Delete', 'Retain'), 'as they are');
  assert.equal(owners([], 'Delete', 'Retain', true), 'Pod');
  assert.equal(owners([], 'Delete', 'Delete'), 'StatefulSet');
  assert.equal(owners([setReference], 'Delete', 'Delete', true), 'Pod');
  assert.equal(owners([podReference], 'Delete', 'Delete'), 'StatefulSet');
  assert.equal(owners([setReference, podReference], 'Retain', 'Retain'), '');
});

test('planRetention() makes plain owners controllers', () => {
  const { controller: _, ...plain } = setReference;
  assert.equal(owners([plain], 'Retain', 'Delete'), 'StatefulSet');
});

test('planRetention() keeps out of the way of another controller, and of owners of an earlier life', () => {
  const other = { ...setReference, kind: 'Deployment', name: 'other', uid: 'uid-other' };
  assert.equal(owners([other], 'Retain', 'Delete'), 'as they are, conflict');
  assert.equal(owners([other, setReference], 'Retain', 'Delete'), 'Deployment, conflict');
  const plain = { ...other, controller: false };
  assert.equal(owners([plain], 'Retain', 'Delete'), 'Deployment StatefulSet');
  assert.equal(owners([{ ...setReference, uid: 'before' }], 'Retain', 'Delete'), 'as they are, conflict');
});

test('isLeaving() is about claims of a pod that was there before', () => {
  assert.equal(isLeaving(volumeClaim('c', { ownerReferences: [podReference] }), 'db-0'), true);
  assert.equal(isLeaving(volumeClaim('c', { ownerReferences: [podReference] }), 'db-0', 'uid-db-0'), false);
  assert.equal(isLeaving(volumeClaim('c', { ownerReferences: [setReference] }), 'db-0'), false);
});
