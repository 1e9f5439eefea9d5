import assert from 'node:assert/strict';
import { test } from 'node:test';
import protobuf from 'protobufjs';
import { encodeOpenApiV3 } from './openapi-protobuf.ts';

/** The part of gnostic's OpenAPIv3.proto that documents of Kubernetes use. */
const { root } = protobuf.parse(`syntax = "proto3";
  message Any { string yaml = 2; }
  message NamedAny { string name = 1; Any value = 2; }
  message Reference { string ref = 1; }
  message SchemaOrReference { oneof oneof { Schema schema = 1; Reference reference = 2; } }
  message NamedSchema { string name = 1; SchemaOrReference value = 2; }
  message Schemas { repeated NamedSchema items = 1; }
  message ItemsItem { repeated SchemaOrReference items = 1; }
  message Additional { oneof oneof { SchemaOrReference schema = 1; bool boolean = 2; } }
  message DefaultType { oneof oneof { double number = 1; bool boolean = 2; string string = 3; } }
  message Schema {
    double minimum = 13; int64 maxLength = 15; repeated string required = 23; repeated Any enum = 24; string type = 25;
    repeated SchemaOrReference allOf = 26; ItemsItem items = 30; Schemas properties = 31; Additional additionalProperties = 32;
    DefaultType default = 33; string description = 34; string format = 35; repeated NamedAny extension = 36;
  }
  message MediaType { SchemaOrReference schema = 1; }
  message NamedMediaType { string name = 1; MediaType value = 2; }
  message MediaTypes { repeated NamedMediaType items = 1; }
  message Parameter { string name = 1; string in = 2; SchemaOrReference schema = 10; }
  message ParameterOrReference { Parameter parameter = 1; Reference reference = 2; }
  message Response { string description = 1; MediaTypes content = 3; }
  message ResponseOrReference { Response response = 1; }
  message NamedResponse { string name = 1; ResponseOrReference value = 2; }
  message Responses { ResponseOrReference default = 1; repeated NamedResponse items = 2; }
  message Body { MediaTypes content = 2; bool required = 3; }
  message BodyOrReference { Body body = 1; }
  message Operation {
    repeated string tags = 1; string operationId = 5; repeated ParameterOrReference parameters = 6; BodyOrReference body = 7;
    Responses responses = 8; repeated NamedAny extension = 13;
  }
  message PathItem { Operation get = 4; Operation post = 6; }
  message NamedPath { string name = 1; PathItem value = 2; }
  message Paths { repeated NamedPath items = 1; }
  message Security { string type = 1; string name = 3; string in = 4; }
  message SecurityOrReference { Security security = 1; }
  message NamedSecurity { string name = 1; SecurityOrReference value = 2; }
  message Securities { repeated NamedSecurity items = 1; }
  message Components { Schemas schemas = 1; Securities securities = 7; }
  message Info { string title = 1; string version = 6; }
  message Document { string openapi = 1; Info info = 2; Paths paths = 4; Components components = 5; }
`);

const podSchema = {
  type: 'object',
  description: 'A pod',
  required: ['spec'],
  properties: {
    spec: { allOf: [{ $ref: '#/components/schemas/Spec' }], default: {} },
    labels: { type: 'object', additionalProperties: { type: 'string', default: '' } },
    ports: { type: 'array', items: { type: 'integer', format: 'int32', minimum: 1, default: 0 } },
    policy: { type: 'string', enum: ['Always', 'Never'], maxLength: 10 },
  },
  'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
};

test('encodeOpenApiV3() writes schemas as gnostic reads them', () => {
  const bytes = encodeOpenApiV3({
    openapi: '3.0.0',
    info: { title: 'T', version: '1' },
    paths: {},
    components: {
      schemas: { Pod: podSchema },
      securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    },
  });
  const type = root.lookupType('Document');
  const read = type.toObject(type.decode(bytes), { longs: Number });
  const schema = (value: object): object => ({ schema: value });
  assert.deepEqual(read, {
    openapi: '3.0.0',
    info: { title: 'T', version: '1' },
    paths: {},
    components: {
      schemas: {
        items: [
          {
            name: 'Pod',
            value: schema({
              type: 'object',
              description: 'A pod',
              required: ['spec'],
              properties: {
                items: [
                  {
                    name: 'spec',
                    value: schema({ allOf: [{ reference: { ref: '#/components/schemas/Spec' } }], default: {} }),
                  },
                  {
                    name: 'labels',
                    value: schema({
                      type: 'object',
                      additionalProperties: { schema: schema({ type: 'string', default: { string: '' } }) },
                    }),
                  },
                  {
                    name: 'ports',
                    value: schema({
                      type: 'array',
                      items: {
                        items: [schema({ type: 'integer', format: 'int32', minimum: 1, default: { number: 0 } })],
                      },
                    }),
                  },
                  {
                    name: 'policy',
                    value: schema({ type: 'string', enum: [{ yaml: '"Always"' }, { yaml: '"Never"' }], maxLength: 10 }),
                  },
                ],
              },
              extension: [
                {
                  name: 'x-kubernetes-group-version-kind',
                  value: { yaml: '[{"group":"","kind":"Pod","version":"v1"}]' },
                },
              ],
            }),
          },
        ],
      },
      securities: {
        items: [{ name: 'BearerToken', value: { security: { type: 'apiKey', name: 'authorization', in: 'header' } } }],
      },
    },
  });
});

test('encodeOpenApiV3() writes paths with their operations', () => {
  const $ref = '#/components/schemas/Pod';
  const content = { 'application/json': { schema: { $ref } } };
  const bytes = encodeOpenApiV3({
    paths: {
      '/pods': {
        post: {
          tags: ['core'],
          operationId: 'createPod',
          parameters: [{ name: 'pretty', in: 'query', schema: { type: 'string' } }],
          requestBody: { required: true, content },
          responses: { '200': { description: 'OK', content }, default: { description: 'else' } },
          'x-kubernetes-action': 'post',
        },
      },
    },
  });
  const type = root.lookupType('Document');
  const written = { items: [{ name: 'application/json', value: { schema: { reference: { ref: $ref } } } }] };
  assert.deepEqual(type.toObject(type.decode(bytes)), {
    paths: {
      items: [
        {
          name: '/pods',
          value: {
            post: {
              tags: ['core'],
              operationId: 'createPod',
              parameters: [{ parameter: { name: 'pretty', in: 'query', schema: { schema: { type: 'string' } } } }],
              body: { body: { required: true, content: written } },
              responses: {
                default: { response: { description: 'else' } },
                items: [{ name: '200', value: { response: { description: 'OK', content: written } } }],
              },
              extension: [{ name: 'x-kubernetes-action', value: { yaml: '"post"' } }],
            },
          },
        },
      ],
    },
  });
});
