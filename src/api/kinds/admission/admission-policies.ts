import { goSelector } from '../../go-selector.ts';
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
  policyStatusErrors,
  validatingBindingErrors,
  validatingPolicyErrors,
  type PolicyCheckOptions,
} from './policy-errors.ts';
import { staticNameWarnings } from './static-names.ts';
import { ruleScopeDefaults } from './webhook-configurations.ts';

export const validatingAdmissionPolicyDescriptor: Descriptor<ValidatingAdmissionPolicy> = {
  resource: ValidatingAdmissionPolicies,
  unconditionalUpdate: false,
  ...prepareWithStatus<ValidatingAdmissionPolicy>(ValidatingAdmissionPolicies, { statusKeeps: 'metadata' }),
  defaults({ spec }) {
    spec.failurePolicy ??= 'Fail';
    matchDefaults(spec.matchConstraints);
  },
  validateCreate: (policy, context) => validatingPolicyErrors(policy, context),
  validateUpdate: (policy, old, context) =>
    context.subresource === 'status'
      ? policyStatusErrors(policy)
      : validatingPolicyErrors(policy, updateOptions(policy, old, context)),
  warnings: staticNameWarnings,
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
  warnings: staticNameWarnings,
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
    spec.failurePolicy ??= 'Fail';
    if (!spec.reinvocationPolicy) spec.reinvocationPolicy = 'Never';
    matchDefaults(spec.matchConstraints);
  },
  validateCreate: (policy, context) => mutatingPolicyErrors(policy, context),
  validateUpdate: (policy, old, context) => mutatingPolicyErrors(policy, updateOptions(policy, old, context)),
  warnings: staticNameWarnings,
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
  warnings: staticNameWarnings,
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
  match.matchPolicy ??= 'Equivalent';
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
  return ref.selector == null ? '<unset>' : goSelector(ref.selector);
}
