/**
 * The OpenAPI v2 document in the protobuf form that kubectl asks for (messages of gnostic's OpenAPIv2.proto): the types
 * that it checks manifests by. Paths are left out: no client of this form reads them.
 */
import protobuf from 'protobufjs/minimal.js';
import type { Json, JsonObject } from '../schema.ts';

type Writer = protobuf.Writer;

const document = { swagger: 1, info: 2, definitions: 9 } as const;
const infoText = { title: 1, version: 2 } as const;
/** Fields of a schema that are text, true or false. */
const plain: Readonly<Record<string, number>> = { $ref: 1, format: 2, title: 3, description: 4, pattern: 13 };
const schema = {
  default: 5,
  required: 19,
  enum: 20,
  additionalProperties: 21,
  type: 22,
  items: 23,
  allOf: 24,
  properties: 25,
  extension: 31,
} as const;

/** @param value the document as `printOpenApiV2` prints it. */
export function encodeSwagger(value: JsonObject): Uint8Array {
  const writer = protobuf.Writer.create();
  text(writer, document.swagger, String(value['swagger']));
  nested(writer, document.info, () => {
    const { title, version } = value['info'] as { readonly title: string; readonly version: string };
    text(writer, infoText.title, title);
    text(writer, infoText.version, version);
  });
  nested(writer, document.definitions, () => namedSchemas(writer, value['definitions'] as JsonObject));
  return writer.finish();
}

function namedSchemas(writer: Writer, schemas: JsonObject): void {
  for (const [name, value] of Object.entries(schemas)) {
    nested(writer, 1, () => {
      text(writer, 1, name);
      nested(writer, 2, () => writeSchema(writer, value as JsonObject));
    });
  }
}

function writeSchema(writer: Writer, value: JsonObject): void {
  for (const [name, field] of Object.entries(value)) {
    const number = plain[name];
    if (number !== undefined) text(writer, number, String(field));
    else if (name.startsWith('x-')) extension(writer, name, field);
    else writeKeyword(writer, name, field);
  }
}

function writeKeyword(writer: Writer, name: string, field: Json): void {
  switch (name) {
    case 'default':
      return nested(writer, schema.default, () => text(writer, 2, JSON.stringify(field)));
    case 'required':
      for (const each of field as readonly string[]) text(writer, schema.required, each);
      return;
    case 'enum':
      for (const each of field as readonly Json[])
        nested(writer, schema.enum, () => text(writer, 2, JSON.stringify(each)));
      return;
    case 'additionalProperties':
      return nested(writer, schema.additionalProperties, () => {
        if (typeof field === 'boolean') writer.uint32(tag(2, 0)).bool(field);
        else nested(writer, 1, () => writeSchema(writer, field as JsonObject));
      });
    case 'type':
      return nested(writer, schema.type, () => text(writer, 1, String(field)));
    case 'items':
      return nested(writer, schema.items, () => nested(writer, 1, () => writeSchema(writer, field as JsonObject)));
    case 'allOf':
      for (const each of field as readonly JsonObject[]) nested(writer, schema.allOf, () => writeSchema(writer, each));
      return;
    case 'properties':
      return nested(writer, schema.properties, () => namedSchemas(writer, field as JsonObject));
  }
}

/** Values of any kind travel as YAML, of which JSON is a part. */
function extension(writer: Writer, name: string, value: Json): void {
  nested(writer, schema.extension, () => {
    text(writer, 1, name);
    nested(writer, 2, () => text(writer, 2, JSON.stringify(value)));
  });
}

function text(writer: Writer, field: number, value: string): void {
  writer.uint32(tag(field, 2)).string(value);
}

function nested(writer: Writer, field: number, write: () => void): void {
  writer.uint32(tag(field, 2)).fork();
  write();
  writer.ldelim();
}

function tag(field: number, wireType: 0 | 2): number {
  return field * 8 + wireType;
}
