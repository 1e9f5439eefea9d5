import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WriteContext } from '../../api/descriptor.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { validation } from './custom-validation.ts';

const embedded: JSONSchemaProps = { type: 'object', 'x-kubernetes-embedded-resource': true };
const schema: JSONSchemaProps = {
  type: 'object',
  properties: { one: embedded, many: { type: 'object', additionalProperties: embedded } },
};
const { validateCreate, validateUpdate, warnings } = validation(schema);
const context = { subresource: '' } as WriteContext;
const custom = (members: object): KubeObject => ({ metadata: { name: 'a' }, ...members }) as unknown as KubeObject;
const texts = (members: object): readonly string[] =>
  validateCreate(custom(members), context).map(({ field, message }) => `${field}: ${message}`);

test('validateCreate() wants a kind and sound metadata of embedded objects', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod' };
  assert.deepEqual(texts({ one: pod, many: { k: { ...pod, metadata: { generateName: 'A-' } } } }), []);
  assert.deepEqual(texts({ one: {}, many: { k: { apiVersion: 'a/b/c', kind: '' } } }), [
    'one.apiVersion: Required value',
    'one.kind: Required value',
    'many[k].apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
    'many[k].kind: Required value',
  ]);
  assert.deepEqual(texts({ one: { ...pod, metadata: { name: 'a/b', namespace: 'n', generation: -1 } } }), [
    `one.metadata.name: Invalid value: "a/b": may not contain '/'`,
    'one.metadata.generation: Invalid value: -1: must be greater than or equal to 0',
  ]);
});

test('validateUpdate() judges embedded objects as they are, whatever they were', () => {
  const broken = custom({ one: { apiVersion: 'v1' } });
  assert.deepEqual(
    validateUpdate(broken, broken, context).map(({ field }) => field),
    ['one.kind'],
  );
});

test('warnings() advise a path for new finalizers', () => {
  const object = custom({ metadata: { name: 'a', finalizers: ['b', 'a', 'orphan', 'x.io/y'] } });
  const advice =
    'prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers';
  assert.deepEqual(warnings(object, undefined, context), [
    `metadata.finalizers: "a": ${advice}`,
    `metadata.finalizers: "b": ${advice}`,
  ]);
  assert.deepEqual(warnings(object, object, context), []);
});
