/** Policies of admission and their bindings, checked but for what their expressions mean. */
import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  AuditAnnotation,
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  Mutation,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../../groups/admissionregistration.v1.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { dns1035LabelErrors, qualifiedNameErrors } from '../../names.ts';
import { repeats } from '../../repeats.ts';
import { conditionsErrors } from '../conditions-errors.ts';
import { labelSelectorErrors } from '../selector-errors.ts';
import { checkedErrors, type Check, type CreateExpressionChecks, type ExpressionChecks } from './expression-checks.ts';
import {
  expressionErrors,
  failurePolicies,
  matchConditionErrors,
  matchResourcesErrors,
  variableErrors,
} from './rule-errors.ts';

const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const actions = ['Audit', 'Deny', 'Warn'];
const patchTypes = ['ApplyConfiguration', 'JSONPatch'];
const reinvocationPolicies = ['IfNeeded', 'Never'];
/** Objects that are deleted cannot be changed. */
const mutatedOperations = ['*', 'CONNECT', 'CREATE', 'UPDATE'];

export function validatingPolicyErrors(
  { metadata, spec }: ValidatingAdmissionPolicy,
  options: PolicyCheckOptions = {},
): readonly FieldError[] {
  const checks = checksFor(spec, options, (spec.variables ?? []).length > 0);
  const errors: FieldError[] = [...policyErrors(spec), ...conditionsOf(spec, options, checks)];
  errors.push(...variableErrors(spec.variables ?? [], 'spec.variables', checks?.variable));
  const { validations = [], auditAnnotations = [] } = spec;
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const detail = 'validations or auditAnnotations must contain at least one item';
    errors.push(requiredField('spec.validations', detail), requiredField('spec.auditAnnotations', detail));
  }
  for (const [index, each] of validations.entries()) errors.push(...validationErrors(each, index, checks));
  errors.push(...auditErrors(auditAnnotations, metadata.name, checks));
  return errors;
}

export function mutatingPolicyErrors(
  { spec }: MutatingAdmissionPolicy,
  options: PolicyCheckOptions = {},
): readonly FieldError[] {
  const checks = checksFor(spec, options, true);
  const errors: FieldError[] = [...policyErrors(spec)];
  errors.push(...mutatedOperationErrors(spec.matchConstraints, 'spec.matchConstraints'));
  errors.push(...conditionsOf(spec, options, checks));
  errors.push(...variableErrors(spec.variables ?? [], 'spec.variables', checks?.variable));
  const mutations = spec.mutations ?? [];
  if (mutations.length === 0) {
    errors.push(requiredField('spec.mutations', 'mutations must contain at least one item'));
  }
  for (const [index, mutation] of mutations.entries()) errors.push(...mutationErrors(mutation, index, checks));
  const { reinvocationPolicy = '' } = spec;
  if (reinvocationPolicy === '') errors.push(requiredField('spec.reinvocationPolicy'));
  else if (!reinvocationPolicies.includes(reinvocationPolicy)) {
    errors.push(notSupported('spec.reinvocationPolicy', reinvocationPolicy, reinvocationPolicies));
  }
  return errors;
}

export function validatingBindingErrors({ spec }: ValidatingAdmissionPolicyBinding): readonly FieldError[] {
  const errors: FieldError[] = [...bindingErrors(spec)];
  const given = spec.validationActions ?? [];
  const field = 'spec.validationActions';
  const again = repeats(given);
  for (const [index, action] of given.entries()) {
    if (!actions.includes(action)) errors.push(notSupported(`${field}[${index}]`, action, actions));
    if (again.has(index)) errors.push(duplicate(`${field}[${index}]`, action));
  }
  if (given.includes('Deny') && given.includes('Warn')) {
    const why = 'repeating the same validation failure information in the API response and headers serves no purpose';
    errors.push(invalid(field, given, `must not contain both Deny and Warn (${why})`));
  }
  if (given.length === 0) errors.push(requiredField(field, 'at least one validation action is required'));
  return errors;
}

export function mutatingBindingErrors({ spec }: MutatingAdmissionPolicyBinding): readonly FieldError[] {
  return [...bindingErrors(spec), ...mutatedOperationErrors(spec.matchResources, 'spec.matchResources')];
}

/** What the status of a policy says of its expressions and conditions. */
export function policyStatusErrors({ status }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const field = 'status.typeChecking.expressionWarnings';
  const errors = (status?.typeChecking?.expressionWarnings ?? []).flatMap(({ warning, fieldRef }, index) => [
    ...(warning === '' ? [requiredField(`${field}[${index}].warning`)] : []),
    ...(fieldRef.trim() === '' ? [requiredField(`${field}[${index}].fieldRef`)] : []),
  ]);
  return [...errors, ...conditionsErrors(status?.conditions, 'status.conditions')];
}

