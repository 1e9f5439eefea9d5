import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTime } from '../testing/objects.ts';
import { storageClaim, claimRef, volume } from '../testing/storage-objects.ts';
import { findVolume, volumeMismatch } from './match.ts';

const size = (storage: string) => ({ capacity: { storage } });
const anything = { onlyReserved: false };
const found = (...args: Parameters<typeof findVolume>) => findVolume(...args)?.metadata.name;

test('findVolume() takes the smallest that is big enough', () => {
  const wanted = storageClaim('c', { resources: { requests: { storage: '4Gi' } } });
  const volumes = [volume('ten', size('10Gi')), volume('five', size('5Gi')), volume('small', size('3Gi'))];
  assert.equal(found(wanted, volumes, anything), 'five');
  assert.equal(found(wanted, volumes.slice(2), anything), undefined);
});

test('findVolume() prefers a volume with fewer access modes to a smaller one', () => {
  const many = volume('many', { ...size('1Gi'), accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] });
  const one = volume('one', size('2Gi'));
  assert.equal(found(storageClaim('c'), [many, one], anything), 'one');
  assert.equal(found(storageClaim('c', { accessModes: ['ReadOnlyMany'] }), [many, one], anything), 'many');
});

test('findVolume() takes what was set aside for the claim, whatever its class and labels', () => {
  const reserved = volume('reserved', { ...size('9Gi'), storageClassName: 'x', claimRef: claimRef('c', '') });
  assert.equal(found(storageClaim('c'), [volume('free'), reserved], anything), 'reserved');
  assert.equal(found(storageClaim('c'), [volume('free'), reserved], { onlyReserved: true }), 'reserved');
  assert.equal(found(storageClaim('c'), [volume('free')], { onlyReserved: true }), undefined);
  assert.equal(found(storageClaim('other'), [reserved], anything), undefined);
  const ofAnotherLife = volume('v', { claimRef: claimRef('c', 'uid-before') });
  assert.equal(found(storageClaim('c'), [ofAnotherLife], anything), undefined);
});

test('findVolume() passes over what does not suit', () => {
  const cases: Readonly<Record<string, ReturnType<typeof volume>>> = {
    class: volume('v', { storageClassName: 'fast' }),
    mode: volume('v', { volumeMode: 'Block' }),
    attributes: volume('v', { volumeAttributesClassName: 'gold' }),
    phase: volume('v', {}, { phase: 'Released' }),
    deleted: { ...volume('v'), metadata: { ...volume('v').metadata, deletionTimestamp: startTime } },
    selector: volume('v'),
  };
  for (const [what, unsuited] of Object.entries(cases)) {
    const wanted =
      what === 'selector' ? storageClaim('c', { selector: { matchLabels: { a: 'b' } } }) : storageClaim('c');
    assert.equal(found(wanted, [unsuited], anything), undefined, what);
  }
  const gold = { volumeAttributesClassName: 'gold' };
  assert.equal(found(storageClaim('c', gold), [volume('v', gold)], anything), 'v');
});

test('volumeMismatch() says why a volume that was asked for will not do', () => {
  const why = (spec: Parameters<typeof volume>[1], wanted: Parameters<typeof storageClaim>[1] = {}) =>
    volumeMismatch(volume('v', spec), storageClaim('c', wanted));
  assert.equal(why({}), undefined);
  assert.equal(why(size('1Mi')), 'requested PV is too small');
  assert.equal(why({ storageClassName: 'x' }), 'storageClassName does not match');
  assert.equal(why({}, { volumeAttributesClassName: 'x' }), 'volumeAttributesClassName does not match');
  assert.equal(why({ volumeMode: 'Block' }), 'incompatible volumeMode');
  assert.equal(why({}, { accessModes: ['ReadWriteMany'] }), 'incompatible accessMode');
  const deleted = { ...volume('v'), metadata: { ...volume('v').metadata, deletionTimestamp: startTime } };
  assert.equal(volumeMismatch(deleted, storageClaim('c')), 'the volume is marked for deletion "v"');
});
