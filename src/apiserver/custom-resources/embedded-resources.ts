/** Objects inside custom resources (x-kubernetes-embedded-resource): they have a kind and sound metadata of their own. */
import { invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import { annotationsErrors, labelsErrors } from '../../api/object-meta.ts';
import { dns1035LabelErrors } from '../../api/names.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { isJsonObject } from '../../api/codec/json-object.ts';

export function embeddedErrors(schema: JSONSchemaProps, value: Json, path = ''): readonly FieldError[] {
  if (Array.isArray(value)) {
    const item = schema.items as JSONSchemaProps | undefined;
    if (item === undefined) return [];
    return (value as readonly Json[]).flatMap((each, i) => embeddedErrors(item, each, `${path}[${i}]`));
  }
  if (!isJsonObject(value)) return [];
  const { properties = {}, additionalProperties } = schema;
  const own = schema['x-kubernetes-embedded-resource'] === true ? resourceErrors(value, path) : [];
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const type = declared ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    return type === undefined ? [] : embeddedErrors(type, member, path === '' ? name : `${path}.${name}`);
  });
  return [...own, ...inside];
}

function resourceErrors({ apiVersion, kind, metadata }: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    errors.push(requiredField(`${path}.apiVersion`, 'must not be empty'));
  } else if (apiVersion.split('/').length > 2) {
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  if (typeof kind !== 'string' || kind === '') errors.push(requiredField(`${path}.kind`, 'must not be empty'));
  else {
    const texts = dns1035LabelErrors(kind.toLowerCase());
    errors.push(
      ...texts.map((text) => invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${text}`)),
    );
  }
  if (!isJsonObject(metadata)) return errors;
  const { labels, annotations } = metadata as { labels?: Record<string, string>; annotations?: Record<string, string> };
  return [
    ...errors,
    ...labelsErrors(labels, `${path}.metadata.labels`),
    ...annotationsErrors(annotations, `${path}.metadata.annotations`),
  ];
}
