/**
 * Whether the defaults in the schema of a CustomResourceDefinition are values that it allows: of the type and in the bounds
 * that stand beside them, by its rules, without fields that would be pruned, and sound where they are objects of their own.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
import { isJsonObject } from '../../api/codec/json-object.ts';
import { invalid, type FieldError } from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json } from '../../api/schema.ts';
import { embeddedErrors } from './embedded-resources.ts';
import { schemaErrors } from './validate-schema.ts';
import { defaultRuleErrors } from './validation-rules.ts';

const metaFields = ['apiVersion', 'kind', 'metadata'];

/** Of a schema that is otherwise well formed, and all below it. */
export function defaultErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const { default: given, items, properties = {} } = schema;
  const own = given === undefined ? [] : valueErrors(schema, given, `${field}.default`);
  const ofItems = items === undefined ? [] : defaultErrors(items as JSONSchemaProps, `${field}.items`);
  const names = Object.keys(properties).toSorted((a, b) => (a < b ? -1 : 1));
  const ofProperties = names.flatMap((name) => {
    const property = properties[name];
    return property === undefined ? [] : defaultErrors(property, `${field}.properties[${name}]`);
  });
  return [...own, ...ofItems, ...ofProperties];
}

function valueErrors(schema: JSONSchemaProps, value: Json, field: string): readonly FieldError[] {
  const pruned = hasUnknown(schema, value) ? [invalid(field, value, 'must not have unknown fields')] : [];
  const embedded = embeddedErrors(schema, value).map((error) => ({ ...error, field: join(field, error.field) }));
  if (embedded.length > 0) return [...pruned, ...embedded];
  const unfit = schemaErrors(schema, value, { path: '', root: field });
  return [...pruned, ...(unfit.length > 0 ? unfit : defaultRuleErrors(schema, value, field))];
}

const join = (field: string, below: string): string =>
  below.startsWith('.') || below.startsWith('[') ? `${field}${below}` : `${field}.${below}`;

/** A field that no schema names, where unknown ones are not kept. */
function hasUnknown(schema: JSONSchemaProps, value: Json): boolean {
  if (Array.isArray(value)) {
    const item = schema.items as JSONSchemaProps | undefined;
    return item !== undefined && (value as readonly Json[]).some((each) => hasUnknown(item, each));
  }
  if (!isJsonObject(value)) return false;
  const { properties = {}, additionalProperties } = schema;
  const isFree =
    additionalProperties === true ||
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema['x-kubernetes-int-or-string'] === true;
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  return Object.entries(value).some(([name, member]) => {
    const declared = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (typeof declared === 'object') return hasUnknown(declared, member);
    return !isFree && !(isEmbedded && metaFields.includes(name));
  });
}
