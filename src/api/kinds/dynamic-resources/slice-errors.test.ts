import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceSlice } from '../../groups/resource.v1.ts';
import { sliceErrors } from './slice-errors.ts';

const pool = { name: 'p', resourceSliceCount: 1, generation: 0 };
const slice = (spec: object): ResourceSlice =>
  ({ spec: { driver: 'd.io', pool, nodeName: 'n', ...spec } }) as unknown as ResourceSlice;
const errors = (spec: object, old?: object): readonly string[] =>
  sliceErrors(slice(spec), old === undefined ? undefined : slice(old)).map(
    ({ field, message }) => `${field}: ${message}`,
  );
const choices = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

test('sliceErrors() wants one place, and devices that are described well', () => {
  const device = (change: object): object => ({ devices: [{ name: 'x', ...change }] });
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      device({ attributes: { 'a.io/b': { int: 1 }, c: { version: '1.0.0' } }, capacity: { memory: { value: '1' } } }),
      [],
    ],
    [{ nodeName: undefined }, [`spec: Required value: ${choices}`]],
    [
      { allNodes: true },
      [`spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${choices}, but multiple fields are set`],
    ],
    [{ allNodes: false }, ['spec.allNodes: Invalid value: false: must be either unset or set to true']],
    [{ devices: [{ name: 'x' }, { name: 'x' }] }, ['spec.devices[1].name: Duplicate value: "x"']],
    [
      device({ attributes: { c: {} } }),
      ['spec.devices[0].attributes[c]: Required value: exactly one value must be specified'],
    ],
    [
      device({ attributes: { c: { int: 1, string: 'a' } } }),
      [
        'spec.devices[0].attributes[c]: Invalid value: {"IntValue":1,"BoolValue":null,"StringValue":"a","VersionValue":null}: exactly one value must be specified',
      ],
    ],
    [
      device({ attributes: { c: { version: '1' } } }),
      [
        'spec.devices[0].attributes[c].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0',
      ],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(errors(spec), expected);
});

test('sliceErrors() keeps the pool, the driver and the node of a slice', () => {
  assert.deepEqual(errors({}, { pool: { ...pool, name: 'q' }, driver: 'e.io', nodeName: 'm' }), [
    'spec.pool.name: Invalid value: "p": field is immutable',
    'spec.driver: Invalid value: "d.io": field is immutable',
    'spec.nodeName: Invalid value: "n": field is immutable',
  ]);
});
