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
    [{ devices: [{ name: 'x' }, { name: 'x' }] }, ['spec.devices[1]: Duplicate value: "x"']],
    [
      device({ attributes: { c: {} } }),
      ['spec.devices[0].attributes[c]: Invalid value: "": exactly one value must be specified'],
    ],
    [
      device({ attributes: { c: { int: 1, string: 'a' } } }),
      [
        'spec.devices[0].attributes[c]: Invalid value: {"IntValue":1,"BoolValue":null,"StringValue":"a","VersionValue":null,"IntValues":null,"BoolValues":null,"StringValues":null,"VersionValues":null}: exactly one value must be specified',
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

test('sliceErrors() judges taints, counters, places and binding conditions of devices', () => {
  const places =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  const each = { nodeName: undefined, perDeviceNodeSelection: true };
  const label =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  const counters = { a: { value: '1' } };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [
      {
        devices: [
          { name: 'x', taints: [{ key: 'a', effect: 'None' }], consumesCounters: [{ counterSet: 's', counters }] },
        ],
      },
      [],
    ],
    [
      {
        devices: [
          {
            name: 'x',
            taints: [
              { key: 'a', effect: '' },
              { key: 'b', effect: 'Leave' },
            ],
          },
        ],
      },
      [
        'spec.devices[0].taints[0].effect: Required value',
        'spec.devices[0].taints[1].effect: Unsupported value: "Leave": supported values: "NoExecute", "NoSchedule", "None"',
      ],
    ],
    [
      { devices: Array.from({ length: 65 }, (_, n) => ({ name: `x${n}`, taints: [{ key: 'a', effect: 'None' }] })) },
      ['spec.devices: Too many: 65: must have at most 64 items'],
    ],
    [
      { devices: [{ name: 'x', consumesCounters: [{ counterSet: '', counters: {} }] }] },
      [
        'spec.devices[0].consumesCounters[0].counterSet: Required value',
        'spec.devices[0].consumesCounters[0].counters: Required value',
      ],
    ],
    [
      { sharedCounters: [{ name: 's', counters: { A: { value: '1' } } }] },
      [`spec.sharedCounters[0].counters[A]: Invalid value: "A": ${label}`],
    ],
    [
      { devices: [{ name: 'x' }], sharedCounters: [{ name: 's', counters }] },
      ['spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed'],
    ],
    [{ ...each, devices: [{ name: 'x' }] }, [`spec.devices[0]: Required value: ${places}`]],
    [
      { ...each, devices: [{ name: 'x', nodeName: 'n', allNodes: true }] },
      [`spec.devices[0]: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${places}`],
    ],
    [
      { devices: [{ name: 'x', allNodes: true }] },
      [
        'spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec',
      ],
    ],
    [
      { devices: [{ name: 'x', bindingConditions: ['a', 'a'], bindingFailureConditions: ['a'] }] },
      [
        'spec.devices[0].bindingConditions[1]: Duplicate value: "a"',
        'spec.devices[0].bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions',
      ],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(errors(spec), expected);
});

test('sliceErrors() judges how much of a shared capacity a request may take', () => {
  const policy = (requestPolicy: object, shared = true): readonly string[] => {
    const capacity = { memory: { value: '10Gi', requestPolicy } };
    return errors({ devices: [{ name: 'x', capacity, ...(shared ? { allowMultipleAllocations: true } : {}) }] });
  };
  const at = 'spec.devices[0].capacity[memory].requestPolicy';
  assert.deepEqual(policy({ default: '1Gi', validValues: ['1Gi', '2Gi'] }), []);
  assert.deepEqual(policy({ default: '1Gi' }, false), [`${at}: Forbidden: allowMultipleAllocations must be true`]);
  assert.deepEqual(policy({ validValues: ['1Gi'] }), [
    `${at}.default: Required value: required when validValues is defined`,
  ]);
  assert.deepEqual(policy({ default: '3Gi', validValues: ['20Gi', '2Gi', '2Gi'] }), [
    `${at}.validValues[1]: Invalid value: "2Gi": values must be sorted in ascending order`,
    `${at}.validValues[0]: Invalid value: "20Gi": option is larger than capacity value: 10Gi`,
    `${at}.validValues[2]: Duplicate value: "2147483648"`,
    `${at}.validValues: Invalid value: "3Gi": default value is not valid according to the requestPolicy`,
  ]);
  assert.deepEqual(policy({ default: '1Gi', validRange: { min: '2Gi', max: '11Gi', step: '2Gi' } }), [
    `${at}.validRange.min: Invalid value: "1Gi": default is less than min: 2Gi`,
    `${at}.validRange.max: Invalid value: "11Gi": max is larger than capacity value: 10Gi`,
    `${at}.validRange.step: Invalid value: "1Gi": value is not a multiple of a given step (2Gi) from (2Gi)`,
    `${at}.validRange.step: Invalid value: "11Gi": value is not a multiple of a given step (2Gi) from (2Gi)`,
  ]);
});
