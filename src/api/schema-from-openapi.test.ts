import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPatch } from './apply/apply-patch.ts';
import { decode } from './codec/decode.ts';
import { applyDefaults } from './defaults.ts';
import { kindFromSchema, type StructuralSchema } from './schema-from-openapi.ts';

const text: StructuralSchema = { type: 'string' };
const spec: StructuralSchema = {
  type: 'object',
  properties: {
    a: text,
    size: { type: 'integer', default: 3 },
    maybe: { type: 'string', nullable: true, default: 'x' },
    o: { type: 'object', properties: { x: text, d: { type: 'string', default: 'y' } } },
    l: {
      type: 'array',
      items: { type: 'object', properties: { k: text } },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    },
    m: { type: 'object', additionalProperties: { type: 'object', properties: { k: text } } },
    e: { type: 'object' },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    part: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { known: { type: 'object', properties: { k: text } } },
    },
    port: { 'x-kubernetes-int-or-string': true },
    template: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
  },
};
const Widget = kindFromSchema({
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  schema: { type: 'object', properties: { spec } },
});
const widget = (of: object): object => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec: of,
});

test('decode() takes unknown fields out of custom resources and names them in order', () => {
  const { value, unknown } = decode(Widget, {
    ...widget({ zz: 1, a: 'x', o: { zz: 2 }, e: { zz: 3 }, m: { k1: { k: 'v', zz: 4 } }, l: [{ k: 'v', zz: 5 }] }),
    extra: { a: 1 },
    metadata: { name: 'a', what: 1 },
  });
  assert.deepEqual(value, widget({ a: 'x', o: {}, e: {}, m: { k1: { k: 'v' } }, l: [{ k: 'v' }] }));
  assert.deepEqual(unknown, [
    'metadata.what',
    'extra',
    'spec.e.zz',
    'spec.l[0].zz',
    'spec.m.k1.zz',
    'spec.o.zz',
    'spec.zz',
  ]);
});

test('decode() keeps what validation has to judge, and what is preserved', () => {
  const given = widget({
    a: null,
    free: { any: [1, { b: null }] },
    l: 'no list',
    o: [],
    part: { known: { k: 'v' }, other: 1 },
    port: 'http',
    size: 'big',
  });
  assert.deepEqual(decode(Widget, given), { value: given, unknown: [] });
  assert.deepEqual(decode(Widget, widget({ part: { known: { gone: 1 } } })).unknown, ['spec.part.known.gone']);
});

test('decode() reads the metadata of custom and of embedded objects strictly', () => {
  const message = 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string';
  assert.throws(() => decode(Widget, { metadata: { labels: { a: 1 } } }), { message });
  assert.throws(() => decode(Widget, widget({ template: { metadata: { name: 1, labels: { a: 1 } } } })), {
    message: `spec.template.metadata: Invalid value: {"labels":{"a":1},"name":1}: ${message}`,
  });
  assert.throws(() => decode(Widget, widget({ template: { kind: 1 } })), {
    message: 'spec.template.kind: Invalid value: 1: must be a string',
  });
  assert.deepEqual(decode(Widget, widget({ template: {} })).value, widget({ template: {} }));
  assert.throws(() => decode(Widget, { metadata: 'x' }), {
    message: 'json: cannot unmarshal string into Go value of type v1.ObjectMeta',
  });
});

test('applyDefaults() fills in the defaults of a schema where they belong', () => {
  const draft = widget({ o: {}, maybe: null });
  applyDefaults(Widget, draft);
  assert.deepEqual(draft, widget({ o: { d: 'y' }, maybe: null, size: 3 }));
});

test('applyPatch() works on custom resources', () => {
  const request = { type: Widget, live: undefined, manager: 'one', force: false, subresource: '', nowMs: 0 };
  const applied = widget({ l: [{ k: 'v' }], free: { b: { c: [1] } } }) as Parameters<typeof applyPatch>[0]['applied'];
  const result = applyPatch({ ...request, applied });
  assert.ok(result.ok);
  assert.deepEqual(result.managedFields?.[0]?.fieldsV1, {
    'f:spec': {
      'f:free': { 'f:b': { '.': {}, 'f:c': {} } },
      'f:l': { 'k:{"k":"v"}': { '.': {}, 'f:k': {} } },
    },
  });
  const wrong = widget({ size: 'big' }) as typeof applied;
  assert.throws(() => applyPatch({ ...request, applied: wrong }), {
    message:
      'failed to create typed patch object (/a; example.com/v1, Kind=Widget): .spec.size: expected numeric (int or float), got string',
  });
});
