/**
 * Versions of a definition as the original prints them in errors: its inner form, all fields under Go's names. What all
 * versions say alike stands outside them there.
 */
import type {
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
} from '../../groups/apiextensions.v1.ts';
import { isJsonObject } from '../../codec/json-object.ts';

type Part = 'schema' | 'subresources' | 'columns' | 'selectable';
export type SharedParts = Readonly<Record<Part, boolean>>;

export function versionsShape(
  versions: readonly CustomResourceDefinitionVersion[] | undefined,
  shared: SharedParts,
): unknown {
  const list = versions?.map((version) => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: shared.schema || version.schema == null ? null : { OpenAPIV3Schema: schemaOf(version.schema) },
    Subresources: shared.subresources ? null : subresourcesShape(version.subresources),
    AdditionalPrinterColumns: shared.columns ? null : columnsShape(version),
    SelectableFields: shared.selectable
      ? null
      : (version.selectableFields?.map(({ jsonPath }) => ({ JSONPath: jsonPath })) ?? null),
  }));
  return list ?? null;
}

const schemaOf = ({ openAPIV3Schema }: { readonly openAPIV3Schema?: JSONSchemaProps | undefined }): unknown =>
  openAPIV3Schema === undefined ? null : schemaShape(openAPIV3Schema);

function subresourcesShape(subresources: CustomResourceSubresources | undefined): unknown {
  if (subresources === undefined) return null;
  const { status, scale } = subresources;
  return {
    Status: status === undefined ? null : {},
    Scale:
      scale === undefined
        ? null
        : {
            SpecReplicasPath: scale.specReplicasPath,
            StatusReplicasPath: scale.statusReplicasPath,
            LabelSelectorPath: scale.labelSelectorPath ?? null,
          },
  };
}

function columnsShape({ additionalPrinterColumns }: CustomResourceDefinitionVersion): unknown {
  const columns = additionalPrinterColumns?.map(({ name, type, format, description, priority, jsonPath }) => ({
    Name: name,
    Type: type,
    Format: format ?? '',
    Description: description ?? '',
    Priority: priority ?? 0,
    JSONPath: jsonPath,
  }));
  return columns ?? null;
}

const simple: readonly (readonly [string, keyof JSONSchemaProps, string | boolean | null])[] = [
  ['ID', 'id', ''],
  ['Schema', '$schema', ''],
  ['Ref', '$ref', null],
  ['Description', 'description', ''],
  ['Type', 'type', ''],
  ['Nullable', 'nullable', false],
  ['Format', 'format', ''],
  ['Title', 'title', ''],
  ['Default', 'default', null],
  ['Maximum', 'maximum', null],
  ['ExclusiveMaximum', 'exclusiveMaximum', false],
  ['Minimum', 'minimum', null],
  ['ExclusiveMinimum', 'exclusiveMinimum', false],
  ['MaxLength', 'maxLength', null],
  ['MinLength', 'minLength', null],
  ['Pattern', 'pattern', ''],
  ['MaxItems', 'maxItems', null],
  ['MinItems', 'minItems', null],
  ['UniqueItems', 'uniqueItems', false],
  ['MultipleOf', 'multipleOf', null],
  ['Enum', 'enum', null],
  ['MaxProperties', 'maxProperties', null],
  ['MinProperties', 'minProperties', null],
  ['Required', 'required', null],
];

/** Fields of the original's own, behind those that hold other schemas. */
const extensions: readonly (readonly [string, keyof JSONSchemaProps, boolean | null])[] = [
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields', null],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource', false],
  ['XIntOrString', 'x-kubernetes-int-or-string', false],
  ['XListMapKeys', 'x-kubernetes-list-map-keys', null],
  ['XListType', 'x-kubernetes-list-type', null],
  ['XMapType', 'x-kubernetes-map-type', null],
];

export function schemaShape(schema: JSONSchemaProps): unknown {
  const list = (schemas: readonly JSONSchemaProps[] | undefined): unknown => schemas?.map(schemaShape) ?? null;
  const { externalDocs, not } = schema;
  return {
    ...Object.fromEntries(simple.map(([name, key, zero]) => [name, schema[key] ?? zero])),
    Items: itemsShape(schema.items),
    AllOf: list(schema.allOf),
    OneOf: list(schema.oneOf),
    AnyOf: list(schema.anyOf),
    Not: not === undefined ? null : schemaShape(not),
    Properties: mapShape(schema.properties),
    AdditionalProperties: orBoolShape(schema.additionalProperties),
    PatternProperties: mapShape(schema.patternProperties),
    Dependencies: schema.dependencies ?? null,
    AdditionalItems: orBoolShape(schema.additionalItems),
    Definitions: mapShape(schema.definitions),
    ExternalDocs:
      externalDocs === undefined ? null : { Description: externalDocs.description ?? '', URL: externalDocs.url ?? '' },
    Example: schema.example ?? null,
    ...Object.fromEntries(extensions.map(([name, key, zero]) => [name, schema[key] ?? zero])),
    XValidations: schema['x-kubernetes-validations']?.map(ruleShape) ?? null,
  };
}

/** A rule of validation, likewise. */
export function ruleShape(rule: NonNullable<JSONSchemaProps['x-kubernetes-validations']>[number]): unknown {
  return {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
}

export function itemsShape(items: JSONSchemaProps['items']): unknown {
  if (items === undefined) return null;
  if (Array.isArray(items))
    return { Schema: null, JSONSchemas: (items as readonly JSONSchemaProps[]).map(schemaShape) };
  return { Schema: schemaShape(items as JSONSchemaProps), JSONSchemas: null };
}

function orBoolShape(value: unknown): unknown {
  if (value === undefined) return null;
  return isJsonObject(value) ? { Allows: true, Schema: schemaShape(value) } : { Allows: value, Schema: null };
}

function mapShape(schemas: Readonly<Record<string, JSONSchemaProps>> | undefined): unknown {
  if (schemas === undefined) return null;
  const entries = Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, schemaShape(each)]));
}
