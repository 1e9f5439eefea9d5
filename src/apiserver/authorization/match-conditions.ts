/**
 * Conditions of webhook authorizers: expressions over the review that would be sent. All must hold for it to be sent. One
 * that says no settles it, whatever is wrong with the others.
 */
import { invalid, requiredField, duplicate, tooMany, type FieldError } from '../../api/field-error.ts';
import type { JsonObject } from '../../api/schema.ts';
import { compile, type Program } from '../../cel/compile.ts';
import { environmentOf } from '../../cel/environment.ts';
import { valueOf } from '../../cel/json-value.ts';
import { formatType, listType, mapType, objectType, stringType, type Type } from '../../cel/type.ts';
import type { ReviewSpec } from './review-spec.ts';
import type { MatchOutcome } from './webhook.ts';

const withFields = (name: string, fields: Readonly<Record<string, Type>>): Type =>
  objectType(`kubernetes.${name}`, { field: (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined) });

const textsType = listType(stringType);
const requirement = withFields('SelectorRequirement', { key: stringType, operator: stringType, values: textsType });
const selector = (name: string): Type =>
  withFields(name, { rawSelector: stringType, requirements: listType(requirement) });

const requestType = withFields('SubjectAccessReviewSpec', {
  resourceAttributes: withFields('ResourceAttributes', {
    namespace: stringType,
    verb: stringType,
    group: stringType,
    version: stringType,
    resource: stringType,
    subresource: stringType,
    name: stringType,
    fieldSelector: selector('FieldSelectorAttributes'),
    labelSelector: selector('LabelSelectorAttributes'),
  }),
  nonResourceAttributes: withFields('NonResourceAttributes', { path: stringType, verb: stringType }),
  user: stringType,
  groups: textsType,
  extra: mapType(stringType, textsType),
  uid: stringType,
});

const environment = environmentOf({ request: requestType });

/** Undefined when there are none. What is wrong with them goes to `errors`. */
export function compileMatchConditions(
  expressions: readonly string[],
  path: string,
  errors: FieldError[],
): ((spec: ReviewSpec) => MatchOutcome) | undefined {
  if (expressions.length > 64) {
    errors.push(tooMany(`${path}.matchConditions`, expressions.length, 64));
    return undefined;
  }
  const conditions = expressions.flatMap((text, index) => {
    const field = `${path}.matchConditions[${index}].expression`;
    if (text.trim() === '') errors.push(requiredField(field));
    else if (expressions.indexOf(text) < index) errors.push(duplicate(field, text));
    else {
      const compiled = compile(text, environment);
      if (!compiled.ok) errors.push(invalid(field, text, `compilation failed: ${compiled.text}`));
      else if (compiled.program.resultType.kind === 'bool') return [{ text, program: compiled.program }];
      else
        errors.push(invalid(field, text, `must evaluate to bool but got ${formatType(compiled.program.resultType)}`));
    }
    return [];
  });
  return conditions.length === 0 ? undefined : (spec) => evaluateAll(conditions, spec);
}

function evaluateAll(conditions: readonly { text: string; program: Program }[], spec: ReviewSpec): MatchOutcome {
  const activation = { request: valueOf(requestOf(spec) as JsonObject) };
  const faults: string[] = [];
  for (const { text, program } of conditions) {
    const outcome = program.evaluate(activation);
    if (!outcome.ok) faults.push(`cel evaluation error: expression '${text}' resulted in error: ${outcome.message}`);
    else if (outcome.value !== true) return { matches: false };
  }
  if (faults.length === 0) return { matches: true };
  return { matches: false, error: faults.length === 1 ? (faults[0] as string) : `[${faults.join(', ')}]` };
}

const noAttributes = { namespace: '', verb: '', group: '', version: '', resource: '', subresource: '', name: '' };

/** Every text is there for expressions, also an empty one. */
function requestOf({ resourceAttributes, ...rest }: ReviewSpec): object {
  return {
    uid: '',
    extra: {},
    ...rest,
    ...(resourceAttributes === undefined ? {} : { resourceAttributes: { ...noAttributes, ...resourceAttributes } }),
  };
}
