import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { seededRandom, type Random } from '../../base/random.ts';
import { CustomResourceDefinition } from '../groups/apiextensions.v1.ts';
import { ConfigMap, Pod, Secret } from '../groups/core.v1.ts';
import { APIResource, ObjectMeta, Status } from '../groups/meta.v1.ts';
import { resolve, type AnyType, type Json, type JsonObject, type ObjectType, type Scalar } from '../schema.ts';
import { decode } from './decode.ts';
import { unwrapProtobuf } from './unwrap-protobuf.ts';
import { readProtobuf } from './read-protobuf.ts';
import { encodeProtobuf, writeProtobuf } from './write-protobuf.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('encodeProtobuf() writes the bytes that a Kubernetes server writes for a refusal', () => {
  const message =
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf';
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NotAcceptable',
  };
  assert.equal(
    hex(encodeProtobuf(Status, { ...status, code: 406 } as JsonObject)),
    hex(Buffer.from('k8s\0\n\x0c\n\x02v1\x12\x06Status\x12', 'latin1')) +
      '9901' +
      hex(
        Buffer.from(`\n\x06\n\0\x12\0\x1a\0\x12\x07Failure\x1at${message}"\rNotAcceptable0\x96\x03\x1a\0"\0`, 'latin1'),
      ),
  );
});

test('writeProtobuf() sorts maps, writes plain fields always and pointers when given', () => {
  const meta = { name: 'a', labels: { b: '2', a: '1' }, deletionGracePeriodSeconds: 0 };
  assert.equal(
    hex(writeProtobuf(ObjectMeta, meta)),
    '0a0161' +
      '1200' +
      '1a00' +
      '2200' +
      '2a00' +
      '3200' +
      '3800' +
      '4200' +
      '5000' +
      '5a060a0161120131' +
      '5a060a0162120132',
  );
});

test('writeProtobuf() writes bytes, negative numbers and text beyond ASCII', () => {
  const secret = writeProtobuf(Secret, { metadata: {}, data: { k: 'AAH/' } });
  assert.ok(hex(secret).includes('12080a016b12030001ff'));
  const pod = { spec: { containers: [{ name: 'ü', resources: {} }], priority: -1 } };
  const bytes = writeProtobuf(Pod, pod);
  assert.ok(hex(bytes).includes('0a02c3bc'));
  assert.ok(hex(bytes).includes('c801ffffffffffffffffff01'));
});

test('writeProtobuf() gives a list that is a message of its own its items under number 1', () => {
  assert.ok(
    hex(writeProtobuf(APIResource, { name: 'pods', verbs: ['get', 'list'] })).includes('220b0a036765740a046c697374'),
  );
});

test('writeProtobuf() and readProtobuf() keep schemas, booleans and names where a schema of a schema has the choice', () => {
  const schema = {
    type: 'object',
    default: { a: [1, null] },
    additionalProperties: false,
    additionalItems: true,
    items: { type: 'string' },
    dependencies: { a: ['b', 'c'], d: { type: 'string' } },
    properties: { x: { items: [{ type: 'integer' }, { type: 'string' }], additionalProperties: { type: 'number' } } },
    enum: [null, 'a', 1.5],
  };
  const names = { plural: 'a', kind: 'A' };
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }];
  const definition = { metadata: { name: 'a.b' }, spec: { group: 'b', names, scope: 'Cluster', versions } };
  assertKept(CustomResourceDefinition, definition as unknown as JsonObject, 'a definition');
});

test('readProtobuf() reads what another implementation wrote, and writeProtobuf() writes the same', () => {
  const root = protobuf.parse(`
    syntax = "proto2";
    message Meta { optional string name = 1; optional string generateName = 2; optional string namespace = 3;
      optional string selfLink = 4; optional string uid = 5; optional string resourceVersion = 6;
      optional int64 generation = 7; optional Time creationTimestamp = 8; map<string, string> labels = 11; }
    message Time { optional int64 seconds = 1; optional int32 nanos = 2; }
    message ConfigMap { optional Meta metadata = 1; map<string, string> data = 2; map<string, bytes> binaryData = 3;
      optional bool immutable = 4; }`).root;
  const type = root.lookupType('ConfigMap');
  const metadata = { name: 'a', generateName: '', namespace: 'n', selfLink: '', uid: 'u', resourceVersion: '7' };
  const value = {
    metadata: {
      ...metadata,
      generation: 0,
      creationTimestamp: { seconds: 1_700_000_000, nanos: 0 },
      labels: { x: 'y' },
    },
    data: { long: 'x'.repeat(200_000), short: '✓' },
    binaryData: { b: Buffer.from([0, 255]) },
    immutable: false,
  };
  const theirs = type.encode(type.fromObject(value)).finish();
  const read = decode(ConfigMap, readProtobuf(ConfigMap, theirs)).value as unknown as JsonObject;
  assert.equal((read['metadata'] as JsonObject)['creationTimestamp'], '2023-11-14T22:13:20Z');
  assert.deepEqual(read['binaryData'], { b: 'AP8=' });
  assert.equal(hex(writeProtobuf(ConfigMap, read)), hex(theirs));
});

