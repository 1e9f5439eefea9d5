import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CustomResourceDefinition } from '../groups/apiextensions.v1.ts';
import { Deployment } from '../groups/apps.v1.ts';
import { Lease } from '../groups/coordination.v1.ts';
import { ConfigMap, Pod, Secret, Service } from '../groups/core.v1.ts';
import { ObjectMeta } from '../groups/meta.v1.ts';
import type { AnyType } from '../schema.ts';
import { decode } from './decode.ts';
import { parseJson } from './json.ts';

const decodeText = (type: AnyType, text: string) => decode(type, parseJson(Buffer.from(text)).value);
const container = { name: 'c', image: 'busybox' };
const podOf = (spec: object) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });

test('decode() writes declared fields in order and zero values where they always stand', () => {
  const { value } = decode(Deployment, { spec: { template: { metadata: {} }, replicas: 0 }, metadata: { name: 'd' } });
  assert.equal(
    JSON.stringify(value),
    '{"metadata":{"name":"d"},"spec":{"replicas":0,"selector":null,"template":{"metadata":{},"spec":{"containers":null}},' +
      '"strategy":{}},"status":{}}',
  );
});

test('decode() drops zero values of optional fields, empty lists and empty maps', () => {
  const { value } = decode(Pod, {
    metadata: { name: 'a', labels: {}, finalizers: [], generation: 0, creationTimestamp: null },
    spec: { containers: [], hostNetwork: false, nodeName: '', terminationGracePeriodSeconds: 0, nodeSelector: null },
  });
  assert.deepEqual(value, {
    metadata: { name: 'a' },
    spec: { containers: null, terminationGracePeriodSeconds: 0 },
    status: {},
  });
});

test('decode() keeps empty lists of kinds that are stored as JSON', () => {
  const { value } = decode(CustomResourceDefinition, { spec: { versions: [] } });
  assert.deepEqual((value as { spec: { versions: unknown } }).spec.versions, []);
});

test('decode() takes null items as zero values', () => {
  const { value } = decode(Pod, podOf({ containers: [{ ...container, args: [null, 'x'] }, null] }));
  const { containers } = (value as { spec: { containers: readonly unknown[] } }).spec;
  assert.deepEqual(containers, [
    { ...container, args: ['', 'x'], resources: {} },
    { name: '', resources: {} },
  ]);
  assert.deepEqual(decode(ConfigMap, { data: { x: null } }).value, { metadata: {}, data: { x: '' } });
});

test('decode() reports unknown fields in the order of the input', () => {
  const pod = { ...podOf({ containers: [container, { ...container, foo: 1 }], bar: { deep: 1 } }), baz: null };
  assert.deepEqual(decode(Pod, pod).unknown, ['spec.containers[1].foo', 'spec.bar', 'baz']);
});

test('decode() brings quantities, times and bytes into canonical form', () => {
  const requests = { cpu: '1000m', memory: ' 2048Mi ', pods: 3 };
  const pod = decode(Pod, podOf({ containers: [{ ...container, resources: { requests } }] })).value;
  const { spec } = pod as { spec: { containers: readonly { resources: unknown }[] } };
  assert.deepEqual(spec.containers[0]?.resources, { requests: { cpu: '1', memory: '2Gi', pods: '3' } });
  const meta = decode(ObjectMeta, { creationTimestamp: '2020-01-01T01:00:00.7+01:00' }).value;
  assert.deepEqual(meta, { creationTimestamp: '2020-01-01T00:00:00Z' });
  assert.deepEqual(decode(Secret, { data: { a: 'YR==' } }).value, { metadata: {}, data: { a: 'YQ==' } });
});

