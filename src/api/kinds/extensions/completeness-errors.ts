/**
 * Whether all that the alternatives of a schema (not, allOf, anyOf, oneOf) speak of is declared outside of them, too.
 * Kubernetes asks it at the root only.
 */
import { requiredField, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps } from '../../groups/apiextensions.v1.ts';

/** `declared`: where the schema stands; `said`: where the alternatives are. */
export function completenessErrors(
  { not, allOf = [], anyOf = [], oneOf = [] }: JSONSchemaProps,
  schema: JSONSchemaProps | undefined,
  declared: string,
  said = declared,
): readonly FieldError[] {
  const each = (list: readonly JSONSchemaProps[], name: string): readonly FieldError[] =>
    list.flatMap((one, i) => alternativeErrors(one, schema, declared, `${said}.${name}[${i}]`));
  return [
    ...(not === undefined ? [] : alternativeErrors(not, schema, declared, `${said}.not`)),
    ...each(allOf, 'allOf'),
    ...each(anyOf, 'anyOf'),
    ...each(oneOf, 'oneOf'),
  ];
}

function alternativeErrors(
  alternative: JSONSchemaProps,
  schema: JSONSchemaProps | undefined,
  declared: string,
  said: string,
): readonly FieldError[] {
  if (schema === undefined) return [requiredField(declared, `because it is defined in ${said}`)];
  const { items, properties = {} } = alternative;
  const below = (inner: JSONSchemaProps, of: JSONSchemaProps | undefined, step: string): readonly FieldError[] =>
    alternativeErrors(inner, of, `${declared}.${step}`, `${said}.${step}`);
  return [
    ...completenessErrors(alternative, schema, declared, said),
    ...(items === undefined || Array.isArray(items)
      ? []
      : below(items as JSONSchemaProps, schema.items as JSONSchemaProps | undefined, 'items')),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      below(inner, schema.properties?.[name], `properties[${name}]`),
    ),
  ];
}
