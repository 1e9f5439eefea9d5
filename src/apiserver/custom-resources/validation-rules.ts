/**
 * x-kubernetes-validations: rules over a value (`self`) and, on updates, over what it was (`oldSelf`). A value's own rules
 * come first, then those of what it holds. A rule that a value breaks which did not change only warns, unless it compares
 * the value with what it was. All rules of an object share one budget.
 */
import { isJsonObject } from '../../api/codec/json-object.ts';
import { samePlain } from '../../api/equality.ts';
import { forbidden, invalid, requiredField, type FieldError, type FieldErrorType } from '../../api/field-error.ts';
import type { JSONSchemaProps, ValidationRule } from '../../api/groups/apiextensions.v1.ts';
import { ruleFieldPath } from '../../api/kinds/extensions/rule-field-path.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Activation, Outcome } from '../../cel/compile.ts';
import { optionalNone, optionalOf } from '../../cel/value.ts';
import { fieldAt, type Place } from './place.ts';
import { ruleValue } from './rule-values.ts';
import { rulesOf, type CompiledRule } from './rules.ts';
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

/** What the rules of one object may cost together. */
const objectBudget = 10_000_000;

export interface RuleFindings {
  readonly errors: readonly FieldError[];
  /** Of rules that are broken where nothing changed. */
  readonly warnings: readonly FieldError[];
}

/** What the rules say, given what was wrong already. */
export function askAllRules(
  schema: JSONSchemaProps,
  value: Json,
  place: Place,
  before: readonly FieldError[],
): RuleFindings {
  if (!hasRules(schema)) return { errors: [], warnings: [] };
  if (before.some(({ type }) => blocking.has(type))) {
    return { errors: [invalid('<nil>', null, notChecked)], warnings: [] };
  }
  const run: Run = { errors: [], warnings: [], ratchets: true, budget: objectBudget };
  visit(run, { schema, saying: schema, value, place, isRoot: true, unchanged: false });
  return run;
}

/**
 * Whether a default keeps the rules of its schema: as a value that stays what it was, and, where that is well, as a new one.
 * `root`: the field that holds the default.
 */
export function defaultRuleErrors(schema: JSONSchemaProps, value: Json, root: string): readonly FieldError[] {
  if (!hasRules(schema)) return [];
  const ask = (old: Json | undefined): readonly FieldError[] => {
    const run: Run = { errors: [], warnings: [], ratchets: false, budget: objectBudget };
    const place = { path: '', root, old };
    visit(run, { schema, saying: schema, value, place, isRoot: isEmbedded(schema), unchanged: false });
    return run.errors;
  };
  const kept = ask(value);
  return kept.length > 0 ? kept : ask(undefined);
}

/** One object's rules under way. */
interface Run {
  readonly errors: FieldError[];
  readonly warnings: FieldError[];
  /** What was broken before may stay so. */
  readonly ratchets: boolean;
  /** Negative: no further rule is run. */
  budget: number;
}