const wrong: readonly (readonly [AnyType, unknown, string])[] = [
  [
    Pod,
    podOf({ containers: [{ image: 1 }] }),
    'number into Go struct field Container.spec.containers.image of type string',
  ],
  [Pod, podOf({ containers: 'x' }), 'string into Go struct field PodSpec.spec.containers of type []v1.Container'],
  [Pod, podOf({ containers: ['x'] }), 'string into Go struct field PodSpec.spec.containers of type v1.Container'],
  [
    Pod,
    podOf({ containers: [{ stdin: 'y' }] }),
    'string into Go struct field Container.spec.containers.stdin of type bool',
  ],
  [
    Pod,
    podOf({ nodeSelector: ['a'] }),
    'array into Go struct field PodSpec.spec.nodeSelector of type map[string]string',
  ],
  [Pod, { metadata: { labels: { a: 1 } } }, 'number into Go struct field ObjectMeta.metadata.labels of type string'],
  [Pod, { metadata: 'x' }, 'string into Go struct field Pod.metadata of type v1.ObjectMeta'],
  [ObjectMeta, 'x', 'string into Go value of type v1.ObjectMeta'],
  [ObjectMeta, { name: 5 }, 'number into Go struct field ObjectMeta.name of type string'],
  [Secret, { data: { a: 5 } }, 'number into Go struct field Secret.data of type []uint8'],
  [
    Pod,
    podOf({ restartPolicy: true }),
    'bool into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
  ],
  [
    Service,
    { spec: { ipFamilies: 'x' } },
    'string into Go struct field ServiceSpec.spec.ipFamilies of type []v1.IPFamily',
  ],
  [Service, { metadata: { uid: 5 } }, 'number into Go struct field ObjectMeta.metadata.uid of type types.UID'],
  [Lease, { spec: { renewTime: 5 } }, 'number into Go struct field LeaseSpec.spec.renewTime of type string'],
];

test('decode() refuses values of the wrong type in the words of Go', () => {
  for (const [type, input, text] of wrong) {
    assert.throws(() => decode(type, input), { name: 'DecodeError', message: `json: cannot unmarshal ${text}` });
  }
});

test('decode() names numbers that do not fit as they were written', () => {
  const at = 'into Go struct field DeploymentSpec.spec.replicas of type int32';
  for (const number of ['2.0', '1e2', '99999999999', '1.5', '123456789012345678901234567890']) {
    assert.throws(() => decodeText(Deployment, `{"spec":{"replicas":${number}}}`), {
      message: `json: cannot unmarshal number ${number} ${at}`,
    });
  }
});

test('decode() passes on what is wrong inside a scalar', () => {
  const cases: readonly (readonly [AnyType, unknown, string])[] = [
    [Secret, { data: { a: 'plain text' } }, 'illegal base64 data at input byte 5'],
    [Secret, { data: { a: 'YQ' } }, 'illegal base64 data at input byte 0'],
    [
      ObjectMeta,
      { creationTimestamp: 'yesterday' },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      Lease,
      { spec: { renewTime: '2020-01-01T00:00:10.5Z' } },
      'parsing time "2020-01-01T00:00:10.5Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse ".5Z" as ".000000"',
    ],
  ];
  for (const [type, input, message] of cases) assert.throws(() => decode(type, input), { message });
});

test('decode() never touches prototypes', () => {
  const { value, unknown } = decodeText(ConfigMap, '{"data":{"__proto__":"x","constructor":"y"},"__proto__":{"a":1}}');
  const { data } = value as { data: object };
  assert.deepEqual(Object.entries(data).sort(), [
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  assert.equal(Object.getPrototypeOf(data), Object.prototype);
  assert.deepEqual(unknown, ['__proto__']);
  assert.throws(() => decodeText(ConfigMap, '{"data":{"__proto__":1}}'));
});

test('decode() changes nothing in what it made', () => {
  const input = podOf({
    containers: [{ ...container, resources: { limits: { cpu: '1500m', memory: '1.5Gi' } }, env: [{ name: 'A' }] }],
    volumes: [{ name: 'v', emptyDir: {} }],
  });
  const once = decode(Pod, input).value;
  assert.equal(JSON.stringify(decode(Pod, JSON.parse(JSON.stringify(once))).value), JSON.stringify(once));
});

test('decode() follows types that refer to themselves', () => {
  const schema = { type: 'object', properties: { a: { type: 'array', items: { type: 'string', odd: 1 } } } };
  const crd = { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } };
  const { unknown } = decode(CustomResourceDefinition, crd);
  assert.deepEqual(unknown, ['spec.versions[0].schema.openAPIV3Schema.properties.a.items.odd']);
});
