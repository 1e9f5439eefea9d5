import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../api/codec/decode.ts';
import { CustomResourceDefinition, type JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { customResourceDefinitionDescriptor } from '../../api/kinds/extensions/custom-resource-definition.ts';
import type { Json } from '../../api/schema.ts';
import { withRuleChecks } from './definition-rules.ts';

const descriptor = withRuleChecks(customResourceDefinitionDescriptor as never);
const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };

function errorsOf(spec: JSONSchemaProps): readonly string[] {
  const openAPIV3Schema = { type: 'object', properties: { spec } } as unknown as Json;
  const definition = decode(CustomResourceDefinition, {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: names as unknown as Json,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
    status: { conditions: null, acceptedNames: names, storedVersions: ['v1'] },
  }).value;
  const errors = descriptor.validateCreate?.(definition as never, { subresource: '' } as never) ?? [];
  return errors.map(({ field, message }) => `${field.replace('spec.validation.openAPIV3Schema', '…')}: ${message}`);
}

const rule = (text: string, more: object = {}): Pick<JSONSchemaProps, 'x-kubernetes-validations'> => ({
  'x-kubernetes-validations': [{ rule: text, ...more }],
});

/** Lists of tags, as long as may be, with `self.all(x, x.contains('gpu'))`: measured with Kubernetes v1.36.3. */
const accepted: readonly (readonly [maxLength: number, maxItems: number])[] = [
  [16, 909_090],
  [63, 333_333],
  [253, 94_339],
  [1024, 24_154],
];

for (const [maxLength, maxItems] of accepted) {
  test(`withRuleChecks() takes ${maxItems} texts of ${maxLength} characters, and not one more`, () => {
    const tags = (count: number): JSONSchemaProps => ({
      type: 'array',
      maxItems: count,
      items: { type: 'string', maxLength },
      ...rule("self.all(x, x.contains('gpu'))"),
    });
    assert.deepEqual(errorsOf({ type: 'object', properties: { tags: tags(maxItems) } }), []);
    const [error] = errorsOf({ type: 'object', properties: { tags: tags(maxItems + 1) } });
    assert.match(error ?? '', /rule: Forbidden: estimated rule cost exceeds budget by factor of 1\.0000\d\dx \(try/);
  });
}

test('withRuleChecks() names the rules that together cost too much', () => {
  const tags: JSONSchemaProps = { type: 'array', items: { type: 'string' }, ...rule("self.all(x, x.contains('gpu'))") };
  const where = '….properties[spec].properties[tags].x-kubernetes-validations[0].rule: Forbidden';
  const advice =
    '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
  assert.deepEqual(errorsOf({ type: 'object', properties: { tags } }), [
    `${where}: estimated rule cost exceeds budget by factor of more than 100x ${advice}`,
    `${where}: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
    `…: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${advice}`,
  ]);
});

const objects: JSONSchemaProps = { type: 'object', properties: { a: { type: 'string' }, n: { type: 'integer' } } };

test('withRuleChecks() refuses rules that do not compile, or are no conditions', () => {
  const shown = (text: string, message = ''): string =>
    `Invalid value: {"Rule":"${text}","Message":"","MessageExpression":"${message}","Reason":null,"FieldPath":"","OptionalOldSelf":null}`;
  const at = '….properties[spec].x-kubernetes-validations[0]';
  assert.deepEqual(errorsOf({ ...objects, ...rule('self.nope == 1') }), [
    `${at}.rule: ${shown('self.nope == 1')}: compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope == 1\n | ....^`,
  ]);
  assert.deepEqual(errorsOf({ ...objects, ...rule('self.a') }), [
    `${at}.rule: ${shown('self.a')}: cel expression must evaluate to a bool`,
  ]);
  assert.deepEqual(errorsOf({ ...objects, ...rule('true', { messageExpression: '1' }) }), [
    `${at}.messageExpression: ${shown('true', '1')}: messageExpression must evaluate to a string`,
  ]);
});

test('withRuleChecks() wants old values where they can be told apart, and optional ones only where they are used', () => {
  const list: JSONSchemaProps = { type: 'array', maxItems: 2, items: { ...objects, ...rule('self.n > oldSelf.n') } };
  assert.match(
    errorsOf({ type: 'object', properties: { list } })[0] ?? '',
    /items\.x-kubernetes-validations\[0\]\.rule: Invalid value: "self\.n > oldSelf\.n": oldSelf cannot be used on the uncorrelatable portion of the schema within spec\.validation\.openAPIV3Schema\.properties\[spec\]\.properties\[list\]$/,
  );
  assert.match(
    errorsOf({ ...objects, ...rule('self.n > 0', { optionalOldSelf: true }) })[0] ?? '',
    /optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule$/,
  );
});

test('withRuleChecks() refuses a field path that leads nowhere, and rules of several lines without a message', () => {
  assert.match(errorsOf({ ...objects, ...rule('true', { fieldPath: '.zz' }) })[0] ?? '', /must be a valid path$/);
  assert.match(
    errorsOf({ ...objects, ...rule('true &&\ntrue') })[0] ?? '',
    /must be specified if rule contains line breaks$/,
  );
});

test('rules beside a place where something else is wrong are judged, those around it are not', () => {
  const properties: Record<string, JSONSchemaProps> = {
    a: { type: 'string', ...rule('self.b') },
    c: { type: 'string', ...rule('self == "c"', { reason: 'Because' }) },
  };
  assert.deepEqual(
    errorsOf({ type: 'object', properties, ...rule('self.d') }).map((each) => each.split(': ', 2).join(': ')),
    [
      '….properties[spec].properties[c].x-kubernetes-validations[0].reason: Unsupported value',
      '….properties[spec].properties[a].x-kubernetes-validations[0].rule: Invalid value',
    ],
  );
});

test('a default that breaks the rules beside it is refused, and rules in alternatives are', () => {
  assert.deepEqual(errorsOf({ type: 'string', default: 'x', ...rule('self == "a"') }), [
    '….properties[spec].default: Invalid value: "x": failed rule: self == "a"',
  ]);
  assert.deepEqual(errorsOf({ type: 'string', allOf: [rule('self == "a"')] }), [
    '….properties[spec].allOf[0].x-kubernetes-validations: Forbidden: must be empty to be structural',
  ]);
});
