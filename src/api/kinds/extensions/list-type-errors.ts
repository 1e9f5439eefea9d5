/** x-kubernetes-list-type, -list-map-keys and -map-type in the schema of a CustomResourceDefinition. */
import { invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps } from '../../groups/apiextensions.v1.ts';

export function listSchemaErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const mapType = schema['x-kubernetes-map-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const errors: FieldError[] = [];
  if (listType !== undefined) errors.push(...wrongType(schema, 'array', 'x-kubernetes-list-type', field));
  if (mapType !== undefined) errors.push(...wrongType(schema, 'object', 'x-kubernetes-map-type', field));
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
    errors.push(notSupported(`${field}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map']));
  }
  if (mapType !== undefined && !['atomic', 'granular'].includes(mapType)) {
    errors.push(notSupported(`${field}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  }
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const where = `${field}.x-kubernetes-list-type`;
    errors.push(listType === undefined ? requiredField(where, why) : invalid(where, listType, why));
  }
  if (listType === 'map') errors.push(...mapErrors(schema, keys, field));
  if (listType === 'set') errors.push(...setErrors(schema, field));
  return errors;
}

function wrongType({ type }: JSONSchemaProps, wanted: string, because: string, field: string): readonly FieldError[] {
  if (type === wanted) return [];
  const why = `must be ${wanted} if ${because} is specified`;
  return [type === undefined ? requiredField(`${field}.type`, why) : invalid(`${field}.type`, type, why)];
}

function mapErrors(schema: JSONSchemaProps, keys: readonly string[], field: string): readonly FieldError[] {
  const where = `${field}.x-kubernetes-list-map-keys`;
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(requiredField(where, 'must not be empty if x-kubernetes-list-type is map'));
  const item = schema.items as JSONSchemaProps | undefined;
  if (item === undefined) {
    return [...errors, requiredField(`${field}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  }
  if (item.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(invalid(`${field}.items.type`, item.type ?? '', why));
  }
  const properties = item.properties ?? {};
  if (keys.some((key) => !Object.hasOwn(properties, key))) {
    errors.push(invalid(where, keys, 'entries must all be names of item properties'));
  }
  for (const key of keys) {
    const property = properties[key];
    if (property === undefined) continue;
    if (property.type === 'array' || property.type === 'object') {
      const why = `must be a scalar type if parent array's x-kubernetes-list-type is map`;
      errors.push(invalid(`${field}.items.properties[${key}].type`, property.type, why));
    }
    if (property.default === undefined && item.required?.includes(key) !== true) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push(requiredField(`${field}.items.properties[${key}].default`, why));
    }
  }
  return errors;
}

/** Items of a set are compared as wholes. */
function setErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const item = schema.items as JSONSchemaProps | undefined;
  if (item === undefined) {
    return [requiredField(`${field}.items`, 'must have a schema if x-kubernetes-list-type is set')];
  }
  const name =
    item.type === 'object' ? 'x-kubernetes-map-type' : item.type === 'array' ? 'x-kubernetes-list-type' : undefined;
  const errors: FieldError[] = [];
  if (item.nullable === true) {
    errors.push(invalid(`${field}.items.nullable`, true, 'cannot be nullable when x-kubernetes-list-type is set'));
  }
  if (name !== undefined && item[name] !== 'atomic') {
    const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    errors.push(invalid(`${field}.items.${name}`, item[name], why));
  }
  return errors;
}
