/**
 * What is wrong with a field of an object, in Kubernetes' words: they become the causes of an Invalid status.
 * Texts: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/validation/field
 */
import { ApiError, type StatusCause } from './api-error.ts';

export type FieldErrorType =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueDuplicate'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

export interface FieldError {
  readonly type: FieldErrorType;
  /** Such as `spec.containers[0].name`. */
  readonly field: string;
  /** What follows the field: `Invalid value: "x": must be …`. */
  readonly message: string;
}

export const requiredField = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field,
  message: withDetail('Required value', detail),
});

export const invalid = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  message: withDetail(`Invalid value: ${printValue(value)}`, detail),
});

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: ${printValue(value)}: supported values: ${printChoices(supported)}`,
});

export const forbidden = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field,
  message: withDetail('Forbidden', detail),
});

export const duplicate = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field,
  message: `Duplicate value: ${printValue(value)}`,
});

export const notFound = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field,
  message: `Not found: ${printValue(value)}`,
});

export const tooLong = (field: string, maxBytes: number): FieldError => ({
  type: 'FieldValueTooLong',
  field,
  message: `Too long: may not be more than ${maxBytes} bytes`,
});

export const tooMany = (field: string, count: number, max: number): FieldError => ({
  type: 'FieldValueTooMany',
  field,
  message: `Too many: ${count}: must have at most ${max} items`,
});

export const typeInvalid = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueTypeInvalid',
  field,
  message: withDetail(`Invalid value: ${printValue(value)}`, detail),
});

export const internal = (field: string, detail: string): FieldError => ({
  type: 'InternalError',
  field,
  message: withDetail('Internal error', detail),
});

/** An object may be wrong in more places than an answer can hold: what goes beyond so many characters is counted. */
const maxCharacters = 8 * 1024 * 1024;

/** The Invalid answer for an object with errors. `kind`: as in the request; `group`: its API group. */
export function invalidError(group: string, kind: string, name: string, errors: readonly FieldError[]): ApiError {
  const shown = errorsThatFit(errors);
  const texts = [...new Set(shown.map((error) => `${error.field}: ${error.message}`))];
  if (shown.length < errors.length) texts.push(`... and ${errors.length - shown.length} more errors`);
  const summary = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  const causes: StatusCause[] = shown.map(({ type, message, field }) => ({ reason: type, message, field }));
  return new ApiError('Invalid', `${qualified} ${JSON.stringify(name)} is invalid: ${summary}`, {
    name,
    group,
    kind,
    causes,
  });
}

function errorsThatFit(errors: readonly FieldError[]): readonly FieldError[] {
  let characters = 0;
  const end = errors.findIndex(({ field, message }) => (characters += field.length + message.length) > maxCharacters);
  // At least one is told, however long.
  return end < 0 ? errors : errors.slice(0, Math.max(end, 1));
}

/** Texts of lists that many errors name: one text for them all. */
const printedChoices = new WeakMap<readonly string[], string>();

function printChoices(choices: readonly string[]): string {
  const known = printedChoices.get(choices);
  if (known !== undefined) return known;
  const text = choices.map((choice) => JSON.stringify(choice)).join(', ');
  printedChoices.set(choices, text);
  return text;
}

function printValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  const text = JSON.stringify(value);
  // Go's JSON is fit for web pages; single texts are printed in another way.
  return typeof value === 'object' ? text.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`) : text;
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`;
}
