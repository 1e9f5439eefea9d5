import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../codec/decode.ts';
import { CustomResourceDefinition, type JSONSchemaProps } from '../../groups/apiextensions.v1.ts';
import type { Json, JsonObject } from '../../schema.ts';
import { definitionErrors, definitionStatusErrors, definitionUpdateErrors } from './definition-errors.ts';
import { formatWarnings } from './format-warnings.ts';

const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };

function version(name: string, spec: JSONSchemaProps = { type: 'object' }, more: JsonObject = {}): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec } } as unknown as Json;
  return { name, served: true, storage: name === 'v1', schema: { openAPIV3Schema }, ...more };
}

function definition(
  spec: JsonObject,
  stored: readonly string[] = ['v1'],
  conditions: Json = null,
): CustomResourceDefinition {
  const whole = { group: 'example.com', scope: 'Namespaced', names, versions: [version('v1')], ...spec };
  return decode(CustomResourceDefinition, {
    metadata: { name: 'widgets.example.com' },
    spec: whole,
    status: { conditions, acceptedNames: names, storedVersions: stored },
  }).value;
}

const texts = (spec: JsonObject): readonly string[] =>
  definitionErrors(definition(spec)).map(({ field, message }) => `${field}: ${message}`);
const ofSchema = (schema: JSONSchemaProps): readonly string[] =>
  texts({ versions: [version('v1', schema)] }).map((text) => text.replace('spec.validation.openAPIV3Schema.', ''));

test('definitionErrors() is content with a sound definition', () => assert.deepEqual(texts({}), []));

const refused: readonly (readonly [string, JsonObject, RegExp])[] = [
  ['a group without a dot', { group: 'example' }, /^spec\.group: .* should be a domain with at least one dot$/],
  ['another scope', { scope: 'Planet' }, /^spec\.scope: Unsupported value: "Planet"/],
  ['a list kind like the kind', { names: { ...names, listKind: 'Widget' } }, /kind and listKind may not be the same$/],
  [
    'two storage versions',
    { versions: [version('v1'), version('v2', {}, { storage: true })] },
    /exactly one version marked/,
  ],
  ['pruning turned off', { preserveUnknownFields: true }, /^spec\.preserveUnknownFields: .*cannot set to true/],
  ['a conversion that nobody knows', { conversion: { strategy: 'Magic' } }, /supported values: "None", "Webhook"$/],
  [
    'a webhook that is not described',
    { conversion: { strategy: 'Webhook' } },
    /^spec\.conversion\.webhookClientConfig: Required value/,
  ],
  [
    'a column of an unknown type',
    {
      versions: [version('v1', undefined, { additionalPrinterColumns: [{ name: 'a', type: 'frob', jsonPath: '.a' }] })],
    },
    /^spec\.additionalPrinterColumns\[0\]\.type: .*must be one of boolean,date/,
  ],
  [
    'a scale path outside of the spec',
    {
      versions: [
        version('v1', undefined, {
          subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: '.status.b' } },
        }),
      ],
    },
    /^spec\.subresources\.scale\.specReplicasPath: .*should be a json path under \.spec$/,
  ],
  [
    'a column whose path does not begin with a dot',
    {
      versions: [
        version('v1', undefined, { additionalPrinterColumns: [{ name: 'a', type: 'string', jsonPath: 'a' }] }),
      ],
    },
    /^spec\.additionalPrinterColumns\[0\]\.JSONPath: Invalid value: "a": must be a simple json path starting with \.$/,
  ],
  [
    'a warning that cannot be printed',
    { versions: [version('v1', undefined, { deprecated: true, deprecationWarning: 'ä\n' })] },
    /^spec\.versions\[0\]\.deprecationWarning: .*non-printable character found at index 2$/,
  ],
];

for (const [what, spec, expected] of refused) {
  test(`definitionErrors() refuses ${what}`, () =>
    assert.ok(
      texts(spec).some((text) => expected.test(text)),
      texts(spec).join('\n'),
    ));
}

