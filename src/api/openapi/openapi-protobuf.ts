/**
 * OpenAPI v3 documents in protobuf (messages of gnostic's OpenAPIv3.proto), for clients that ask for it. The tables below
 * say of each message which field of the JSON document is which number, and how it is written; what begins with `x-` goes
 * into the list of extensions that each message has.
 */
import protobuf from 'protobufjs/minimal.js';
import { isJsonObject } from '../codec/json-object.ts';
import type { Json, JsonObject } from '../schema.ts';

type Writer = protobuf.Writer;
/** Writes a value as the field of that number. */
type Encode = (writer: Writer, field: number, value: Json) => void;

interface Message {
  readonly fields: Readonly<Record<string, readonly [number, Encode]>>;
  readonly extensions: number;
}

/** @param document as `printOpenApiV3` prints it. */
export function encodeOpenApiV3(document: JsonObject): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, documentMessage(), document);
  return writer.finish();
}

const tag = (field: number, wireType: 0 | 1 | 2): number => field * 8 + wireType;

const text: Encode = (writer, field, value) => void writer.uint32(tag(field, 2)).string(String(value));
const flag: Encode = (writer, field, value) => {
  if (value === true) writer.uint32(tag(field, 0)).bool(true);
};
const double: Encode = (writer, field, value) => void writer.uint32(tag(field, 1)).double(Number(value));
const count: Encode = (writer, field, value) => void writer.uint32(tag(field, 0)).int64(Number(value));

const each =
  (encode: Encode): Encode =>
  (writer, field, value) => {
    for (const item of value as readonly Json[]) encode(writer, field, item);
  };

function nested(writer: Writer, field: number, write: () => void): void {
  writer.uint32(tag(field, 2)).fork();
  write();
  writer.ldelim();
}

const message =
  (of: () => Message): Encode =>
  (writer, field, value) =>
    nested(writer, field, () => writeMessage(writer, of(), value as JsonObject));

/** A message, or the name of one that stands elsewhere. */
const orReference =
  (of: () => Message): Encode =>
  (writer, field, value) =>
    nested(writer, field, () => {
      const { $ref } = value as JsonObject;
      if ($ref === undefined) message(of)(writer, 1, value);
      else nested(writer, 2, () => text(writer, 1, $ref));
    });

/** A map: its entries in the order of their names, each a message of name and value. */
const named =
  (encode: Encode): Encode =>
  (writer, field, value) =>
    nested(writer, field, () => writeNamed(writer, encode, Object.entries(value as JsonObject)));

function writeNamed(writer: Writer, encode: Encode, entries: readonly (readonly [string, Json])[], field = 1): void {
  for (const [name, value] of entries) {
    nested(writer, field, () => {
      text(writer, 1, name);
      encode(writer, 2, value);
    });
  }
}

/** Values of any kind travel as YAML, of which JSON is a part. */
const any: Encode = (writer, field, value) => nested(writer, field, () => text(writer, 2, JSON.stringify(value)));

/** Objects and lists have no place in this message; that there is a default remains. */
const defaultValue: Encode = (writer, field, value) =>
  nested(writer, field, () => {
    if (typeof value === 'number') double(writer, 1, value);
    else if (typeof value === 'boolean') writer.uint32(tag(2, 0)).bool(value);
    else if (typeof value === 'string') text(writer, 3, value);
  });

const additional: Encode = (writer, field, value) =>
  nested(writer, field, () => {
    if (typeof value === 'boolean') writer.uint32(tag(2, 0)).bool(value);
    else schemaOrReference(writer, 1, value);
  });

const responses: Encode = (writer, field, value) =>
  nested(writer, field, () => {
    const { default: fallback, ...others } = value as JsonObject;
    const response = orReference(() => responseMessage);
    if (fallback !== undefined) response(writer, 1, fallback);
    writeNamed(writer, response, Object.entries(others), 2);
  });

const schemaOrReference: Encode = orReference(() => schemaMessage);

