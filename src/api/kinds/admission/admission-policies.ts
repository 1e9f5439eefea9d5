import type { Descriptor, Draft, WriteContext } from '../../descriptor.ts';
import { samePlain } from '../../equality.ts';
import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../groups/admissionregistration.v1.ts';
import {
  MutatingAdmissionPolicies,
  MutatingAdmissionPolicyBindings,
  ValidatingAdmissionPolicies,
  ValidatingAdmissionPolicyBindings,
} from '../../resources.ts';
import { ageColumn, column, countColumn, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration, prepareWithStatus } from '../prepare.ts';
import {
  mutatingBindingErrors,
  mutatingPolicyErrors,
  validatingBindingErrors,
  validatingPolicyErrors,
  type PolicyCheckOptions,
} from './policy-errors.ts';
import { ruleScopeDefaults } from './webhook-configurations.ts';

export const validatingAdmissionPolicyDescriptor: Descriptor<ValidatingAdmissionPolicy> = {
  resource: ValidatingAdmissionPolicies,
  unconditionalUpdate: false,
  ...prepareWithStatus<ValidatingAdmissionPolicy>(ValidatingAdmissionPolicies),
  defaults({ spec }) {
    if (!spec.failurePolicy) spec.failurePolicy = 'Fail';
    matchDefaults(spec.matchConstraints);
  },
  validateCreate: (policy, context) => validatingPolicyErrors(policy, context),
  validateUpdate: (policy, old, context) =>
    context.subresource === 'status' ? [] : validatingPolicyErrors(policy, updateOptions(policy, old, context)),
  table: table<ValidatingAdmissionPolicy>([
    nameColumn,
    countColumn('Validations', ({ spec }) => (spec.validations ?? []).length),
    column('ParamKind', ({ spec }) => paramKindText(spec.paramKind)),
    ageColumn,
  ]),
};

export const validatingAdmissionPolicyBindingDescriptor: Descriptor<ValidatingAdmissionPolicyBinding> = {
  resource: ValidatingAdmissionPolicyBindings,
  unconditionalUpdate: false,
  ...prepareWithGeneration<ValidatingAdmissionPolicyBinding>(ValidatingAdmissionPolicyBindings),
  defaults: ({ spec }) => matchDefaults(spec.matchResources),
  validateCreate: validatingBindingErrors,
  validateUpdate: validatingBindingErrors,
  table: table<ValidatingAdmissionPolicyBinding>([
    nameColumn,
    column('PolicyName', ({ spec }) => spec.policyName),
    column('ParamRef', ({ spec }) => paramRefText(spec.paramRef)),
    ageColumn,
  ]),
};

export const mutatingAdmissionPolicyDescriptor: Descriptor<MutatingAdmissionPolicy> = {
  resource: MutatingAdmissionPolicies,
  unconditionalUpdate: false,
  ...prepareWithGeneration<MutatingAdmissionPolicy>(MutatingAdmissionPolicies),
  defaults({ spec }) {
    if (!spec.failurePolicy) spec.failurePolicy = 'Fail';
    if (!spec.reinvocationPolicy) spec.reinvocationPolicy = 'Never';
    matchDefaults(spec.matchConstraints);
  },
  validateCreate: (policy, context) => mutatingPolicyErrors(policy, context),
  validateUpdate: (policy, old, context) => mutatingPolicyErrors(policy, updateOptions(policy, old, context)),
  table: table<MutatingAdmissionPolicy>([
    nameColumn,
    countColumn('Mutations', ({ spec }) => (spec.mutations ?? []).length),
    column('ParamKind', ({ spec }) => paramKindText(spec.paramKind)),
    ageColumn,
  ]),
};

export const mutatingAdmissionPolicyBindingDescriptor: Descriptor<MutatingAdmissionPolicyBinding> = {
  resource: MutatingAdmissionPolicyBindings,
  unconditionalUpdate: false,
  ...prepareWithGeneration<MutatingAdmissionPolicyBinding>(MutatingAdmissionPolicyBindings),
  defaults: ({ spec }) => matchDefaults(spec.matchResources),
  validateCreate: mutatingBindingErrors,
  validateUpdate: mutatingBindingErrors,
  table: table<MutatingAdmissionPolicyBinding>([
    nameColumn,
    column('PolicyName', ({ spec }) => spec.policyName ?? ''),
    column('ParamRef', ({ spec }) => paramRefText(spec.paramRef)),
    ageColumn,
  ]),
};

/** Conditions that an update leaves alone are not judged again. */
function updateOptions<
  P extends { readonly spec: { readonly paramKind?: unknown; readonly matchConditions?: unknown } },
>(policy: P, old: P, { expressionChecks }: WriteContext): PolicyCheckOptions {
  const sameConditions =
    samePlain(policy.spec.paramKind, old.spec.paramKind) &&
    samePlain(policy.spec.matchConditions, old.spec.matchConditions);
  return { expressionChecks, sameConditions };
}

function matchDefaults(match: Draft<MatchResources> | null | undefined): void {
  if (match == null) return;
  if (!match.matchPolicy) match.matchPolicy = 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  ruleScopeDefaults(match.resourceRules ?? []);
  ruleScopeDefaults(match.excludeResourceRules ?? []);
}

function paramKindText(kind: ParamKind | undefined): string {
  return kind == null ? '<unset>' : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`;
}

function paramRefText(ref: ParamRef | undefined): string {
  if (ref == null) return '<unset>';
  if (ref.name) return ref.namespace ? `${ref.namespace}/${ref.name}` : `*/${ref.name}`;
  return ref.namespace ? `${ref.namespace}/*` : '*/*';
}
