import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StorageClass } from '../../groups/storage.v1.ts';
import { storageClassErrors, storageClassUpdateErrors } from './storage-class-errors.ts';

const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const made = (parts: object): StorageClass =>
  ({
    metadata: { name: 'c' },
    provisioner: 'a.b/c',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    ...parts,
  }) as unknown as StorageClass;

test('storageClassErrors() tells in the order of the original', () => {
  const term = { matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] };
  const turned = { matchLabelExpressions: [{ key: 'zone', values: ['b', 'a'] }] };
  const at = 'allowedTopologies[0].matchLabelExpressions';
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      { provisioner: '', reclaimPolicy: 'Recycle', volumeBindingMode: 'Later' },
      [
        'provisioner: Required value',
        'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
        'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"',
      ],
    ],
    [{ parameters: { '': 'x' } }, ['parameters: Invalid value: "": field can not be empty.']],
    [{ parameters: { a: 'x'.repeat(256 * 1024) } }, ['parameters: Too long: may not be more than 262144 bytes']],
    [
      { parameters: Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`k${index}`, ''])) },
      ['parameters: Too long: may not be more than 512 bytes'],
    ],
    [
      {
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: 'a', values: [] },
              { key: 'a', values: ['x', 'x'] },
            ],
          },
        ],
      },
      [
        `${at}[0].values: Required value`,
        `${at}[1].values[1]: Duplicate value: "x"`,
        `${at}[1].key: Duplicate value: "a"`,
      ],
    ],
    [{ allowedTopologies: [term, turned] }, ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""']],
  ];
  for (const [parts, expected] of cases) assert.deepEqual(texts(storageClassErrors(made(parts))), expected);
});

test('storageClassUpdateErrors() forbids all but expansion and topologies', () => {
  const changed = made({
    parameters: { a: 'b' },
    provisioner: 'd.e/f',
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  });
  assert.deepEqual(texts(storageClassUpdateErrors(changed, made({}))), [
    'parameters: Forbidden: updates to parameters are forbidden.',
    'provisioner: Forbidden: updates to provisioner are forbidden.',
    'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
    'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
  ]);
});
