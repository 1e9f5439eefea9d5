/** Fields of custom resources that field selectors may name. https://kep.k8s.io/4358 */
import { duplicate, invalid, requiredField, tooMany, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps, SelectableField } from '../../groups/apiextensions.v1.ts';

const maxFields = 8;
/** Longer lists are refused without a look at their fields. */
const maxFieldsRead = 100;
const selectableTypes = ['string', 'boolean', 'integer'];

/** `tooManyBefore`: the same fields were too many already, and may stay. */
export function selectableErrors(
  fields: readonly SelectableField[],
  root: JSONSchemaProps,
  field: string,
  tooManyBefore = false,
): readonly FieldError[] {
  if (fields.length > maxFieldsRead && !tooManyBefore) return [tooMany(field, fields.length, maxFields)];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { jsonPath }] of fields.entries()) {
    const item = `${field}[${index}].jsonPath`;
    if (jsonPath === '') {
      errors.push(requiredField(item));
      continue;
    }
    const found = follow(jsonPath, root);
    if ('problem' in found) {
      errors.push(invalid(item, jsonPath, `is an invalid path: ${found.problem}`));
      continue;
    }
    const { schema, path } = found;
    if (/^metadata\b/.test(path)) errors.push(invalid(item, jsonPath, 'must not point to fields in metadata'));
    if (!selectableTypes.includes(schema?.type ?? '')) {
      const wanted =
        'a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalid(item, jsonPath, `must point to ${wanted}`));
    }
    if (seen.has(path)) errors.push(duplicate(item, jsonPath));
    seen.add(path);
  }
  if (seen.size > maxFields && !tooManyBefore) errors.push(tooMany(field, seen.size, maxFields));
  return errors;
}

type Found = { readonly schema: JSONSchemaProps | undefined; readonly path: string } | { readonly problem: string };

/** The schema that a path such as `.spec.color` leads to. */
function follow(jsonPath: string, root: JSONSchemaProps): Found {
  const tokens = jsonPath.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g) ?? [];
  let schema: JSONSchemaProps | undefined = root;
  let path = '';
  for (let index = 0; index < tokens.length; index += 2) {
    const sign = tokens[index];
    if (sign === '[') return { problem: 'array notation is not allowed' };
    if (sign !== '.') return { problem: `expected [ or . but got: ${sign ?? ''}` };
    const name = tokens[index + 1];
    if (name === undefined) return { problem: 'unexpected end of JSON path' };
    const at: JSONSchemaProps = schema ?? {};
    const { properties = {}, additionalProperties } = at;
    if (Object.keys(properties).length > 0) {
      if (!Object.hasOwn(properties, name)) return { problem: 'does not refer to a valid field' };
      schema = properties[name];
      path += path === '' ? name : `.${name}`;
    } else if (additionalProperties !== undefined) {
      schema = typeof additionalProperties === 'object' ? additionalProperties : undefined;
      path += `[${name}]`;
    } else return { problem: 'does not refer to a valid field' };
  }
  return { schema, path };
}