interface Visit {
  readonly schema: JSONSchemaProps;
  /** The schema whose rules are asked: another one inside of `allOf`. */
  readonly saying: JSONSchemaProps;
  readonly value: Json;
  readonly place: Place;
  /** The value is a whole resource. */
  readonly isRoot: boolean;
  /** The value, or one that holds it, is what it was before the update. */
  readonly unchanged: boolean;
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

function innerSchemas({ properties, items, additionalProperties, allOf }: JSONSchemaProps): readonly JSONSchemaProps[] {
  return [
    ...Object.values(properties ?? {}),
    ...(items === undefined ? [] : [items as JSONSchemaProps]),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ...(allOf ?? []),
  ];
}

function visit(run: Run, at: Visit): void {
  const { schema, saying, value, place } = at;
  if (value === null || run.budget < 0 || !hasRules(saying)) return;
  const unchanged = at.unchanged || (place.old !== undefined && samePlain(value, place.old));
  askRules(run, { ...at, unchanged });
  for (const each of saying.allOf ?? []) visit(run, { ...at, saying: each, unchanged });
  if (Array.isArray(value)) visitItems(run, { ...at, unchanged }, value as readonly Json[]);
  else if (isJsonObject(value)) visitMembers(run, { ...at, unchanged }, value, schema);
}

const isEmbedded = (schema: JSONSchemaProps): boolean => schema['x-kubernetes-embedded-resource'] === true;

function visitItems(run: Run, { schema, saying, place, unchanged }: Visit, items: readonly Json[]): void {
  const item = schema.items as JSONSchemaProps | undefined;
  const ofItem = saying.items as JSONSchemaProps | undefined;
  if (item === undefined || ofItem === undefined) return;
  const oldItem = oldItemFinder(schema, place.old);
  for (const [i, value] of items.entries()) {
    const inner = { ...place, path: `${place.path}[${i}]`, old: oldItem(value) };
    visit(run, { schema: item, saying: ofItem, value, place: inner, isRoot: isEmbedded(item), unchanged });
  }
}

function visitMembers(run: Run, at: Visit, value: JsonObject, schema: JSONSchemaProps): void {
  const { saying, place, unchanged } = at;
  for (const name of Object.keys(value).toSorted()) {
    const declared = memberSchema(schema, name);
    const ofMember = memberSchema(saying, name);
    if (declared === undefined || ofMember === undefined) continue;
    const old = isJsonObject(place.old) && Object.hasOwn(place.old, name) ? place.old[name] : undefined;
    const isKey = schema.properties === undefined;
    const path = isKey ? `${place.path}[${name}]` : place.path === '' ? name : `${place.path}.${name}`;
    const inner = { ...place, path, old };
    const member = value[name] as Json;
    visit(run, {
      schema: declared,
      saying: ofMember,
      value: member,
      place: inner,
      isRoot: isEmbedded(declared),
      unchanged,
    });
  }
}

function memberSchema(schema: JSONSchemaProps, name: string): JSONSchemaProps | undefined {
  const { properties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

const outOfBudget = 'validation failed due to running out of cost budget, no further validation rules will be run';

function askRules(run: Run, at: Visit): void {
  const { schema, saying, isRoot, place } = at;
  if ((saying['x-kubernetes-validations'] ?? []).length === 0) return;
  const activations = activationsOf(at);
  for (const each of rulesOf(schema, saying, isRoot).compiled) {
    if (each.problem !== undefined) {
      run.errors.push(failure(at, undefined, `rule compile error: ${each.problem}`));
      continue;
    }
    const { program, rule, usesOldSelf } = each;
    const skipped = usesOldSelf && place.old === undefined && rule.optionalOldSelf !== true;
    if (program === undefined || skipped) continue;
    const activation = rule.optionalOldSelf === true ? activations.optional : activations.plain;
    const outcome = program.evaluate(activation);
    if (outcome.cost > run.budget) {
      run.errors.push(failure(at, undefined, outOfBudget));
      run.budget = -1;
      return;
    }
    run.budget -= outcome.cost;
    judge(run, at, each, outcome, activation);
    if (run.budget < 0) return;
  }
}

/** The variables of rules; old values are optional for those that ask for it. */
function activationsOf({ schema, value, place, isRoot }: Visit): { plain: Activation; optional: Activation } {
  const self = ruleValue(schema, value, isRoot);
  const old = place.old === undefined || place.old === null ? undefined : ruleValue(schema, place.old, isRoot);
  return {
    plain: { self, oldSelf: old },
    optional: { self, oldSelf: old === undefined ? optionalNone : optionalOf(old) },
  };
}

function judge(run: Run, at: Visit, compiled: CompiledRule, outcome: Outcome, activation: Activation): void {
  const { rule } = compiled;
  if (!outcome.ok) {
    run.errors.push(failure(at, undefined, failedText(outcome, rule)));
    if (outcome.reason === 'cost') run.budget = -1;
    return;
  }
  if (outcome.value === true) return;
  const below = rule.fieldPath ? (ruleFieldPath(rule.fieldPath, at.schema) ?? '') : '';
  const path = (at.place.path + below).replace(/^\./, '');
  const where = { ...at, place: { ...at.place, path } };
  const { text, ends } = messageOf(run, compiled, activation);
  const found = run.ratchets && at.unchanged && !compiled.usesOldSelf ? run.warnings : run.errors;
  found.push(ends ? failure(where, undefined, text) : failure(where, rule.reason, text));
  if (ends) run.budget = -1;
}

function failedText(outcome: Outcome & { ok: false }, rule: ValidationRule): string {
  const shown = shownRule(rule);
  if (outcome.reason === 'cost') {
    return `'${outcome.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`;
  }
  if (outcome.message.startsWith('no such overload')) {
    return `'${outcome.message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`;
  }
  return `${outcome.message} evaluating rule: ${shown}`;
}

const shownRule = ({ rule, message }: ValidationRule): string => (message || rule).trim();

/** Longer texts, and texts of several lines, are not shown. */
const maxMessageLength = 5 * 1024;

/** `ends`: the message cost too much, and no further rule is run. */
function messageOf(
  run: Run,
  { rule, message }: CompiledRule,
  activation: Activation,
): { readonly text: string; readonly ends: boolean } {
  const plain = { text: rule.message ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`, ends: false };
  if (message === undefined) return plain;
  const outcome = message.evaluate(activation);
  if (outcome.cost > run.budget) {
    const why = 'messageExpression evaluation failed due to running out of cost budget';
    return { text: `${why}, no further validation rules will be run`, ends: true };
  }
  run.budget -= outcome.cost;
  if (!outcome.ok && outcome.reason === 'cost') {
    const why = 'no further validation rules will be run due to call cost exceeds limit for messageExpression';
    return { text: `${why}: ${JSON.stringify(rule.messageExpression)}`, ends: true };
  }
  const text = outcome.ok && typeof outcome.value === 'string' ? outcome.value.trim() : '';
  if (text === '' || text.includes('\n') || Buffer.byteLength(text) > maxMessageLength) return plain;
  return { text, ends: false };
}

/** Of objects and lists the value is not shown. */
function failure({ value, place }: Visit, reason: string | undefined, text: string): FieldError {
  const field = place.path.startsWith('[') ? `${place.root}${place.path}` : fieldAt(place);
  const shown = isJsonObject(value) || Array.isArray(value) ? undefined : value;
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, text);
    case 'FieldValueRequired':
      return requiredField(field, text);
    case 'FieldValueDuplicate': {
      const duplicate = shown === undefined ? '' : `: ${JSON.stringify(shown)}`;
      return { type: 'FieldValueDuplicate', field, message: `Duplicate value${duplicate}` };
    }
    default:
      if (shown !== undefined) return invalid(field, shown, text);
      return { type: 'FieldValueInvalid', field, message: `Invalid value: ${text}` };
  }
}
