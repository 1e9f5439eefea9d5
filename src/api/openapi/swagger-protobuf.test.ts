import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { encodeSwagger } from './swagger-protobuf.ts';

/** The part of gnostic's OpenAPIv2.proto that is written. */
const { root } = protobuf.parse(`syntax = "proto3";
  message Any { string yaml = 2; }
  message NamedAny { string name = 1; Any value = 2; }
  message NamedSchema { string name = 1; Schema value = 2; }
  message Properties { repeated NamedSchema additional_properties = 1; }
  message AdditionalPropertiesItem { oneof oneof { Schema schema = 1; bool boolean = 2; } }
  message TypeItem { repeated string value = 1; }
  message ItemsItem { repeated Schema schema = 1; }
  message Schema {
    string ref = 1; string format = 2; string description = 4; Any default = 5; repeated string required = 19;
    repeated Any enum = 20; AdditionalPropertiesItem additional_properties = 21; TypeItem type = 22; ItemsItem items = 23;
    repeated Schema all_of = 24; Properties properties = 25; repeated NamedAny vendor_extension = 31;
  }
  message Info { string title = 1; string version = 2; }
  message Document { string swagger = 1; Info info = 2; Properties definitions = 9; }
`);

test('encodeSwagger() writes definitions as gnostic reads them', () => {
  const pod = {
    type: 'object',
    description: 'A pod',
    required: ['spec'],
    properties: {
      spec: { allOf: [{ $ref: '#/definitions/Spec' }], default: {} },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      ports: { type: 'array', items: { type: 'integer', format: 'int32' } },
      policy: { type: 'string', enum: ['Always', 'Never'] },
    },
    'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
  };
  const bytes = encodeSwagger({
    swagger: '2.0',
    info: { title: 'T', version: '1' },
    paths: {},
    definitions: { Pod: pod },
  });
  const Document = root.lookupType('Document');
  const type = (value: string): object => ({ type: { value: [value] } });
  assert.deepEqual(Document.toObject(Document.decode(bytes)), {
    swagger: '2.0',
    info: { title: 'T', version: '1' },
    definitions: {
      additionalProperties: [
        {
          name: 'Pod',
          value: {
            ...type('object'),
            description: 'A pod',
            required: ['spec'],
            properties: {
              additionalProperties: [
                { name: 'spec', value: { allOf: [{ ref: '#/definitions/Spec' }], default: { yaml: '{}' } } },
                { name: 'labels', value: { ...type('object'), additionalProperties: { schema: type('string') } } },
                {
                  name: 'ports',
                  value: { ...type('array'), items: { schema: [{ ...type('integer'), format: 'int32' }] } },
                },
                { name: 'policy', value: { ...type('string'), enum: [{ yaml: '"Always"' }, { yaml: '"Never"' }] } },
              ],
            },
            vendorExtension: [
              {
                name: 'x-kubernetes-group-version-kind',
                value: { yaml: '[{"group":"","kind":"Pod","version":"v1"}]' },
              },
            ],
          },
        },
      ],
    },
  });
});
