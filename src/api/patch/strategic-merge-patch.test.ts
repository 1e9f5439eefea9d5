import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../codec/decode-error.ts';
import { decode } from '../codec/decode.ts';
import { parseJson } from '../codec/json.ts';
import { Deployment } from '../groups/apps.v1.ts';
import { ConfigMap, Pod, Secret, Service } from '../groups/core.v1.ts';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { goDocument, goText } from './go-text.ts';
import { applyMergePatch, readMergePatch } from './merge-patch.ts';
import { restoreErrorText } from './restore-error.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const pod = (spec: JsonObject): JsonObject => ({ spec });
const port = (item: JsonObject): JsonObject => ({ spec: { ports: [item] } });
const containers = (...items: JsonObject[]): JsonObject => pod({ containers: items });

test('applyStrategicMergePatch() merges lists by their keys, those of the patch first', () => {
  const live = containers({ name: 'a', image: '1', ports: [{ containerPort: 80 }] }, { name: 'b', image: '2' });
  const patch = containers({ name: 'n', image: '3' }, { name: 'a', image: '9', ports: [{ containerPort: 81 }] });
  assert.deepEqual(
    applyStrategicMergePatch(Pod, live, patch),
    containers(
      { name: 'n', image: '3' },
      { name: 'a', image: '9', ports: [{ containerPort: 81 }, { containerPort: 80 }] },
      { name: 'b', image: '2' },
    ),
  );
});

test('applyStrategicMergePatch() obeys $patch in objects and items', () => {
  const live = containers({ name: 'a' }, { name: 'b' });
  const apply = (patch: JsonObject) => applyStrategicMergePatch(Pod, live, patch);
  assert.deepEqual(apply(containers({ name: 'a', $patch: 'delete' })), containers({ name: 'b' }));
  assert.deepEqual(apply(containers({ $patch: 'replace' }, { name: 'c' })), containers({ name: 'c' }));
  assert.deepEqual(apply(pod({ $patch: 'replace', x: 1 })), pod({ x: 1 }));
  assert.deepEqual(apply(pod({ $patch: 'delete' })), pod({}));
});

test('applyStrategicMergePatch() leaves out what is marked where there is nothing to replace', () => {
  const live = containers({ name: 'a' });
  const apply = (patch: JsonObject) => applyStrategicMergePatch(Pod, live, pod(patch));
  assert.deepEqual(apply({ securityContext: { $patch: 'replace', runAsUser: 1 } }), live);
  assert.deepEqual(
    apply({
      volumes: [
        { name: 'v', emptyDir: { medium: null } },
        { name: 'w', $patch: 'delete' },
      ],
    }),
    {
      spec: { containers: [{ name: 'a' }], volumes: [{ name: 'v', emptyDir: {} }] },
    },
  );
  assert.deepEqual(apply({ volumes: [{ name: 'v', $retainKeys: ['name'] }] }), {
    spec: { containers: [{ name: 'a' }], volumes: [{ name: 'v', $retainKeys: ['name'] }] },
  });
});

test('applyStrategicMergePatch() merges lists of scalars and deletes from them', () => {
  const live = { metadata: { finalizers: ['a', 'b', 'c'] } };
  const apply = (metadata: JsonObject) => applyStrategicMergePatch(ConfigMap, live, { metadata });
  assert.deepEqual(apply({ finalizers: ['x', 'b'] }), { metadata: { finalizers: ['x', 'a', 'b', 'c'] } });
  assert.deepEqual(apply({ '$deleteFromPrimitiveList/finalizers': ['b'] }), { metadata: { finalizers: ['a', 'c'] } });
  const args = containers({ name: 'c', args: ['a', 'b'] });
  const deletes = containers({ name: 'c', '$deleteFromPrimitiveList/args': ['a'] });
  assert.deepEqual(applyStrategicMergePatch(Pod, args, deletes), containers({ name: 'c', args: ['a'] }));
});

test('applyStrategicMergePatch() puts lists in the order of $setElementOrder', () => {
  const live = containers({ name: 'a' }, { name: 'server' }, { name: 'b' });
  const order = [{ name: 'b' }, { name: 'n' }, { name: 'a' }];
  const patch = pod({ containers: [{ name: 'n' }], '$setElementOrder/containers': order });
  const patched = applyStrategicMergePatch(Pod, live, patch) as { spec: { containers: readonly { name: string }[] } };
  const names = patched.spec.containers.map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => name !== 'server'),
    ['b', 'n', 'a'],
  );
  const wrong = pod({ containers: [{ name: 'a' }, { name: 'b' }], '$setElementOrder/containers': order });
  assert.throws(() => applyStrategicMergePatch(Pod, live, wrong), { code: 500 });
});

test('applyStrategicMergePatch() keeps only the keys of $retainKeys', () => {
  const live = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const apply = (strategy: JsonObject) => applyStrategicMergePatch(Deployment, live, { spec: { strategy } });
  assert.deepEqual(apply({ $retainKeys: ['type'], type: 'Recreate' }), { spec: { strategy: { type: 'Recreate' } } });
  for (const strategy of [{ $retainKeys: 'type' }, { $retainKeys: ['x'], type: 'Recreate' }]) {
    assert.throws(() => apply(strategy), { code: 400, message: 'invalid patch format of retainKeys' });
  }
});

