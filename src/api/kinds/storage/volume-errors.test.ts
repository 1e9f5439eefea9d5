import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume } from '../../groups/core.v1.ts';
import { mountAnnotationErrors, volumeErrors } from './volume-errors.ts';

const volume = (spec: object, annotations: object = {}): PersistentVolume =>
  ({
    metadata: { name: 'v', annotations },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
  }) as unknown as PersistentVolume;
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test('volumeErrors() does not recycle the root of the host, however it is written', () => {
  const refused = "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'";
  for (const path of ['/', '//', '/.', '/./']) {
    const made = volume({ hostPath: { path }, persistentVolumeReclaimPolicy: 'Recycle' });
    assert.deepEqual(texts(volumeErrors(made)), [refused], path);
  }
  for (const path of ['/x', '/.x', './']) {
    const made = volume({ hostPath: { path }, persistentVolumeReclaimPolicy: 'Recycle' });
    assert.deepEqual(texts(volumeErrors(made)), [], path);
  }
});

test('mountAnnotationErrors() takes the annotation for sources that are mounted with options', () => {
  const annotations = { 'volume.beta.kubernetes.io/mount-options': 'ro' };
  assert.deepEqual(texts(mountAnnotationErrors(volume({ hostPath: { path: '/x' } }, annotations))), [
    'metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not specify mount options for this volume type',
  ]);
  assert.deepEqual(mountAnnotationErrors(volume({ nfs: { server: 's', path: '/p' } }, annotations)), []);
  assert.deepEqual(mountAnnotationErrors(volume({ hostPath: { path: '/x' } })), []);
});
