import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../schema.ts';
import { applyJsonPatch, patchDocument, readJsonPatch, unknownOperationFields } from './json-patch.ts';

const patch = (document: Json, operations: unknown): Json =>
  applyJsonPatch(document, readJsonPatch(operations, { strict: true }));

interface Vector {
  readonly title: string;
  readonly document: Json;
  readonly patch: readonly unknown[];
  /** Undefined: refused. */
  readonly result?: Json;
}

const vectors: readonly Vector[] = [
  {
    title: 'add to an object',
    document: { a: 1 },
    patch: [{ op: 'add', path: '/b', value: 2 }],
    result: { a: 1, b: 2 },
  },
  { title: 'add replaces', document: { a: 1 }, patch: [{ op: 'add', path: '/a', value: 2 }], result: { a: 2 } },
  { title: 'add into a list', document: [1, 2], patch: [{ op: 'add', path: '/1', value: 9 }], result: [1, 9, 2] },
  { title: 'add at the end', document: [1], patch: [{ op: 'add', path: '/-', value: 2 }], result: [1, 2] },
  { title: 'add from the end', document: [1], patch: [{ op: 'add', path: '/-1', value: 2 }], result: [1, 2] },
  { title: 'add beyond the end', document: [1], patch: [{ op: 'add', path: '/2', value: 2 }] },
  { title: 'add below nothing', document: {}, patch: [{ op: 'add', path: '/a/b', value: 2 }] },
  { title: 'add without a value', document: {}, patch: [{ op: 'add', path: '/a' }], result: { a: null } },
  { title: 'add without a path', document: {}, patch: [{ op: 'add', value: 1 }] },
  {
    title: 'no leading slash',
    document: { a: 1 },
    patch: [{ op: 'replace', path: 'x/a', value: 2 }],
    result: { a: 2 },
  },
  { title: 'replace a missing key', document: {}, patch: [{ op: 'replace', path: '/a', value: 2 }], result: { a: 2 } },
  { title: 'replace the root', document: {}, patch: [{ op: 'replace', path: '', value: { b: 1 } }], result: { b: 1 } },
  { title: 'remove', document: { a: 1, b: [1, 2] }, patch: [{ op: 'remove', path: '/b/0' }], result: { a: 1, b: [2] } },
  { title: 'remove a missing key', document: {}, patch: [{ op: 'remove', path: '/a' }] },
  { title: 'remove the root', document: {}, patch: [{ op: 'remove', path: '' }] },
  {
    title: 'move',
    document: { a: { b: 1 } },
    patch: [{ op: 'move', from: '/a/b', path: '/c' }],
    result: { a: {}, c: 1 },
  },
  { title: 'move a missing key', document: {}, patch: [{ op: 'move', from: '/a', path: '/b' }] },
  { title: 'copy', document: { a: [1] }, patch: [{ op: 'copy', from: '/a', path: '/b' }], result: { a: [1], b: [1] } },
  { title: 'copy a missing key', document: {}, patch: [{ op: 'copy', from: '/a', path: '/b' }], result: { b: null } },
  { title: 'copy without from', document: {}, patch: [{ op: 'copy', path: '/b' }] },
  {
    title: 'test',
    document: { a: { b: [1] } },
    patch: [{ op: 'test', path: '/a', value: { b: [1] } }],
    result: { a: { b: [1] } },
  },
  { title: 'test fails', document: { a: 1 }, patch: [{ op: 'test', path: '/a', value: '1' }] },
  { title: 'test of nothing', document: {}, patch: [{ op: 'test', path: '/a', value: null }], result: {} },
  {
    title: 'escapes',
    document: { 'a/b~': 1 },
    patch: [{ op: 'replace', path: '/a~1b~0', value: 2 }],
    result: { 'a/b~': 2 },
  },
  { title: 'unknown operation', document: {}, patch: [{ op: 'frob', path: '/a' }] },
  { title: 'inherited key', document: {}, patch: [{ op: 'remove', path: '/constructor' }] },
];

test('applyJsonPatch() does what the API server does', () => {
  for (const { title, document, patch: operations, result } of vectors) {
    const before = JSON.stringify(document);
    if (result === undefined) assert.throws(() => patch(document, operations), { code: 422 }, title);
    else assert.deepEqual(patch(document, operations), result, title);
    assert.equal(JSON.stringify(document), before, title);
  }
});

