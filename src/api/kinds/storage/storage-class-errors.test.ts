import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StorageClass } from '../../groups/storage.v1.ts';
import { storageClassErrors, storageClassUpdateErrors } from './storage-class-errors.ts';

const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const namePart =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
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
    [{ provisioner: 'A b' }, [`provisioner: Invalid value: "a b": ${namePart}`]],
    [{ allowedTopologies: [{}] }, ['allowedTopologies[0].matchLabelExpressions: Duplicate value: ""']],
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
    'parameters: Invalid value: {"a":"b"}: field is immutable',
    'provisioner: Invalid value: "d.e/f": field is immutable',
    'reclaimPolicy: Invalid value: "Retain": field is immutable',
    'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
  ]);
});
