/** Conditions of type meta/v1 Condition, as all kinds that check them check them. */
import { duplicate, invalid, notSupported, requiredField, tooLong, type FieldError } from '../field-error.ts';
import type { Condition } from '../groups/meta.v1.ts';
import { patternText, qualifiedNameErrors } from '../names.ts';

const statuses = ['False', 'True', 'Unknown'];
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonRule = new RegExp(`^${reasonPattern}$`);
const reasonText = patternText(
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
  reasonPattern,
  'my_name',
  'MY_NAME',
  'MyName',
  'ReasonA,ReasonB',
  'ReasonA:ReasonB',
);
const reasonMaxBytes = 1024;
const messageMaxBytes = 32_768;

export function conditionsErrors(conditions: readonly Condition[] | undefined, field: string): readonly FieldError[] {
  const types = new Set<string>();
  return (conditions ?? []).flatMap((condition, index) => {
    const item = `${field}[${index}]`;
    const twice = types.has(condition.type) ? [duplicate(`${item}.type`, condition.type)] : [];
    types.add(condition.type);
    return [...twice, ...conditionErrors(condition, item)];
  });
}

function conditionErrors(condition: Condition, field: string): readonly FieldError[] {
  const { type, status, observedGeneration = 0, lastTransitionTime, message } = condition;
  const errors = qualifiedNameErrors(type).map((text) => invalid(`${field}.type`, type, text));
  if (!statuses.includes(status)) errors.push(notSupported(`${field}.status`, status, statuses));
  if (observedGeneration < 0) {
    const detail = 'must be greater than or equal to zero';
    errors.push(invalid(`${field}.observedGeneration`, observedGeneration, detail));
  }
  if (!lastTransitionTime) errors.push(requiredField(`${field}.lastTransitionTime`, 'must be set'));
  errors.push(...reasonErrors(condition.reason, `${field}.reason`));
  if (Buffer.byteLength(message) > messageMaxBytes) errors.push(tooLong(`${field}.message`, messageMaxBytes));
  return errors;
}

function reasonErrors(reason: string, field: string): readonly FieldError[] {
  if (reason === '') return [requiredField(field, 'must be set')];
  const errors = reasonRule.test(reason) ? [] : [invalid(field, reason, reasonText)];
  if (Buffer.byteLength(reason) > reasonMaxBytes) errors.push(tooLong(field, reasonMaxBytes));
  return errors;
}