test('applyStrategicMergePatch() refuses items without key and unknown directives', () => {
  const live = containers({ name: 'a' });
  const cases: readonly (readonly [JsonObject, string])[] = [
    [containers({ image: 'x:1' }), 'map: map[image:x:1] does not contain declared merge key: name'],
    [containers({ $patch: 'delete' }), 'map: map[$patch:delete] does not contain declared merge key: name'],
    [pod({ $patch: 'frobnicate' }), 'unknown patch type: frobnicate in map: map[$patch:frobnicate]'],
    [{ spec: { $patch: 'merge', x: 3 } }, 'unknown patch type: merge in map: map[$patch:merge x:3]'],
    [
      pod({ containers: [{ name: 'b' }, 'c'] }),
      'list element types are not identical: [[map[name:a]] [map[name:b] c]]',
    ],
    [pod({ '$setElementOrder/containers': 'x' }), 'expected a []interface {}, but received a string'],
    [
      pod({ '$setElementOrder/nothing': [] }),
      'unable to find api field in struct PodSpec for the json field "nothing"',
    ],
    [
      pod({ '$setElementOrder/containers': [{ name: 'b' }], containers: [{ image: 'x' }] }),
      'map: map[image:x] does not contain declared merge key: name',
    ],
  ];
  for (const [patch, message] of cases) {
    assert.throws(() => applyStrategicMergePatch(Pod, live, patch), { code: 500, message });
  }
});

test('restoreErrorText() rephrases what does not fit after a strategic merge', () => {
  const cases: readonly (readonly [AnyType, JsonObject, string])[] = [
    [Pod, pod({ containers: { name: 'c' } }), 'cannot restore slice from map'],
    [Pod, pod({ containers: 'c' }), 'cannot restore slice from string'],
    [Pod, { metadata: 'x' }, 'cannot restore struct from: string'],
    [Pod, { metadata: { labels: [] } }, 'cannot restore map from slice'],
    [Pod, { metadata: { name: 1 } }, 'cannot convert int64 to string'],
    [Deployment, { spec: { replicas: 'x' } }, 'unrecognized type: int32'],
    [Secret, { data: { a: 'not base64!' } }, 'error decoding from json: illegal base64 data at input byte 3'],
    [Secret, { data: { a: 5 } }, 'cannot restore slice from int64'],
    [Secret, { data: { a: ['x'] } }, 'unrecognized type: uint8'],
    [Pod, pod({ restartPolicy: 5 }), 'cannot convert int64 to v1.RestartPolicy'],
    [Pod, pod({ restartPolicy: true }), 'unrecognized type: string'],
    [Pod, pod({ restartPolicy: 1.5 }), 'unrecognized type: string'],
    [Deployment, { spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
    [Deployment, { spec: { replicas: [] } }, 'unrecognized type: int32'],
    [Service, port({ targetPort: true }), 'json: cannot unmarshal bool into Go value of type int32'],
    [Service, port({ targetPort: 1.5 }), 'json: cannot unmarshal number 1.5 into Go value of type int32'],
    [Pod, { metadata: { creationTimestamp: 5 } }, 'json: cannot unmarshal number into Go value of type string'],
  ];
  for (const [type, value, text] of cases) {
    assert.throws(
      () => decode(type, value, { fromMap: true }),
      (error) => error instanceof DecodeError && restoreErrorText(error) === text,
      text,
    );
  }
});

test('decode() cuts whole numbers from maps to what a field holds', () => {
  for (const [text, replicas] of [
    ['99999999999', 1215752191],
    ['2.0', 2],
    ['3e0', 3],
    ['9223372036854775807', -1],
  ] as const) {
    const { value } = parseJson(Buffer.from(`{"spec":{"replicas":${text}}}`));
    const decoded = decode(Deployment, value, { fromMap: true }).value as { spec: { replicas: number } };
    assert.equal(decoded.spec.replicas, replicas, text);
    assert.throws(() => decode(Deployment, value), DecodeError, text);
  }
});

test('goText() writes numbers as Go does', () => {
  const numbers = '[1.0,2.50,1e30,0.00001,123456789012345678,9223372036854775808]';
  const { value } = parseJson(Buffer.from(numbers));
  assert.equal(goText(value), '[1 2.5 1e+30 1e-05 123456789012345678 9.223372036854776e+18]');
});

test('goDocument() writes JSON as it came, without HTML', () => {
  const { value } = parseJson(Buffer.from('{"b":2.0,"a":"<&>","c":[null,true,12345678901234567890]}'));
  const text = String.raw`{"b":2.0,"a":"\u003c\u0026\u003e","c":[null,true,12345678901234567890]}`;
  assert.equal(goDocument(value as Json), text);
});

test('applyMergePatch() merges objects, deletes nulls and replaces the rest', () => {
  const document = { a: { b: 1, c: [1] }, d: 'x' };
  assert.deepEqual(applyMergePatch(document, { a: { b: null, c: [2], e: { f: null, g: 1 } }, d: { h: null } }), {
    a: { c: [2], e: { g: 1 } },
    d: {},
  });
  assert.equal(document.a.b, 1);
  assert.throws(() => readMergePatch(null, { strict: true }), { message: 'Invalid JSON Patch' });
  assert.throws(() => readMergePatch('text', { strict: true }), {
    message: 'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}',
  });
  assert.throws(() => readMergePatch('text', { strict: false }), { message: 'Invalid JSON Patch' });
  assert.deepEqual(readMergePatch([1], { strict: false }), [1]);
});

test('applyMergePatch() drops nulls in lists where no object was', () => {
  const document = { a: [1], b: { c: 1 } };
  const list = [{ x: null, y: [{ z: null }, null] }];
  assert.deepEqual(applyMergePatch(document, { a: list, b: list, n: list }), {
    a: [{ y: [{}, null] }],
    b: list,
    n: [{ y: [{}, null] }],
  });
});