export interface PolicyCheckOptions {
  /** Absent: expressions are taken as they are. */
  readonly expressionChecks?: CreateExpressionChecks | undefined;
  /** An update leaves the conditions as they were: they are not judged again. */
  readonly sameConditions?: boolean;
}

function checksFor(
  spec: { readonly paramKind?: unknown },
  { expressionChecks }: PolicyCheckOptions,
  variables: boolean,
): ExpressionChecks | undefined {
  return expressionChecks?.({ params: spec.paramKind != null, variables });
}

interface PolicySpec {
  readonly failurePolicy?: string | undefined;
  readonly paramKind?: ParamKind | null | undefined;
  readonly matchConstraints?: MatchResources | null | undefined;
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[] | undefined;
}

/** What both kinds of policy have. */
function policyErrors(spec: PolicySpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { failurePolicy, paramKind, matchConstraints } = spec;
  if (failurePolicy == null) errors.push(requiredField('spec.failurePolicy'));
  else if (!failurePolicies.includes(failurePolicy)) {
    errors.push(notSupported('spec.failurePolicy', failurePolicy, failurePolicies));
  }
  if (paramKind != null) errors.push(...paramKindErrors(paramKind, 'spec.paramKind'));
  if (matchConstraints == null) errors.push(requiredField('spec.matchConstraints'));
  else {
    errors.push(...matchResourcesErrors(matchConstraints, 'spec.matchConstraints'));
    if ((matchConstraints.resourceRules ?? []).length === 0) {
      errors.push(requiredField('spec.matchConstraints.resourceRules'));
    }
  }
  return errors;
}

function conditionsOf(
  { matchConditions = [] }: PolicySpec,
  { sameConditions }: PolicyCheckOptions,
  checks: ExpressionChecks | undefined,
): readonly FieldError[] {
  if (sameConditions === true) return [];
  return matchConditionErrors(matchConditions, 'spec.matchConditions', checks?.matchCondition);
}

function mutatedOperationErrors(match: MatchResources | null | undefined, field: string): readonly FieldError[] {
  return (match?.resourceRules ?? [])
    .flatMap(({ operations = [] }) => operations)
    .filter((operation) => !mutatedOperations.includes(operation))
    .map((operation) => notSupported(`${field}.resourceRules.operations`, operation, mutatedOperations));
}

function bindingErrors(spec: {
  readonly policyName?: string | undefined;
  readonly paramRef?: ParamRef | null | undefined;
  readonly matchResources?: MatchResources | null | undefined;
}): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { policyName = '', paramRef, matchResources } = spec;
  if (policyName === '') errors.push(requiredField('spec.policyName'));
  else errors.push(...dnsSubdomainErrors(policyName).map((text) => invalid('spec.policyName', policyName, text)));
  if (paramRef != null) errors.push(...paramRefErrors(paramRef, 'spec.paramRef'));
  if (matchResources != null) errors.push(...matchResourcesErrors(matchResources, 'spec.matchResources'));
  return errors;
}

