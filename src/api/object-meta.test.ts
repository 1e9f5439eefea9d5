import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectMeta } from './groups/meta.v1.ts';
import { objectMetaErrors, objectMetaUpdateErrors } from './object-meta.ts';

const fine: Partial<ObjectMeta> = { name: 'a', namespace: 'n' };
const rules = { namespaced: true };

function textsOf(meta: Partial<ObjectMeta>): string[] {
  return objectMetaErrors({ ...fine, ...meta }, rules).map(({ field, message }) => `${field}: ${message}`);
}

test('objectMetaErrors() accepts plain metadata', () => {
  assert.deepEqual(textsOf({ labels: { 'example.com/a': 'b', c: '' }, finalizers: ['example.com/f'] }), []);
});

test('objectMetaErrors() names what is wrong', () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' };
  const cases: readonly (readonly [Partial<ObjectMeta>, RegExp])[] = [
    [{ name: '' }, /^metadata\.name: Required value: name or generateName is required$/],
    [{ name: 'Upper' }, /^metadata\.name: Invalid value: "Upper": a lowercase RFC 1123 subdomain/],
    [{ name: 'n'.repeat(254) }, /must be no more than 253 characters/],
    [{ labels: { 'a b': 'x' } }, /^metadata\.labels: Invalid value: "a b": name part must consist/],
    [{ labels: { 'a/b/c': 'x' } }, /a valid label key must consist .* with an optional DNS subdomain prefix/],
    [{ labels: { a: 'b c' } }, /^metadata\.labels: Invalid value: "b c": a valid label must be an empty string/],
    [
      { annotations: { big: 'x'.repeat(262_142) } },
      /^metadata\.annotations: Too long: may not be more than 262144 bytes/,
    ],
    [
      { ownerReferences: [{ ...owner, uid: '' }] },
      /^metadata\.ownerReferences\.uid: Invalid value: "": must not be empty/,
    ],
    [{ ownerReferences: [{ ...owner, kind: 'Event' }] }, /\/v1, Kind=Event is disallowed from being an owner/],
    [
      {
        ownerReferences: [
          { ...owner, controller: true },
          { ...owner, controller: true },
        ],
      },
      /Only one reference can have/,
    ],
    [{ finalizers: ['nodomain'] }, /^metadata\.finalizers\[0\]: Invalid value: "nodomain": name is neither a standard/],
    [{ finalizers: ['orphan', 'foregroundDeletion'] }, /orphan and foregroundDeletion cannot be both set/],
  ];
  for (const [meta, text] of cases) assert.match(textsOf(meta).join('\n'), text);
});

test('objectMetaErrors() refuses a namespace where there is none', () => {
  const [error] = objectMetaErrors(fine, { namespaced: false });
  assert.equal(error?.message, 'Forbidden: not allowed on this type');
});

test('objectMetaUpdateErrors() keeps what an object is called and when it was made', () => {
  for (const change of [
    { name: 'b' },
    { uid: 'x' },
    { namespace: 'm' },
    { deletionTimestamp: '2020-01-01T00:00:00Z' },
  ]) {
    const [error] = objectMetaUpdateErrors({ ...fine, ...change }, fine);
    assert.match(error?.message ?? '', /field is immutable$/);
  }
});

test('objectMetaUpdateErrors() lets no finalizer come while the object goes', () => {
  const going = { ...fine, deletionTimestamp: '2020-01-01T00:00:00Z', finalizers: ['a/b'] };
  assert.deepEqual(objectMetaUpdateErrors({ ...going, finalizers: [] }, going), []);
  const [error] = objectMetaUpdateErrors({ ...going, finalizers: ['a/b', 'c/d'] }, going);
  assert.match(error?.message ?? '', /found new finalizers \[\]string\{"c\/d"\}$/);
});

test('objectMetaErrors() looks away from the end of a prefix, not from the name made of it', () => {
  const errors = objectMetaErrors({ name: 'A-x', generateName: 'A-', namespace: 'n' }, { namespaced: true });
  assert.deepEqual(
    errors.map(({ field }) => field),
    ['metadata.name'],
  );
});
