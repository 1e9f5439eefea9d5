/** Objects inside custom resources (x-kubernetes-embedded-resource): they have a kind and sound metadata of their own. */
import { invalid, requiredField, type FieldError } from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { ObjectMeta } from '../../api/groups/meta.v1.ts';
import { objectMetaErrors, type MetaRules } from '../../api/object-meta.ts';
import { pathSegmentErrors } from '../../api/name-rules.ts';
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
    if (declared !== undefined) return embeddedErrors(declared, member, path === '' ? name : `${path}.${name}`);
    return typeof additionalProperties === 'object'
      ? embeddedErrors(additionalProperties, member, `${path}[${name}]`)
      : [];
  });
  return [...own, ...inside];
}

const metaRules: MetaRules = { namespaced: false, nameErrors: pathSegmentErrors, plainFinalizers: true };

function resourceErrors({ apiVersion, kind, metadata }: JsonObject, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (typeof apiVersion !== 'string' || apiVersion === '') errors.push(requiredField(`${path}.apiVersion`));
  else if (apiVersion.split('/').length > 2) {
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  if (typeof kind !== 'string' || kind === '') errors.push(requiredField(`${path}.kind`));
  else {
    const texts = dns1035LabelErrors(kind.toLowerCase());
    const why = `may have mixed case, but should otherwise match: ${texts.join(',')}`;
    if (texts.length > 0) errors.push(invalid(`${path}.kind`, kind, why));
  }
  if (!isJsonObject(metadata)) return errors;
  const meta = metadata as Partial<ObjectMeta>;
  // Who embeds an object need not name it.
  const named = { ...meta, name: meta.name || 'unnamed' };
  const rules = { ...metaRules, namespaced: Boolean(meta.namespace) };
  return [...errors, ...objectMetaErrors(named, rules, `${path}.metadata`)];
}