function paramKindErrors({ apiVersion = '', kind = '' }: ParamKind, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const parts = apiVersion.split('/');
  const version = parts.at(-1) ?? '';
  const item = `${field}.apiVersion`;
  if (apiVersion === '') errors.push(requiredField(item));
  else if (parts.length > 2) {
    errors.push(invalid(item, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else {
    const group = parts.length === 2 ? (parts[0] ?? '') : '';
    const groupTexts = group === '' ? [] : dnsSubdomainErrors(group);
    if (groupTexts.length > 0) errors.push(invalid(item, group, groupTexts.join(',')));
    const versionTexts = dns1035LabelErrors(version);
    if (version === '') errors.push(invalid(item, apiVersion, 'version must be specified'));
    else if (versionTexts.length > 0) errors.push(invalid(item, version, versionTexts.join(',')));
  }
  if (kind === '') errors.push(requiredField(`${field}.kind`));
  else {
    const texts = dns1035LabelErrors(kind.toLowerCase());
    if (texts.length > 0) {
      const detail = `may have mixed case, but should otherwise match: ${texts.join(',')}`;
      errors.push(invalid(`${field}.kind`, kind, detail));
    }
  }
  return errors;
}

function paramRefErrors(
  { name = '', selector, parameterNotFoundAction = '' }: ParamRef,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const both = 'name and selector are mutually exclusive';
  if (name !== '') {
    errors.push(...pathSegmentErrors(name).map((text) => invalid(`${field}.name`, name, text)));
    if (selector != null) errors.push(forbidden(`${field}.name`, both));
  }
  if (selector != null) {
    errors.push(...labelSelectorErrors(selector, `${field}.selector`));
    if (name !== '') errors.push(forbidden(`${field}.selector`, both));
  }
  if (name === '' && selector == null) {
    errors.push(requiredField(field, 'one of name or selector must be specified'));
  }
  const known = ['Deny', 'Allow'];
  if (parameterNotFoundAction === '') errors.push(requiredField(`${field}.parameterNotFoundAction`));
  else if (!known.includes(parameterNotFoundAction)) {
    errors.push(notSupported(`${field}.parameterNotFoundAction`, parameterNotFoundAction, known));
  }
  return errors;
}

function validationErrors(
  { expression, message = '', messageExpression = '', reason }: Validation,
  index: number,
  checks: ExpressionChecks | undefined,
): readonly FieldError[] {
  const item = `spec.validations[${index}]`;
  const errors: FieldError[] = [...expressionErrors(expression, `${item}.expression`, checks?.validation)];
  if (messageExpression !== '' && messageExpression.trim() === '') {
    const detail = 'must be non-empty if specified';
    errors.push(invalid(`${item}.messageExpression`, messageExpression, detail));
  } else if (messageExpression !== '') {
    const problem = checks?.message(messageExpression);
    errors.push(...checkedErrors(`${item}.messageExpression`, messageExpression, problem));
  }
  if (message !== '' && message.trim() === '') {
    errors.push(invalid(`${item}.message`, message, 'message must be non-empty if specified'));
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(invalid(`${item}.message`, message, 'message must not contain line breaks'));
  }
  if (reason != null && !reasons.includes(reason)) errors.push(notSupported(`${item}.reason`, reason, reasons));
  return errors;
}

const maxAuditAnnotations = 20;
const maxValueExpression = 5 * 1024;

function auditErrors(
  annotations: readonly AuditAnnotation[],
  policy: string | undefined,
  checks: ExpressionChecks | undefined,
): readonly FieldError[] {
  const field = 'spec.auditAnnotations';
  const errors: FieldError[] = [];
  if (annotations.length > maxAuditAnnotations) {
    errors.push(invalid(field, annotations, `must not have more than ${maxAuditAnnotations} auditAnnotations`));
  }
  for (const [index, { key, valueExpression }] of annotations.entries()) {
    const item = `${field}[${index}]`;
    if (policy === undefined || policy === '') {
      errors.push(invalid(`${item}.key`, key, 'requires metadata.name be non-empty'));
    } else {
      const name = `${policy}/${key}`;
      errors.push(...qualifiedNameErrors(name).map((text) => invalid(`${item}.key`, name, text)));
    }
    const trimmed = valueExpression.trim();
    if (trimmed === '') {
      errors.push(requiredField(`${item}.valueExpression`, 'valueExpression is not specified'));
    } else if (Buffer.byteLength(trimmed) > maxValueExpression) {
      const detail = `must not exceed ${maxValueExpression} bytes in length`;
      errors.push(requiredField(`${item}.valueExpression`, detail));
    } else {
      const problem = checks?.auditAnnotation(trimmed);
      errors.push(...checkedErrors(`${item}.valueExpression`, valueExpression, problem));
    }
    if (annotations.findIndex((each) => each.key === key) < index) errors.push(duplicate(`${item}.key`, key));
  }
  return errors;
}

function mutationErrors(
  mutation: Mutation,
  index: number,
  checks: ExpressionChecks | undefined,
): readonly FieldError[] {
  const item = `spec.mutations[${index}]`;
  const { patchType } = mutation;
  if (patchType === '') return [requiredField(`${item}.patchType`)];
  if (!patchTypes.includes(patchType)) return [notSupported(`${item}.patchType`, patchType, patchTypes)];
  const [wanted, other] =
    patchType === 'JSONPatch'
      ? (['jsonPatch', 'applyConfiguration'] as const)
      : (['applyConfiguration', 'jsonPatch'] as const);
  const errors: FieldError[] = [];
  const patch = mutation[wanted];
  if (patch == null) {
    errors.push(requiredField(`${item}.${wanted}`, `must be specified when patchType is ${patchType}`));
  } else errors.push(...patchErrors(patch.expression?.trim() ?? '', `${item}.${wanted}.expression`, checks?.[wanted]));
  if (mutation[other] != null) {
    const detail = `must not be specified when patchType is ${patchType}`;
    errors.push(invalid(`${item}.${other}`, `{${other}}`, detail));
  }
  return errors;
}

function patchErrors(expression: string, field: string, check: Check | undefined): readonly FieldError[] {
  return expression === '' ? [requiredField(field)] : checkedErrors(field, expression, check?.(expression));
}
