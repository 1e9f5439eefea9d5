import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../groups/core.v1.ts';
import { nodeErrors, nodeUpdateErrors } from './node-errors.ts';

const node = (spec: object, status: object = {}): Node =>
  ({ metadata: { name: 'n' }, spec, status }) as unknown as Node;
const texts = (errors: readonly { readonly field: string; readonly message: string }[]): string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test('nodeErrors() tells of taints and of ranges for pods', () => {
  const taint = { key: 'a', effect: 'NoSchedule' };
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ taints: [{ key: 'a', effect: '' }] }, ['metadata.taints[0].effect: Required value']],
    [
      { taints: [{ key: 'a', effect: 'Odd' }] },
      [
        'metadata.taints[0].effect: Unsupported value: "Odd": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    ],
    [
      { taints: [taint, { ...taint, value: 'v' }] },
      [
        'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"v","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
      ],
    ],
    [{ podCIDRs: ['10.0.0.0/24', 'fd00::/64'] }, []],
    [
      { podCIDRs: ['x', 'fd00::/64'] },
      [
        'spec.podCIDRs[0]: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        'spec.podCIDRs: Internal error: invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[0]: <nil> (invalid CIDR address: x)',
        'spec.podCIDRs: Invalid value: ["x","fd00::/64"]: may specify no more than one CIDR for each IP family',
      ],
    ],
    [
      { podCIDRs: ['10.0.0.0/24', '10.0.0.0/24'] },
      [
        'spec.podCIDRs: Invalid value: ["10.0.0.0/24","10.0.0.0/24"]: may specify no more than one CIDR for each IP family',
        'spec.podCIDRs[1]: Duplicate value: "10.0.0.0/24"',
      ],
    ],
  ];
  for (const [spec, expected] of cases) assert.deepEqual(texts(nodeErrors(node(spec))), expected);
});

test('nodeUpdateErrors() keeps what was once given', () => {
  const once = 'node updates may not change';
  const cases: readonly (readonly [object, object, readonly string[]])[] = [
    [{ podCIDRs: ['10.0.0.0/24'] }, {}, []],
    [
      { podCIDRs: ['10.0.1.0/24'] },
      { podCIDRs: ['10.0.0.0/24'] },
      [`spec.podCIDRs: Forbidden: ${once} podCIDR except from "" to valid`],
    ],
    [
      { providerID: 'b' },
      { providerID: 'a' },
      [`spec.providerID: Forbidden: ${once} providerID except from "" to valid`],
    ],
    [{ providerID: 'a' }, {}, []],
    [{ externalID: 'b' }, { externalID: 'a' }, ['spec.externalID: Forbidden: may not be updated']],
  ];
  for (const [made, old, expected] of cases) assert.deepEqual(texts(nodeUpdateErrors(node(made), node(old))), expected);
  const address = { type: 'InternalIP', address: '10.0.0.1' };
  assert.deepEqual(texts(nodeUpdateErrors(node({}, { addresses: [address, address] }), node({}))), [
    'status.addresses[1]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
  ]);
});

test('nodeErrors() reads which pods a node would rather not have', () => {
  const key = 'scheduler.alpha.kubernetes.io/preferAvoidPods';
  const avoiding = (text: string): Node =>
    ({ metadata: { name: 'n', annotations: { [key]: text } }, spec: {}, status: {} }) as unknown as Node;
  const entries = (...podSignatures: readonly object[]): string =>
    JSON.stringify({ preferAvoidPods: podSignatures.map((podSignature) => ({ podSignature })) });
  const at = `metadata.annotations.${key}`;
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [entries({ podController: { controller: true } }), []],
    [
      entries({}, { podController: { controller: false } }),
      [
        `${at}[0].PodSignature: Required value`,
        `${at}[1].PodSignature.PodController.Controller: Invalid value: false: must point to a controller`,
      ],
    ],
    ['{', [`metadata.annotations.AvoidPods: Invalid value: "${key}": unexpected end of JSON input`]],
    ['null', []],
  ];
  for (const [text, expected] of cases) assert.deepEqual(texts(nodeErrors(avoiding(text))), expected);
});

test('nodeErrors() checks what a node says of itself', () => {
  const name =
    "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ declaredFeatures: ['A', 'B/c'], nodeInfo: { swap: { capacity: 1 } } }, []],
    [
      { declaredFeatures: ['B', 'A', 'A', 'b'] },
      [
        'status.declaredFeatures[1]: Invalid value: "A": list must be sorted alphabetically',
        'status.declaredFeatures[2]: Duplicate value: "A"',
        `status.declaredFeatures[3]: Invalid value: "b": invalid feature name "b": ${name}`,
      ],
    ],
    [
      { nodeInfo: { swap: { capacity: 0 } } },
      ['metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than zero'],
    ],
  ];
  for (const [status, expected] of cases) assert.deepEqual(texts(nodeErrors(node({}, status))), expected);
  const config = { active: {}, lastKnownGood: { configMap: { namespace: 'A', name: 'a', kubeletConfigKey: 'k' } } };
  const made = node({}, { config });
  assert.deepEqual(
    texts(nodeUpdateErrors(made, made)).map((text) => text.slice(0, 66)),
    [
      'status.config.active: Invalid value: {"ConfigMap":null}: exactly o',
      'status.config.lastKnownGood.configMap.uid: Required value',
      'status.config.lastKnownGood.configMap.resourceVersion: Required va',
      'status.config.lastKnownGood.configMap.namespace: Invalid value: "A',
    ],
  );
});

test('nodeErrors() checks the taints of an old annotation', () => {
  const errorsOf = (text: string): string[] => {
    const annotations = { 'scheduler.alpha.kubernetes.io/taints': text };
    return texts(nodeErrors({ ...node({}), metadata: { name: 'n', annotations } } as unknown as Node));
  };
  const at = 'metadata.annotations.scheduler.alpha.kubernetes.io/taints[0]';
  assert.deepEqual(errorsOf('[{"key":"a","effect":"NoSchedule"}]'), []);
  assert.deepEqual(errorsOf('[{"key":"a"}]'), [`${at}.effect: Required value`]);
  assert.deepEqual(errorsOf('{}'), [
    'metadata.annotations: Invalid value: "scheduler.alpha.kubernetes.io/taints": json: cannot unmarshal object into Go value of type []core.Taint',
  ]);
});