test('unwrapProtobuf() takes off the envelope that encodeProtobuf() puts on', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: 'b' } };
  const { apiVersion, kind, message } = unwrapProtobuf(encodeProtobuf(ConfigMap, object));
  assert.deepEqual([apiVersion, kind, hex(message)], ['v1', 'ConfigMap', hex(writeProtobuf(ConfigMap, object))]);
});

test('unwrapProtobuf() refuses what has no envelope, and what has nothing in it', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^empty data$/],
    ['k8s', /does not appear to be a protobuf message, expected prefix \[107 56 115 0\]$/],
    ['{"a":1}', /does not appear to be a protobuf message/],
    ['k8s\0', /^empty body$/],
    ['k8s\0\x12\x7f', /index out of range/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => unwrapProtobuf(Buffer.from(text, 'latin1')), { name: 'ProtobufError', message }, text);
  }
});

const folder = new URL('../groups/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
  test(`every type of ${file} comes back from protobuf as it went`, async () => {
    const declared = (await import(new URL(file, folder).href)) as Readonly<Record<string, unknown>>;
    for (const type of Object.values(declared)) {
      if (!isObjectType(type)) continue;
      for (let seed = 1; seed <= 4; seed++) {
        const generator = { random: seededRandom(seed), depth: 0 };
        assertKept(type, objectOf(type, generator), `${type.name}, seed ${seed}`);
      }
    }
  });
}

function isObjectType(value: unknown): value is ObjectType {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'object';
}

function assertKept(type: ObjectType, given: JsonObject, what: string): void {
  const before = decode(type, given).value;
  const after = decode(type, readProtobuf(type, writeProtobuf(type, before))).value;
  assert.deepEqual(after, before, what);
}

interface Generator {
  readonly random: Random;
  readonly depth: number;
}

/** Some of the fields, fewer the deeper the object lies; none of those that travel in the envelope. */
function objectOf(type: ObjectType, { random, depth }: Generator): JsonObject {
  const given: Record<string, Json> = {};
  for (const [name, field] of Object.entries(type.fields)) {
    if (field.number > 0 && random.next() < Math.max(0.06, 0.8 - depth * 0.25))
      given[name] = valueOf(field.type, { random, depth: depth + 1 });
  }
  return given;
}

function valueOf(declared: AnyType, generator: Generator): Json {
  const { random } = generator;
  const type = resolve(declared);
  const count = 1 + Math.floor(random.next() * 2);
  switch (type.type) {
    case 'scalar':
      return scalarOf(type.scalar, random);
    case 'list':
      return Array.from({ length: count }, () => valueOf(type.of, generator));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `k${Math.floor(random.next() * 100)}-${i}`,
          valueOf(type.of, generator),
        ]),
      );
    case 'object':
      return objectOf(type, generator);
    case 'choice': {
      const carriers = type.carriers ?? [];
      return valueOf(carriers[Math.floor(random.next() * carriers.length)]?.type as AnyType, generator);
    }
  }
}

function scalarOf(scalar: Scalar, random: Random): Json {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random.next() * choices.length)] as T;
  switch (scalar) {
    case 'string':
      return pick('', 'a', 'größer ✓ 😀', 'x'.repeat(300));
    case 'boolean':
      return random.next() < 0.5;
    case 'int32':
      return pick(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 300);
    case 'int64':
      return pick(0, 5, -7, Number.MAX_SAFE_INTEGER, -(2 ** 40), 2 ** 35);
    case 'double':
      return pick(0, 1.5, -2.25, 1e300);
    case 'bytes':
      return pick('AA==', 'aGVsbG8=', '/////w==');
    case 'quantity':
      return pick('0', '100m', '1Gi', '-3');
    case 'time':
      return pick('2024-02-29T12:34:56Z', '1969-12-31T23:59:59Z', '2200-01-01T00:00:00Z');
    case 'microTime':
      return pick('2024-02-29T12:34:56.000001Z', '2024-02-29T12:34:56.123456Z');
    case 'duration':
      return pick('0s', '1h2m3s', '1.5s', '5m0s');
    case 'intOrString':
      return pick<Json>(0, 80, -1, 'http', '');
    case 'rawObject':
    case 'fieldSet':
      return pick<Json>({ a: 1 }, { 'f:metadata': { 'f:labels': {} } });
    case 'json':
      return pick<Json>(1, 'a', true, [1, { b: null }], { c: 1.5 });
  }
}
