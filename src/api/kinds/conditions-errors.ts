/** Conditions in the form that all kinds share: https://pkg.go.dev/k8s.io/apimachinery/pkg/apis/meta/v1#Condition */
import { duplicate, invalid, notSupported, requiredField, tooLong, type FieldError } from '../field-error.ts';
import type { Condition } from '../groups/meta.v1.ts';
import { qualifiedNameErrors } from '../names.ts';

const maxReasonBytes = 1024;
const maxMessageBytes = 32 * 1024;
const statuses = ['False', 'True', 'Unknown'];
const reasonPattern = '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?';
const reasonText =
  'a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or ' +
  "'_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', " +
  `regex used for validation is '${reasonPattern}')`;

export function conditionsErrors(conditions: readonly Condition[], field: string): readonly FieldError[] {
  return conditions.flatMap((condition, index) => {
    const item = `${field}[${index}]`;
    const doubled = conditions.slice(0, index).some(({ type }) => type === condition.type);
    return [...(doubled ? [duplicate(`${item}.type`, condition.type)] : []), ...conditionErrors(condition, item)];
  });
}

function conditionErrors(condition: Condition, field: string): readonly FieldError[] {
  const { type, status, observedGeneration, lastTransitionTime, reason, message } = condition;
  const errors: FieldError[] = qualifiedNameErrors(type).map((text) => invalid(`${field}.type`, type, text));
  if (!statuses.includes(status)) errors.push(notSupported(`${field}.status`, status, statuses));
  if ((observedGeneration ?? 0) < 0) {
    errors.push(invalid(`${field}.observedGeneration`, observedGeneration, 'must be greater than or equal to zero'));
  }
  if (!lastTransitionTime) errors.push(requiredField(`${field}.lastTransitionTime`, 'must be set'));
  if (reason === '') errors.push(requiredField(`${field}.reason`, 'must be set'));
  else if (!new RegExp(`^${reasonPattern}$`).test(reason)) errors.push(invalid(`${field}.reason`, reason, reasonText));
  if (Buffer.byteLength(reason) > maxReasonBytes) errors.push(tooLong(`${field}.reason`, maxReasonBytes));
  if (Buffer.byteLength(message) > maxMessageBytes) errors.push(tooLong(`${field}.message`, maxMessageBytes));
  return errors;
}