const schemas: readonly (readonly [string, JSONSchemaProps, RegExp])[] = [
  [
    'a field without a type',
    { type: 'object', properties: { a: {} } },
    /^properties\[spec\]\.properties\[a\]\.type: Required value: must not be empty for specified object fields$/,
  ],
  ['a list without items', { type: 'array' }, /\.items: Required value: must be specified$/],
  ['an unknown type', { type: 'frob' }, /\.type: Unsupported value: "frob"/],
  [
    'a type inside of alternatives',
    { type: 'string', anyOf: [{ type: 'string' }] },
    /anyOf\[0\]\.type: Forbidden: must be empty to be structural$/,
  ],
  [
    'a pattern that Go does not know',
    { type: 'string', pattern: '(?=x)' },
    /invalid or unsupported Perl syntax: `\(\?=`$/,
  ],
  ['a pattern that does not end', { type: 'string', pattern: '([' }, /missing closing \]: `\[`$/],
  [
    'a keyed list without keys',
    { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' },
    /must not be empty if x-kubernetes-list-type is map$/,
  ],
  [
    'a set of open objects',
    { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' },
    /must be atomic as item of a list/,
  ],
  [
    'a set of lists that are sets',
    {
      type: 'array',
      items: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      'x-kubernetes-list-type': 'set',
    },
    /\.items\.x-kubernetes-list-type: Invalid value: "set": must be atomic as item of a list/,
  ],
  [
    'items of a set that may be null',
    { type: 'array', items: { type: 'string', nullable: true }, 'x-kubernetes-list-type': 'set' },
    /\.items\.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set$/,
  ],
  [
    'a key that is named twice',
    {
      type: 'array',
      items: { type: 'object', properties: { k: { type: 'string' } }, required: ['k'] },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k', 'k'],
    },
    /\.x-kubernetes-list-map-keys: .*must not contain duplicate entries$/,
  ],
  [
    'unknown fields that are kept by saying no',
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
    /\.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined$/,
  ],
  [
    'a schema for each item',
    { type: 'array', items: [{ type: 'string' }] },
    /items must be a schema object and not an/,
  ],
  [
    'patterns of names',
    { type: 'object', patternProperties: { a: { type: 'string' } } },
    /\.patternProperties: Forbidden: patternProperties is not supported$/,
  ],
  [
    'a schema that says its dialect',
    { type: 'object', $schema: 'http://json-schema.org/schema#' },
    /^spec\.validation\.openAPIV3Schema: Invalid value: "": OpenAPIV3Schema 'schema' is not supported$/,
  ],
  ['a list with no schema for its items', { type: 'array', items: [] }, /\.items: Required value: must be specified$/],
  ['a reference to nothing', { type: 'object', $ref: '' }, /\.\$ref: Forbidden: \$ref is not supported$/],
  [
    'a type of null',
    { type: 'null' },
    /\.type: Forbidden: type cannot be set to null, use nullable as an alternative$/,
  ],
  [
    'keywords inside of alternatives',
    { type: 'string', anyOf: [{ uniqueItems: true }] },
    /\.anyOf\[0\]\.uniqueItems: Forbidden: uniqueItems cannot be set to true/,
  ],
  [
    'an empty rule',
    { type: 'object', 'x-kubernetes-validations': [{ rule: '' }] },
    /\.rule: Required value: rule is not specified$/,
  ],
];

for (const [what, schema, expected] of schemas) {
  test(`definitionErrors() refuses ${what}`, () => {
    const found = ofSchema(schema);
    assert.ok(
      found.some((text) => expected.test(text)),
      found.join('\n'),
    );
  });
}

function ofRoot(root: JsonObject, more: JsonObject = {}): readonly string[] {
  const openAPIV3Schema = { type: 'object', ...root };
  return texts({ versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema }, ...more }] });
}

test('definitionErrors() lets alternatives be integer or string, and say what they would be anyway', () => {
  const either = { type: 'string', anyOf: [{ type: 'integer' }, { type: 'string' }] };
  const nothing = { type: 'string', oneOf: [{ nullable: false, additionalProperties: false }] };
  assert.deepEqual(ofSchema(either), []);
  assert.deepEqual(ofSchema(nothing), []);
});