test('patchDocument() says why an operation does not apply', () => {
  const document = { list: ['a'], map: {} };
  const cases: readonly (readonly [object, string])[] = [
    [{ op: 'add', path: '/no/a' }, 'add operation does not apply: doc is missing path: "/no/a": missing value'],
    [{ op: 'add', path: '' }, 'add operation does not apply: doc is missing path: "": missing value'],
    [{ op: 'add' }, 'add operation failed to decode path: missing value'],
    [
      { op: 'add', path: '/list/2' },
      "error in add for path: '/list/2': Unable to access invalid index: 2: invalid index referenced",
    ],
    [
      { op: 'add', path: '/list/x' },
      `error in add for path: '/list/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
    ],
    [{ op: 'add', path: '/list/x/a' }, 'add operation does not apply: doc is missing path: "/list/x/a": missing value'],
    [{ op: 'remove', path: '/no/a' }, 'remove operation does not apply: doc is missing path: "/no/a": missing value'],
    [
      { op: 'remove', path: '/map/a~1b' },
      "error in remove for path: '/map/a~1b': Unable to remove nonexistent key: a/b: missing value",
    ],
    [
      { op: 'remove', path: '/list/x' },
      `error in remove for path: '/list/x': strconv.Atoi: parsing "x": invalid syntax`,
    ],
    [{ op: 'replace', path: '/no/a' }, 'replace operation does not apply: doc is missing path: /no/a: missing value'],
    [
      { op: 'replace', path: '/list/1' },
      'replace operation does not apply: doc is missing key: /list/1: missing value',
    ],
    [{ op: 'replace' }, 'replace operation failed to decode path: operation missing path field: missing value'],
    [{ op: 'move', path: '/a' }, 'move operation failed to decode from: operation, missing from field: missing value'],
    [
      { op: 'move', from: '/no/a', path: '/a' },
      'move operation does not apply: doc is missing from path: /no/a: missing value',
    ],
    [
      { op: 'move', from: '/map/a', path: '/a' },
      "error in move for path: 'a': Unable to remove nonexistent key: a: missing value",
    ],
    [
      { op: 'move', from: '/map', path: '/no/a' },
      'move operation does not apply: doc is missing destination path: /no/a: missing value',
    ],
    [
      { op: 'copy', from: '/list/1', path: '/a' },
      "error in copy for from: '/list/1': Unable to access invalid index: 1: invalid index referenced",
    ],
    [
      { op: 'copy', from: '/map', path: '/list/5' },
      'error while adding value during copy: Unable to access invalid index: 5: invalid index referenced',
    ],
    [{ op: 'test', path: '/no/a' }, 'test operation does not apply: is missing path: /no/a: missing value'],
    [{ op: 'test', path: '/list/0', value: 'b' }, 'testing value /list/0 failed: test failed'],
    [{ op: 'frob', path: '/a' }, 'Unexpected kind: frob'],
    [{ path: '/a' }, 'Unexpected kind: unknown'],
  ];
  for (const [operation, message] of cases) {
    const operations = readJsonPatch([operation], { strict: false });
    assert.throws(() => patchDocument(document, operations), { message, testFailed: message.endsWith('test failed') });
  }
});

test('applyJsonPatch() puts the keys of what it opens in order, as errors show them', () => {
  const document = { z: { y: 1, x: 2 }, a: { c: 1, b: 2 } };
  const result = patch(document, [{ op: 'replace', path: '/z/y', value: 3 }]);
  assert.equal(JSON.stringify(result), '{"a":{"c":1,"b":2},"z":{"x":2,"y":3}}');
});

test('applyJsonPatch() never touches prototypes', () => {
  const patched = patch({}, [{ op: 'add', path: '/__proto__', value: { x: 1 } }]);
  assert.deepEqual(Object.keys(patched as object), ['__proto__']);
  assert.throws(() => patch({}, [{ op: 'add', path: '/__proto__/x', value: 1 }]), { code: 422 });
});

test('applyJsonPatch() bounds what is copied', () => {
  const copies = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '/a', path: `/b${i}` }));
  assert.throws(() => patch({ a: 'x'.repeat(100_000) }, copies), { code: 422 });
});

test('readJsonPatch() refuses what is no list of operations', () => {
  const cases: readonly (readonly [unknown, string, string])[] = [
    [{}, 'object into Go value of type []handlers.jsonPatchOp', 'object into Go value of type jsonpatch.Patch'],
    [['x'], 'string into Go value of type handlers.jsonPatchOp', 'string into Go value of type jsonpatch.Operation'],
    [[[]], 'array into Go value of type handlers.jsonPatchOp', 'array into Go value of type jsonpatch.Operation'],
  ];
  for (const [body, strict, lenient] of cases) {
    assert.throws(() => readJsonPatch(body, { strict: true }), {
      code: 400,
      message: `error decoding patch: json: cannot unmarshal ${strict}`,
    });
    assert.throws(() => readJsonPatch(body, { strict: false }), {
      code: 400,
      message: `json: cannot unmarshal ${lenient}`,
    });
  }
  assert.throws(() => readJsonPatch([{ op: 'add', path: 5 }], { strict: true }), {
    message: 'error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.path of type string',
  });
  const many = Array.from({ length: 10_001 }, () => ({}));
  assert.throws(() => readJsonPatch(many, { strict: true }), { code: 413 });
});

test('unknownOperationFields() finds what no operation has', () => {
  assert.deepEqual(unknownOperationFields([{ op: 'test', Op: 1 }, null, { path: '', value: 1, extra: {} }]), [
    '[0].Op',
    '[2].extra',
  ]);
});