const schemaMessage: Message = {
  extensions: 36,
  fields: {
    nullable: [1, flag],
    readOnly: [3, flag],
    writeOnly: [4, flag],
    externalDocs: [6, message(() => externalDocsMessage)],
    example: [7, any],
    deprecated: [8, flag],
    title: [9, text],
    multipleOf: [10, double],
    maximum: [11, double],
    exclusiveMaximum: [12, flag],
    minimum: [13, double],
    exclusiveMinimum: [14, flag],
    maxLength: [15, count],
    minLength: [16, count],
    pattern: [17, text],
    maxItems: [18, count],
    minItems: [19, count],
    uniqueItems: [20, flag],
    maxProperties: [21, count],
    minProperties: [22, count],
    required: [23, each(text)],
    enum: [24, each(any)],
    type: [25, text],
    allOf: [26, each(schemaOrReference)],
    oneOf: [27, each(schemaOrReference)],
    anyOf: [28, each(schemaOrReference)],
    not: [29, message(() => schemaMessage)],
    items: [30, (writer, field, value) => nested(writer, field, () => schemaOrReference(writer, 1, value))],
    properties: [31, named(schemaOrReference)],
    additionalProperties: [32, additional],
    default: [33, defaultValue],
    description: [34, text],
    format: [35, text],
  },
};

const externalDocsMessage: Message = { extensions: 3, fields: { description: [1, text], url: [2, text] } };

const mediaTypes: Encode = named(
  message(() => ({ extensions: 5, fields: { schema: [1, schemaOrReference], example: [2, any] } })),
);

const responseMessage: Message = { extensions: 5, fields: { description: [1, text], content: [3, mediaTypes] } };

const parameterMessage: Message = {
  extensions: 14,
  fields: {
    name: [1, text],
    in: [2, text],
    description: [3, text],
    required: [4, flag],
    deprecated: [5, flag],
    allowEmptyValue: [6, flag],
    style: [7, text],
    explode: [8, flag],
    allowReserved: [9, flag],
    schema: [10, schemaOrReference],
    example: [11, any],
    content: [13, mediaTypes],
  },
};

const bodyMessage: Message = {
  extensions: 4,
  fields: { description: [1, text], content: [2, mediaTypes], required: [3, flag] },
};

const operationMessage: Message = {
  extensions: 13,
  fields: {
    tags: [1, each(text)],
    summary: [2, text],
    description: [3, text],
    externalDocs: [4, message(() => externalDocsMessage)],
    operationId: [5, text],
    parameters: [6, each(orReference(() => parameterMessage))],
    requestBody: [7, orReference(() => bodyMessage)],
    responses: [8, responses],
    deprecated: [10, flag],
  },
};

const operation = message(() => operationMessage);

const pathMessage: Message = {
  extensions: 14,
  fields: {
    $ref: [1, text],
    summary: [2, text],
    description: [3, text],
    get: [4, operation],
    put: [5, operation],
    post: [6, operation],
    delete: [7, operation],
    options: [8, operation],
    head: [9, operation],
    patch: [10, operation],
    trace: [11, operation],
    parameters: [13, each(orReference(() => parameterMessage))],
  },
};

const securityMessage: Message = {
  extensions: 9,
  fields: {
    type: [1, text],
    description: [2, text],
    name: [3, text],
    in: [4, text],
    scheme: [5, text],
    bearerFormat: [6, text],
    openIdConnectUrl: [8, text],
  },
};

const componentsMessage: Message = {
  extensions: 10,
  fields: {
    schemas: [1, named(schemaOrReference)],
    responses: [2, named(orReference(() => responseMessage))],
    parameters: [3, named(orReference(() => parameterMessage))],
    requestBodies: [5, named(orReference(() => bodyMessage))],
    securitySchemes: [7, named(orReference(() => securityMessage))],
  },
};

const documentMessage = (): Message => ({
  extensions: 9,
  fields: {
    openapi: [1, text],
    info: [
      2,
      message(() => ({ extensions: 7, fields: { title: [1, text], description: [2, text], version: [6, text] } })),
    ],
    paths: [4, named(message(() => pathMessage))],
    components: [5, message(() => componentsMessage)],
  },
});

function writeMessage(writer: Writer, { fields, extensions }: Message, value: JsonObject): void {
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known !== undefined) known[1](writer, known[0], member);
    else if (name.startsWith('x-')) writeNamed(writer, any, [[name, member]], extensions);
  }
}