test('definitionErrors() refuses all that is said of metadata but its names', () => {
  const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  for (const said of [{ description: 'x' }, { title: 'x' }, { required: ['name'] }]) {
    assert.deepEqual(ofRoot({ properties: { metadata: { type: 'object', ...said } } }), [
      `spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: ${why}`,
    ]);
  }
});

test('definitionErrors() refuses defaults for what the server itself writes', () => {
  const found = ofRoot({ properties: { kind: { type: 'string', default: 'Widget' } } });
  assert.deepEqual(found, [
    'spec.validation.openAPIV3Schema.properties[kind].default: Forbidden: must not be set in top-level kind',
  ]);
});

test('definitionErrors() lets the root say little beside a status of its own', () => {
  const status = { subresources: { status: {} } };
  assert.deepEqual(ofRoot({ maxProperties: 3 }), []);
  assert.match(
    ofRoot({ maxProperties: 3 }, status).join(),
    /^spec\.validation\.openAPIV3Schema: .*: only \[Description Type Format .* XPreserveUnknownFields XValidations\] fields are allowed at the root/,
  );
  assert.deepEqual(ofRoot({ required: ['spec'], properties: { spec: { type: 'object' } } }, status), []);
});

test('definitionErrors() names the version when versions differ', () => {
  const versions = [version('v1'), version('v2', { type: 'frob' })];
  assert.match(texts({ versions }).join(), /^spec\.versions\[1\]\.schema\.openAPIV3Schema\.properties\[spec\]\.type/);
});

test('definitionErrors() asks who approved a group of Kubernetes', () => {
  const found = definitionErrors(definition({ group: 'x.k8s.io' })).map(({ field }) => field);
  assert.ok(found.includes('metadata.annotations[api-approved.kubernetes.io]'));
});

test('definitionUpdateErrors() keeps scope and kind once the definition is established', () => {
  const established = [{ type: 'Established', status: 'True' }];
  const old = definition({}, ['v1'], established);
  const errors = definitionUpdateErrors(definition({ scope: 'Cluster' }), old);
  assert.deepEqual(
    errors.map(({ field, message }) => `${field}: ${message}`),
    ['spec.scope: Invalid value: "Cluster": field is immutable'],
  );
  assert.deepEqual(definitionUpdateErrors(definition({ scope: 'Cluster' }), definition({})), []);
});

test('definitionUpdateErrors() keeps versions in which objects are stored', () => {
  const errors = definitionUpdateErrors(definition({}, ['v1', 'v0']), definition({}));
  assert.match(errors[0]?.message ?? '', /^Invalid value: "v0": missing from spec\.versions; v0 was previously/);
});

test('formatWarnings() names formats that nobody knows', () => {
  const schema: JSONSchemaProps = { type: 'object', properties: { a: { type: 'string', format: 'frob' } } };
  assert.deepEqual(formatWarnings(definition({ versions: [version('v1', schema)] })), ['unrecognized format "frob"']);
});

const shownVersion = (name: string, storage: boolean): string =>
  `{"Name":"${name}","Served":true,"Storage":${storage},"Deprecated":false,"DeprecationWarning":null,` +
  '"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}';
const label =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const webhook = (more: JsonObject): JsonObject => ({
  conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://x/y' }, ...more } },
});
const both = [version('v1'), version('v2', { type: 'object' }, { storage: false })];
const selecting = (jsonPath: string, spec: JSONSchemaProps): JsonObject =>
  version('v1', spec, { selectableFields: [{ jsonPath }] });

