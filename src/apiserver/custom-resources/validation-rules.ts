/**
 * x-kubernetes-validations: rules over a value (`self`) and, on updates, over what it was (`oldSelf`). A value's own rules
 * come first, then those of what it holds. What did not change is not asked again. Rules that the engine cannot read are
 * not evaluated; who writes such a definition is warned.
 */
import { samePlain } from '../../api/equality.ts';
import { forbidden, invalid, requiredField, type FieldError, type FieldErrorType } from '../../api/field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../api/groups/apiextensions.v1.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { parseJsonPath } from './json-path.ts';
import { compileExpression, optionalValue } from './rule-engine.ts';
import { ruleValue } from './rule-values.ts';
import { isJsonObject } from '../../api/codec/json-object.ts';
import { fieldAt, type Place } from './place.ts';
import { oldItemFinder } from './validate-schema.ts';

const blocking: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueRequired',
  'FieldValueNotSupported',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const notChecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** What the rules say, given what was wrong already. */
export function ruleErrors(
  schema: JSONSchemaProps,
  value: Json,
  place: Place,
  before: readonly FieldError[],
): readonly FieldError[] {
  if (!hasRules(schema)) return [];
  if (before.some(({ type }) => blocking.has(type))) return [invalid('<nil>', null, notChecked)];
  return errorsOf(schema, value, place);
}

const known = new WeakMap<JSONSchemaProps, boolean>();

function hasRules(schema: JSONSchemaProps): boolean {
  let has = known.get(schema);
  if (has === undefined) {
    has = (schema['x-kubernetes-validations'] ?? []).length > 0 || innerSchemas(schema).some(hasRules);
    known.set(schema, has);
  }
  return has;
}

function innerSchemas({ properties, items, additionalProperties }: JSONSchemaProps): readonly JSONSchemaProps[] {
  return [
    ...Object.values(properties ?? {}),
    ...(items === undefined ? [] : [items as JSONSchemaProps]),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
}

function errorsOf(schema: JSONSchemaProps, value: Json, place: Place): readonly FieldError[] {
  if (value === null || !hasRules(schema)) return [];
  if (place.old !== undefined && samePlain(value, place.old)) return [];
  const rules = schema['x-kubernetes-validations'] ?? [];
  const own = rules.flatMap((rule) => oneRule(rule, schema, value, place));
  if (Array.isArray(value)) {
    const item = schema.items as JSONSchemaProps | undefined;
    if (item === undefined) return own;
    const oldItem = oldItemFinder(schema, place.old);
    const inside = (value as readonly Json[]).flatMap((each, i) =>
      errorsOf(item, each, { ...place, path: `${place.path}[${i}]`, old: oldItem(each) }),
    );
    return [...own, ...inside];
  }
  return isJsonObject(value) ? [...own, ...memberErrors(schema, value, place)] : own;
}

function memberErrors(schema: JSONSchemaProps, value: JsonObject, place: Place): readonly FieldError[] {
  const { properties = {}, additionalProperties } = schema;
  return Object.keys(value)
    .toSorted()
    .flatMap((name) => {
      const declared = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const type = declared ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
      if (type === undefined) return [];
      const old = isJsonObject(place.old) ? place.old[name] : undefined;
      const path = place.path === '' ? name : `${place.path}.${name}`;
      return errorsOf(type, value[name] as Json, { ...place, path, old });
    });
}

function oneRule(rule: ValidationRule, schema: JSONSchemaProps, value: Json, place: Place): readonly FieldError[] {
  const expression = compileExpression(rule.rule);
  if (!expression.ok) return [];
  const isTransition = /\boldSelf\b/.test(rule.rule);
  if (isTransition && place.old === undefined && rule.optionalOldSelf !== true) return [];
  const old = place.old === undefined ? undefined : ruleValue(schema, place.old);
  const variables = {
    self: ruleValue(schema, value),
    oldSelf: rule.optionalOldSelf === true ? optionalValue(old) : old,
  };
  const shown = isJsonObject(value) || Array.isArray(value) ? undefined : value;
  try {
    if (expression.evaluate(variables) === true) return [];
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const text = `${why} evaluating rule: ${(rule.message || rule.rule).trim()}`;
    return [failure(undefined, fieldAt(place), shown, text)];
  }
  const path = [place.path, ...fieldSteps(rule.fieldPath)].filter((part) => part !== '').join('.');
  return [failure(rule.reason, fieldAt({ ...place, path }), shown, messageOf(rule, variables))];
}

function fieldSteps(fieldPath: string | undefined): readonly string[] {
  if (fieldPath === undefined) return [];
  return parseJsonPath(fieldPath).flatMap((step) => (step.type === 'field' ? [step.name] : []));
}

/** Longer texts, and texts of several lines, are not shown. */
const maxMessageLength = 5 * 1024;

function messageOf(rule: ValidationRule, variables: { self: unknown; oldSelf: unknown }): string {
  const fallback = rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
  if (rule.messageExpression === undefined) return fallback;
  const expression = compileExpression(rule.messageExpression);
  if (!expression.ok) return fallback;
  try {
    const text = expression.evaluate(variables);
    if (typeof text !== 'string' || text.trim() === '') return fallback;
    return text.includes('\n') || text.length > maxMessageLength ? fallback : text.trim();
  } catch {
    // A message that cannot be made is replaced by the plain one, as in Kubernetes.
    return fallback;
  }
}

/** Of objects and lists the value is not shown. */
function failure(reason: string | undefined, field: string, shown: Json | undefined, text: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, text);
    case 'FieldValueRequired':
      return requiredField(field, text);
    case 'FieldValueDuplicate': {
      const value = shown === undefined ? '' : `: ${JSON.stringify(shown)}`;
      return { type: 'FieldValueDuplicate', field, message: `Duplicate value${value}` };
    }
    default:
      if (shown !== undefined) return invalid(field, shown, text);
      return { type: 'FieldValueInvalid', field, message: `Invalid value: ${text}` };
  }
}

/** Warnings about rules of a schema that are not evaluated. */
export function unreadableRules(schema: JSONSchemaProps): readonly string[] {
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap(({ rule }) => {
    const expression = compileExpression(rule);
    const why = expression.ok ? '' : (expression.why.split('\n')[0] ?? '');
    return expression.ok ? [] : [`validation rule ${JSON.stringify(rule)} is not evaluated: ${why}`];
  });
  return [...own, ...innerSchemas(schema).flatMap(unreadableRules)];
}
