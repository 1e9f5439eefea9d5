import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume } from '../../groups/core.v1.ts';
import { persistentSourceErrors } from './persistent-sources.ts';

const errorsOf = (spec: object): string[] =>
  persistentSourceErrors({ metadata: { name: 'v' }, spec } as unknown as PersistentVolume).map(
    ({ field, message }) => `${field}: ${message}`,
  );

test('persistentSourceErrors() wants exactly one source', () => {
  assert.deepEqual(errorsOf({}), ['spec: Required value: must specify a volume type']);
  const nfs = { server: 's', path: '/p' };
  assert.deepEqual(errorsOf({ nfs, cephfs: { monitors: ['m'] } }), [
    'spec.cephFS: Forbidden: may not specify more than 1 volume type',
  ]);
});

test('persistentSourceErrors() tells what each source lacks', () => {
  const required = (...fields: readonly string[]): string[] => fields.map((field) => `spec.${field}: Required value`);
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ hostPath: { path: '' } }, required('hostPath.path')],
    [{ gcePersistentDisk: { pdName: '' } }, required('persistentDisk.pdName')],
    [{ glusterfs: { endpoints: '', path: '' } }, required('glusterfs.endpoints', 'glusterfs.path')],
    [{ rbd: { monitors: [], image: '' } }, required('rbd.monitors', 'rbd.image')],
    [{ cephfs: { monitors: [] } }, required('cephfs.monitors')],
    [
      { azureFile: { secretName: '', shareName: '', secretNamespace: '' } },
      required('azureFile.secretName', 'azureFile.shareName', 'azureFile.secretNamespace'),
    ],
    [
      { cinder: { volumeID: '', secretRef: {} } },
      required('cinder.volumeID', 'cinder.secretRef.name', 'cinder.secretRef.namespace'),
    ],
    [{ vsphereVolume: { volumePath: '' } }, required('vsphereVolume.volumePath')],
    [{ photonPersistentDisk: { pdID: '' } }, required('photonPersistentDisk.pdID')],
    [{ portworxVolume: { volumeID: '' } }, required('portworxVolume.volumeID')],
    [
      { scaleIO: { gateway: '', system: '', volumeName: '' } },
      required('scaleIO.gateway', 'scaleIO.system', 'scaleIO.volumeName'),
    ],
    [
      { csi: { driver: 'a.b', volumeHandle: '', nodePublishSecretRef: {} } },
      required('csi.volumeHandle', 'csi.nodePublishSecretRef.name', 'csi.nodePublishSecretRef.namespace'),
    ],
    [
      { local: { path: '' } },
      [...required('local.path'), 'spec.nodeAffinity: Required value: Local volume requires node affinity'],
    ],
    [
      { local: { path: '/a/../b' }, nodeAffinity: {} },
      ['spec.local.path: Invalid value: "/a/../b": must not contain \'..\''],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(errorsOf(spec), expected);
});