const exact: readonly (readonly [string, JsonObject, readonly string[]])[] = [
  [
    'no storage version',
    { versions: [version('v1', { type: 'object' }, { storage: false })] },
    [
      `spec.versions: Invalid value: [${shownVersion('v1', false)}]: must have exactly one version marked as storage version`,
    ],
  ],
  [
    'a first version that is no label',
    { versions: [both[1] ?? {}, version('v1')].map((each, i) => (i === 0 ? { ...each, name: '2' } : each)) },
    [`spec.versions[0].name: Invalid value: "2": ${label}`, `spec.version: Invalid value: "2": ${label}`],
  ],
  [
    'fields for selectors that no schema has',
    { versions: [selecting('.spec.color', { type: 'object' })] },
    [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.color": is an invalid path: does not refer to a valid field',
    ],
  ],
  [
    'versions that share a schema but not the fields for selectors',
    { versions: [selecting('.spec', { type: 'string' }), version('v2', { type: 'string' }, { storage: false })] },
    [
      'spec.versions[0].selectableFields: Invalid value: "": may only be set when `version.schema.openAPIV3Schema` is not included',
    ],
  ],
  [
    'versions of reviews named twice',
    webhook({ conversionReviewVersions: ['v1', 'v1'] }),
    ['spec.conversion.conversionReviewVersions[1]: Invalid value: "v1": duplicate version'],
  ],
  [
    'unknown fields kept beside defaults and conversion',
    {
      ...webhook({ conversionReviewVersions: ['v1'] }),
      preserveUnknownFields: true,
      versions: [version('v1', { type: 'string', default: 'a' })],
    },
    [
      'spec.preserveUnknownFields: Invalid value: true: must be false in order to use defaults in the schema',
      'spec.conversion.strategy: Invalid value: "Webhook": must be None if spec.preserveUnknownFields is true',
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    ],
  ],
  [
    'a schema that is no structure and has keywords that are too costly',
    { versions: [version('v1', { uniqueItems: true })] },
    [
      'spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
      'spec.validation.openAPIV3Schema.properties[spec].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
    ],
  ],
  [
    'rules of several lines without a message',
    {
      versions: [
        version('v1', {
          type: 'object',
          'x-kubernetes-validations': [{ rule: 'true\n', messageExpression: ' ' }, { rule: 'a\nb' }],
        }),
      ],
    },
    [
      'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].messageExpression: Required value: messageExpression must be non-empty if specified',
      'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[1].message: Required value: message must be specified if rule contains line breaks',
    ],
  ],
];

for (const [what, spec, expected] of exact) {
  test(`definitionErrors() says all that is wrong with ${what}`, () => assert.deepEqual(texts(spec), expected));
}

test('definitionErrors() wants the storage version among the stored ones', () => {
  const errors = definitionErrors(definition({ versions: both }, ['v2']));
  assert.deepEqual(
    errors.map(({ field, message }) => `${field}: ${message}`),
    ['status.storedVersions: Invalid value: ["v2"]: must have the storage version v1'],
  );
});

test('definitionUpdateErrors() wants readable certificates once the definition is established', () => {
  const conditions = [{ type: 'Established', status: 'True', reason: 'R', message: '' }];
  const bundle = Buffer.from('none').toString('base64');
  const client = (caBundle?: string): JsonObject =>
    webhook({
      conversionReviewVersions: ['v1'],
      clientConfig: { url: 'https://x/y', ...(caBundle === undefined ? {} : { caBundle }) },
    });
  const update = (before: string | undefined, established: boolean): readonly string[] =>
    definitionUpdateErrors(
      definition(client(bundle)),
      definition(client(before), ['v1'], established ? (conditions as unknown as Json) : null),
    ).map(({ field }) => field);
  assert.deepEqual(update(undefined, true), ['spec.conversion.webhookClientConfig.caBundle']);
  assert.deepEqual(update(undefined, false), []);
  assert.deepEqual(update(bundle, true), []);
});

test('definitionStatusErrors() checks the names that were accepted', () => {
  const status = { acceptedNames: { plural: 'A', kind: 'Widget', shortNames: [''] } };
  const { spec, metadata } = definition({});
  const errors = definitionStatusErrors({ metadata, spec, status } as unknown as CustomResourceDefinition);
  assert.deepEqual(
    errors.map(({ field }) => field),
    ['status.acceptedNames.plural', 'status.acceptedNames.shortNames[0]'],
  );
});

test('formatWarnings() keeps quiet about formats that were there before', () => {
  const of = (...formats: readonly string[]): CustomResourceDefinition =>
    definition({
      versions: [
        version('v1', {
          allOf: [],
          properties: Object.fromEntries(formats.map((format) => [format, { type: 'string', format }])),
        }),
      ],
    });
  assert.deepEqual(formatWarnings(of('a', 'b'), of('a')), ['unrecognized format "b"']);
});
