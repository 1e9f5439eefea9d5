import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VolumeAttachment, VolumeAttributesClass } from '../../groups/storage.v1.ts';
import {
  attachmentCreateErrors,
  attachmentUpdateErrors,
  attributesErrors,
  attributesUpdateErrors,
} from './attachment-errors.ts';

const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const attachment = (spec: object, status = {}): VolumeAttachment =>
  ({
    metadata: { name: 'a' },
    spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'v' }, ...spec },
    status,
  }) as unknown as VolumeAttachment;

test('attachmentCreateErrors() wants an attacher and one source', () => {
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  const csi = { driver: 'a.b', volumeHandle: 'h' };
  const inline = { csi, accessModes: ['ReadWriteOnce'] };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ attacher: '' }, ['spec.attacher: Required value', 'spec.attacher: Required value']],
    [{ source: {} }, [`spec.source: Required value: ${one}`]],
    [{ source: { inlineVolumeSpec: inline, persistentVolumeName: 'v' } }, [`spec.source: Forbidden: ${one}`]],
    [{ source: { inlineVolumeSpec: inline } }, []],
    [
      { source: { inlineVolumeSpec: { ...inline, capacity: { storage: '1' }, claimRef: {} } } },
      ['claimRef', 'capacity'].map(
        (name) =>
          `spec.source.inlineVolumeSpec.${name}: Forbidden: may not be specified in the context of inline volumes`,
      ),
    ],
    [
      {
        source: {
          inlineVolumeSpec: {
            ...inline,
            persistentVolumeReclaimPolicy: 'Delete',
            nodeAffinity: { required: { nodeSelectorTerms: [] } },
            storageClassName: 'A b',
            volumeMode: 'Block',
            volumeAttributesClassName: '',
          },
        },
      },
      [
        'persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes',
        'nodeAffinity: Forbidden: may not be specified in the context of inline volumes',
        'storageClassName: Forbidden: may not be specified in the context of inline volumes',
        'volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of inline volumes',
      ].map((text) => `spec.source.inlineVolumeSpec.${text}`),
    ],
    [
      { source: { inlineVolumeSpec: { hostPath: { path: '/x' }, accessModes: ['ReadWriteOnce'] } } },
      ['spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes'],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(texts(attachmentCreateErrors(attachment(spec))), expected);
  const errors = { attachError: { message: 'x'.repeat(1025) }, detachError: { errorCode: -1 } };
  assert.deepEqual(texts(attachmentCreateErrors(attachment({}, errors))), [
    'status.attachError.message: Too long: may not be more than 262144 bytes',
    'status.detachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ]);
});

test('attachmentUpdateErrors() keeps the spec, and takes names as they are', () => {
  assert.deepEqual(attachmentUpdateErrors(attachment({ attacher: '_' }), attachment({ attacher: '_' })), []);
  assert.deepEqual(texts(attachmentUpdateErrors(attachment({ nodeName: 'm' }), attachment({}))), [
    'spec: Invalid value: {"Attacher":"a.b","Source":{"PersistentVolumeName":"v","InlineVolumeSpec":null},"NodeName":"m"}: field is immutable',
  ]);
});

test('attributesErrors() wants a driver and parameters, which stay', () => {
  const made = (parts: object): VolumeAttributesClass =>
    ({
      metadata: { name: 'c' },
      driverName: 'a.b',
      parameters: { a: 'b' },
      ...parts,
    }) as unknown as VolumeAttributesClass;
  assert.deepEqual(texts(attributesErrors(made({ driverName: '', parameters: {} }))), [
    'driverName: Required value',
    'parameters: Required value: must contain at least one key/value pair',
  ]);
  assert.deepEqual(texts(attributesUpdateErrors(made({ driverName: 'c.d', parameters: { a: 'c' } }), made({}))), [
    'driverName: Forbidden: updates to driverName are forbidden.',
    'parameters: Forbidden: updates to parameters are forbidden.',
  ]);
  assert.deepEqual(texts(attributesUpdateErrors(made({ driverName: '' }), made({}))), [
    'driverName: Forbidden: updates to driverName are forbidden.',
    'driverName: Required value',
  ]);
});
