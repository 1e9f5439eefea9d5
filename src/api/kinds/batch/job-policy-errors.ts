/** When a job has failed or succeeded before all its pods have ended, checked. */
import {
  duplicate,
  invalid,
  notSupported,
  requiredField,
  tooLong,
  tooMany,
  type FieldError,
} from '../../field-error.ts';
import type { JobSpec, PodFailurePolicyRule, SuccessPolicyRule } from '../../groups/batch.v1.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { nonNegative } from '../number-errors.ts';
import { countIndexes } from './index-intervals.ts';

const maxRules = 20;
const maxPatterns = 20;
const maxExitCodes = 255;
const maxIndexesBytes = 64 * 1024;
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const statuses = ['False', 'True', 'Unknown'];

type ExitCodes = NonNullable<PodFailurePolicyRule['onExitCodes']>;
type Patterns = NonNullable<PodFailurePolicyRule['onPodConditions']>;

export function failurePolicyErrors(spec: JobSpec, field: string): readonly FieldError[] {
  if (spec.podFailurePolicy == null) return [];
  const rules = spec.podFailurePolicy.rules ?? [];
  const at = `${field}.podFailurePolicy.rules`;
  const errors: FieldError[] = rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : [];
  for (const [index, rule] of rules.entries()) errors.push(...failureRuleErrors(rule, spec, `${at}[${index}]`));
  return errors;
}

function failureRuleErrors(rule: PodFailurePolicyRule, spec: JobSpec, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { action, onExitCodes } = rule;
  const patterns = rule.onPodConditions ?? [];
  if (!action) errors.push(requiredField(`${item}.action`, validValues(actions)));
  else if (!actions.includes(action)) errors.push(notSupported(`${item}.action`, action, actions));
  else if (action === 'FailIndex' && spec.backoffLimitPerIndex == null) {
    errors.push(invalid(`${item}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  }
  if (onExitCodes != null) errors.push(...exitCodesErrors(onExitCodes, spec, `${item}.onExitCodes`));
  errors.push(...patternsErrors(patterns, `${item}.onPodConditions`));
  if (onExitCodes != null && patterns.length > 0) {
    errors.push(ruleError(item, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  }
  if (onExitCodes == null && patterns.length === 0) {
    errors.push(ruleError(item, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return errors;
}

function exitCodesErrors(codes: ExitCodes, { template }: JobSpec, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { operator, containerName } = codes;
  const values = codes.values ?? [];
  const at = `${field}.values`;
  if (!operator) errors.push(requiredField(`${field}.operator`, validValues(operators)));
  else if (!operators.includes(operator)) errors.push(notSupported(`${field}.operator`, operator, operators));
  const containers = [...(template.spec.containers ?? []), ...(template.spec.initContainers ?? [])];
  if (containerName != null && !containers.some(({ name }) => name === containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(`${field}.containerName`, containerName, detail));
  }
  if (values.length === 0) errors.push(invalid(at, codes.values ?? null, 'at least one value is required'));
  else if (values.length > maxExitCodes) errors.push(tooMany(at, values.length, maxExitCodes));
  const again = repeats(values);
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0) {
      errors.push(invalid(`${at}[${index}]`, value, 'must not be 0 for the In operator'));
    }
    if (again.has(index)) errors.push(duplicate(`${at}[${index}]`, value));
  }
  if (values.some((value, index) => value < (values[index - 1] ?? value))) {
    errors.push(invalid(at, values, 'must be ordered'));
  }
  return errors;
}

function patternsErrors(patterns: Patterns, field: string): readonly FieldError[] {
  const errors: FieldError[] = patterns.length > maxPatterns ? [tooMany(field, patterns.length, maxPatterns)] : [];
  for (const [index, { type, status = '' }] of patterns.entries()) {
    const item = `${field}[${index}]`;
    errors.push(...qualifiedNameErrors(type).map((text) => invalid(`${item}.type`, type, text)));
    if (status === '') errors.push(requiredField(`${item}.status`, validValues(statuses)));
    else if (!statuses.includes(status)) errors.push(notSupported(`${item}.status`, status, statuses));
  }
  return errors;
}

export function successPolicyErrors(spec: JobSpec, field: string): readonly FieldError[] {
  const { successPolicy, completionMode, completions } = spec;
  if (successPolicy == null) return [];
  const at = `${field}.successPolicy`;
  if (completionMode !== 'Indexed') {
    const shown = { Rules: (successPolicy.rules ?? null)?.map(goRule) ?? null };
    return [invalid(at, shown, 'requires indexed completion mode')];
  }
  const rules = successPolicy.rules ?? [];
  const errors: FieldError[] = [];
  if (rules.length === 0) {
    const detail = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(requiredField(`${at}.rules`, detail));
  }
  if (rules.length > maxRules) errors.push(tooMany(`${at}.rules`, rules.length, maxRules));
  for (const [index, rule] of rules.entries()) {
    errors.push(...successRuleErrors(rule, completions ?? 0, `${at}.rules[${index}]`));
  }
  return errors;
}

/** A rule as the server holds it: errors show the names of its internal fields. */
function goRule({ succeededIndexes, succeededCount }: SuccessPolicyRule): object {
  return { SucceededIndexes: succeededIndexes ?? null, SucceededCount: succeededCount ?? null };
}

function successRuleErrors(rule: SuccessPolicyRule, completions: number, item: string): readonly FieldError[] {
  const { succeededIndexes: text, succeededCount: wanted } = rule;
  const errors: FieldError[] = [];
  if (text == null && wanted == null) {
    errors.push(requiredField(item, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let named = 0;
  if (text != null) {
    const at = `${item}.succeededIndexes`;
    if (Buffer.byteLength(text) > maxIndexesBytes) errors.push(tooLong(at, maxIndexesBytes));
    const indexes = countIndexes(text, completions);
    if (indexes.ok) named = indexes.count;
    else errors.push(invalid(at, text, `error parsing succeededIndexes: ${indexes.problem}`));
  }
  if (wanted == null) return errors;
  const at = `${item}.succeededCount`;
  errors.push(...nonNegative(wanted, at));
  const atMost = (most: number, what: string): void => {
    if (wanted > most) errors.push(invalid(at, wanted, `must be less than or equal to ${most} (${what})`));
  };
  atMost(completions, 'the number of specified completions');
  if (text != null) atMost(named, 'the number of indexes in the specified succeededIndexes field');
  return errors;
}

function validValues(values: readonly string[]): string {
  return `valid values: [${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

/** The rule is not shown. */
function ruleError(field: string, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` };
}
