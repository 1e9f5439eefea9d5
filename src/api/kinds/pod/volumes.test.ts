import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '../../groups/core.v1.ts';
import { checkVolumes } from './volumes.ts';

function errorsOf(volumes: readonly object[], podName?: string): readonly string[] {
  const { errors } = checkVolumes({ volumes } as unknown as PodSpec, podName, 'v');
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

test('checkVolumes() refuses what a source cannot be', () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ gcePersistentDisk: { pdName: '' } }, ['v[0].persistentDisk.pdName: Required value']],
    [
      { awsElasticBlockStore: { volumeID: 'a', partition: 256 } },
      ['v[0].awsElasticBlockStore.partition: Invalid value: 256: must be between 1 and 255, inclusive'],
    ],
    [
      { nfs: { server: 's', path: '' } },
      ['v[0].nfs.path: Required value', 'v[0].nfs.path: Invalid value: "": must be an absolute path'],
    ],
    [
      { iscsi: { targetPortal: 'p', iqn: 'x', lun: 300 } },
      [
        'v[0].iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
        'v[0].iscsi.lun: Invalid value: 300: must be between 0 and 255, inclusive',
      ],
    ],
    [{ fc: { targetWWNs: ['a'] } }, ['v[0].fc.lun: Required value: lun is required if targetWWNs is specified']],
    [{ flocker: {} }, ['v[0].flocker: Required value: one of datasetName and datasetUUID is required']],
    [
      { quobyte: { registry: 'x', volume: 'v' } },
      ['v[0].quobyte.registry: Invalid value: "x": must be a host:port pair or multiple pairs separated by commas'],
    ],
    [
      { flexVolume: { driver: 'a/b', options: { 'k8s.io/x': '1' } } },
      [
        'v[0].flexVolume.options[k8s.io/x]: Invalid value: "k8s.io/x": kubernetes.io and k8s.io namespaces are reserved',
      ],
    ],
    [
      { azureDisk: { diskName: 'd', diskURI: 'u', kind: 'Odd', cachingMode: 'None' } },
      [
        'v[0].azureDisk.kind: Unsupported value: "Odd": supported values: "Dedicated", "Managed", "Shared"',
        'v[0].azureDisk.diskURI: Unsupported value: "u": supported values: "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"',
      ],
    ],
    [{ storageos: { volumeName: 'A' } }, [/RFC 1123 label/.source]],
    [{ csi: { driver: 'd', nodePublishSecretRef: {} } }, ['v[0].csi.nodePublishSecretRef.name: Required value']],
    [
      { gitRepo: { repository: 'r', directory: '../x' } },
      [`v[0].gitRepo.directory: Invalid value: "../x": must not contain '..'`],
    ],
    [
      { image: { reference: 'i', pullPolicy: 'Now' } },
      ['v[0].image.pullPolicy: Unsupported value: "Now": supported values: "Always", "IfNotPresent", "Never"'],
    ],
  ];
  for (const [source, expected] of cases) {
    const errors = errorsOf([{ name: 'a', ...source }]);
    assert.equal(errors.length, expected.length, errors.join('\n'));
    for (const [index, text] of expected.entries()) {
      const found = errors[index] ?? '';
      assert.ok(found === text || found.includes(text), found);
    }
  }
});

test('checkVolumes() refuses a second source at the field that the original names', () => {
  assert.deepEqual(errorsOf([{ name: 'a', emptyDir: {}, cephfs: { monitors: ['m'] }, downwardAPI: {} }]), [
    'v[0].cephFS: Forbidden: may not specify more than 1 volume type',
    'v[0].downwarAPI: Forbidden: may not specify more than 1 volume type',
  ]);
});

test('checkVolumes() lets only volumes without errors be mounted', () => {
  const spec = {
    volumes: [
      { name: 'a', hostPath: { path: '' } },
      { name: 'b', emptyDir: {} },
    ],
  };
  const { volumes } = checkVolumes(spec as unknown as PodSpec, 'p', 'v');
  assert.deepEqual([...volumes.keys()], ['b']);
});

test('checkVolumes() asks more of a pod than of a template', () => {
  const image = [{ name: 'a', image: { pullPolicy: 'Always' } }];
  assert.deepEqual(errorsOf(image), []);
  assert.deepEqual(errorsOf(image, 'p'), ['v[0].image.reference: Required value']);
  const claim = { name: 'b', persistentVolumeClaim: { claimName: 'p-a' } };
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const template = { metadata: { name: 'x' }, spec };
  assert.deepEqual(errorsOf([{ name: 'a', ephemeral: { volumeClaimTemplate: template } }, claim], 'p'), [
    'v[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set',
    'v[1].persistentVolumeClaim.claimName: Invalid value: "p-a": must not reference a PVC that gets created for an ephemeral volume',
  ]);
});
