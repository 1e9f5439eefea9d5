/** Formats in schemas that no validation knows. */
import type { CustomResourceDefinition, JSONSchemaProps } from '../../groups/apiextensions.v1.ts';

const known = new Set(
  [
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn',
    'hexcolor rgbcolor byte password date duration date-time datetime int32 int64 float double',
    'k8s-short-name k8s-long-name',
  ]
    .join(' ')
    .split(' '),
);

/** `old`: formats that an update leaves as they were are not told again. */
export function formatWarnings(
  definition: CustomResourceDefinition,
  old?: CustomResourceDefinition,
): readonly string[] {
  const before = old === undefined ? [] : unknownFormats(old);
  const unknown = unknownFormats(definition).filter((format) => !before.includes(format));
  return unknown.map((format) => `unrecognized format ${JSON.stringify(format)}`);
}

function unknownFormats({ spec }: CustomResourceDefinition): readonly string[] {
  const formats = (spec.versions ?? []).flatMap(({ schema }) => formatsOf(schema?.openAPIV3Schema));
  return [...new Set(formats)].filter((format) => !known.has(format)).toSorted();
}

function formatsOf(schema: JSONSchemaProps | undefined): readonly string[] {
  if (schema === undefined) return [];
  const { format, properties = {}, items, additionalProperties } = schema;
  return [
    ...(format === undefined || format === '' ? [] : [format]),
    ...Object.values(properties).flatMap(formatsOf),
    ...(items === undefined || Array.isArray(items) ? [] : formatsOf(items as JSONSchemaProps)),
    ...(typeof additionalProperties === 'object' ? formatsOf(additionalProperties) : []),
  ];
}
