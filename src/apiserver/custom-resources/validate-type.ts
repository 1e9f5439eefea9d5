/** Whether a value is of the type, and in the range, that its schema asks for. */
import { invalid, typeInvalid, type FieldError } from '../../api/field-error.ts';
import type { JSONSchemaProps } from '../../api/groups/apiextensions.v1.ts';
import type { Json } from '../../api/schema.ts';
import { fieldAt, wholeError, type Place } from './place.ts';

interface Found {
  readonly type: string;
  /** Of numbers: what the wire format holds them in. */
  readonly format: string;
}

function foundType(value: Json): Found {
  if (value === null) return { type: 'null', format: '' };
  if (Array.isArray(value)) return { type: 'array', format: '' };
  if (typeof value !== 'number') return { type: typeof value, format: '' };
  const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return whole ? { type: 'integer', format: 'int64' } : { type: 'number', format: 'float64' };
}

function wantedTypes(schema: JSONSchemaProps): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined ? [] : [schema.type];
}

export function typeErrors(schema: JSONSchemaProps, value: Json, place: Place): readonly FieldError[] {
  const wanted = wantedTypes(schema);
  if (value === null && (wanted.length === 0 || schema.nullable === true)) return [];
  const { type, format } = foundType(value);
  const { format: wantedFormat = '' } = schema;
  const fits = wanted.includes(type) || (type === 'integer' && wanted.includes('number'));
  if (fits) return [];
  const numeric = wanted.includes('number') || wanted.includes('integer');
  const formatted = wantedFormat !== '' && value !== null;
  if (formatted && type !== 'string' && type !== 'array') return [mismatch(place, wantedFormat, format)];
  if (formatted && !numeric && (type === 'string' || type === 'array') && wanted.length > 0) return [];
  return wanted.length === 0 ? [] : [mismatch(place, wanted.join(','), type)];
}

function mismatch(place: Place, wanted: string, found: string): FieldError {
  const text = `${place.path} in body must be of type ${wanted}: ${JSON.stringify(found)}`;
  return typeInvalid(fieldAt(place), found, text);
}

export function numberErrors(schema: JSONSchemaProps, value: number, place: Place): readonly FieldError[] {
  const { maximum, minimum, exclusiveMaximum, exclusiveMinimum, multipleOf } = schema;
  const errors: FieldError[] = [];
  const refuse = (text: string): void => {
    errors.push(invalid(fieldAt(place), value, `${place.path} in body ${text}`));
  };
  /** The limit that counts: whole numbers are held against whole ones. */
  const limited = (what: string, limit: number): number => {
    const range = rangeText(schema, limit);
    if (range !== undefined) errors.push(wholeError(place, `${what} value must be of type ${range} in ${place.path}`));
    return range === undefined && Number.isInteger(value) ? Math.trunc(limit) : limit;
  };
  limited('Checked', value);
  if (multipleOf !== undefined) {
    limited('MultipleOf', multipleOf);
    if (!isMultiple(value, multipleOf)) refuse(`should be a multiple of ${multipleOf}`);
  }
  if (minimum !== undefined) {
    const limit = limited('Minimum boundary', minimum);
    const open = exclusiveMinimum === true;
    if (value < limit || (open && value === limit))
      refuse(`should be greater than ${open ? '' : 'or equal to '}${limit}`);
  }
  if (maximum !== undefined) {
    const limit = limited('Maximum boundary', maximum);
    const open = exclusiveMaximum === true;
    if (value > limit || (open && value === limit)) refuse(`should be less than ${open ? '' : 'or equal to '}${limit}`);
  }
  return errors;
}

function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

/** What the number is too large or too fine for; undefined when it is in range. */
function rangeText({ type, format }: JSONSchemaProps, value: number): string | undefined {
  const maxFloat = 3.4028234663852886e38;
  if (type === 'integer') {
    const limit = format === 'int32' ? 2 ** 31 : 2 ** 63;
    if (Number.isInteger(value) && value >= -limit && value < limit) return undefined;
    const known = format === undefined ? '(default format)' : `with format ${format}`;
    return `integer ${known}`;
  }
  const isFloat = type === 'number' && (format === 'float' || format === 'float32');
  return isFloat && Math.abs(value) > maxFloat ? `number with format ${format}` : undefined;
}
