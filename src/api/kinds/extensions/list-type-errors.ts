/** x-kubernetes-list-type, -list-map-keys and -map-type in the schema of a CustomResourceDefinition. */
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { JSONSchemaProps } from '../../groups/apiextensions.v1.ts';
import { repeats } from '../../repeats.ts';
import { itemsShape } from './definition-shape.ts';

export function listSchemaErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const listType = schema['x-kubernetes-list-type'];
  const mapType = schema['x-kubernetes-map-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const errors: FieldError[] = [];
  if (mapType !== undefined) {
    errors.push(...wrongType(schema, 'object', 'x-kubernetes-map-type', field));
    if (!mapTypes.includes(mapType)) errors.push(notSupported(`${field}.x-kubernetes-map-type`, mapType, mapTypes));
  }
  if (listType !== undefined) {
    const wrong = wrongType(schema, 'array', 'x-kubernetes-list-type', field);
    errors.push(...wrong);
    if (wrong.length === 0 && listType === 'set') errors.push(...setErrors(schema, field));
    if (!listTypes.includes(listType)) {
      errors.push(notSupported(`${field}.x-kubernetes-list-type`, listType, listTypes));
    }
  }
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    const where = `${field}.x-kubernetes-list-type`;
    errors.push(listType === undefined ? requiredField(where, why) : invalid(where, listType, why));
  }
  if (listType === 'map') errors.push(...mapErrors(schema, keys, field));
  return [...errors, ...identityErrors(schema, keys, field)];
}

const mapTypes = ['atomic', 'granular'];
const listTypes = ['atomic', 'set', 'map'];

function wrongType({ type }: JSONSchemaProps, wanted: string, because: string, field: string): readonly FieldError[] {
  if (type === wanted) return [];
  const why = `must be ${wanted} if ${because} is specified`;
  return [type === undefined ? requiredField(`${field}.type`, why) : invalid(`${field}.type`, type, why)];
}

function mapErrors(schema: JSONSchemaProps, keys: readonly string[], field: string): readonly FieldError[] {
  const where = `${field}.x-kubernetes-list-map-keys`;
  const errors: FieldError[] = [];
  if (keys.length === 0) errors.push(requiredField(where, 'must not be empty if x-kubernetes-list-type is map'));
  const { items } = schema;
  if (items === undefined) {
    return [...errors, requiredField(`${field}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  }
  const item = itemOf(schema);
  if (item === undefined) {
    return [
      ...errors,
      invalid(`${field}.items`, itemsShape(items), 'must only have a single schema if x-kubernetes-list-type is map'),
    ];
  }
  if (item.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    return [...errors, invalid(`${field}.items.type`, item.type ?? '', why)];
  }
  // Each names all keys: made once, for there may be many.
  const unknown = invalid(where, keys, 'entries must all be names of item properties');
  const repeated = invalid(where, keys, 'must not contain duplicate entries');
  const again = repeats(keys);
  for (const [index, key] of keys.entries()) {
    const property = item.properties?.[key];
    if (property === undefined) errors.push(unknown);
    else if (property.type === 'array' || property.type === 'object') {
      // The original shows the type of the item here.
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(invalid(`${field}.items.properties[${key}].type`, item.type, why));
    }
    if (again.has(index)) errors.push(repeated);
  }
  return errors;
}

/** The one schema of all items. */
function itemOf({ items }: JSONSchemaProps): JSONSchemaProps | undefined {
  return Array.isArray(items) ? undefined : (items as JSONSchemaProps | undefined);
}

/** Items of a set are compared as wholes. */
function setErrors(schema: JSONSchemaProps, field: string): readonly FieldError[] {
  const item = itemOf(schema);
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = item?.['x-kubernetes-list-type'];
  if (item?.type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalid(`${field}.items.x-kubernetes-list-type`, listType, why)];
  }
  if (item?.type === 'object' && item['x-kubernetes-map-type'] !== 'atomic') {
    // The original shows the other of the two types here.
    return [invalid(`${field}.items.x-kubernetes-map-type`, listType ?? null, why)];
  }
  return [];
}

/** What tells items of a set or map apart must be there. */
function identityErrors(schema: JSONSchemaProps, keys: readonly string[], field: string): readonly FieldError[] {
  const item = itemOf(schema);
  const listType = schema['x-kubernetes-list-type'];
  if (item === undefined || (listType !== 'set' && listType !== 'map')) return [];
  const errors: FieldError[] = [];
  if (item.nullable === true) {
    errors.push(forbidden(`${field}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`));
  }
  for (const key of listType === 'map' ? keys : []) {
    const property = item.properties?.[key];
    if (property === undefined) continue;
    const where = `${field}.items.properties[${key}]`;
    const because = 'this property is in x-kubernetes-list-map-keys, so it';
    if (property.default === undefined && item.required?.includes(key) !== true) {
      errors.push(requiredField(`${where}.default`, `${because} must have a default or be a required property`));
    }
    if (property.nullable === true) errors.push(forbidden(`${where}.nullable`, `${because} cannot be nullable`));
  }
  return errors;
}
