/**
 * ValidatingAdmissionPolicy: expressions that a request's objects must meet, put into force by bindings. What does not hold
 * refuses the request, warns, or is told to the audit log, as the binding says.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import { performance } from 'node:perf_hooks';
import { ApiError, type StatusReason } from '../../../api/api-error.ts';
import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../api/groups/admissionregistration.v1.ts';
import * as resources from '../../../api/resources.ts';
import type { Activation } from '../../../cel/compile.ts';
import type { AdmissionPlugin, Admitted } from '../admission.ts';
import { isExemptFromPolicies } from '../exempt-resources.ts';
import { refusal } from '../refusal.ts';
import { evaluated } from './access-answers.ts';
import { activationOf, withParams, type PolicyNeeds } from './activation.ts';
import { ConfigurationError } from './params.ts';
import { matchHook } from './match-hook.ts';
import { PolicySource, type Hook } from './policy-source.ts';
import { compileValidation, runValidation, type CompiledValidation, type Objection } from './validation.ts';
import { showObjects } from '../shown-objects.ts';

const maxAnnotationBytes = 10 * 1024;
const failureKey = 'validation.policy.admission.k8s.io/validation_failure';

type Policy = ValidatingAdmissionPolicy;
type Binding = ValidatingAdmissionPolicyBinding;

interface Denial {
  readonly policy: Policy;
  readonly binding: Binding | undefined;
  readonly message: string;
  readonly reason?: string | undefined;
}

export function createValidatingPolicies(needs: PolicyNeeds): AdmissionPlugin {
  const source = new PolicySource<Policy, Binding, CompiledValidation>(
    needs.served.of(resources.ValidatingAdmissionPolicies),
    needs.served.of(resources.ValidatingAdmissionPolicyBindings),
    compileValidation,
  );
  return {
    name: 'ValidatingAdmissionPolicy',
    validate(request) {
      if (source.isEmpty || isExemptFromPolicies(request.served.resource)) return undefined;
      return validate(needs, source, request);
    },
  };
}

async function validate(
  needs: PolicyNeeds,
  source: PolicySource<Policy, Binding, CompiledValidation>,
  request: Admitted,
): Promise<void> {
  const denials: Denial[] = [];
  for (const hook of await source.hooks()) denials.push(...(await askPolicy(needs, hook, request)));
  const [first] = denials;
  if (first !== undefined) throw denialError(request, first);
}

async function askPolicy(
  needs: PolicyNeeds,
  hook: Hook<Policy, Binding, CompiledValidation>,
  request: Admitted,
): Promise<readonly Denial[]> {
  const { policy } = hook;
  const matched = await matchHook(needs.served, hook, request);
  if (matched === undefined) return [];
  if (matched.problem !== undefined) {
    const message = `failed to configure policy: ${matched.problem.message}`;
    return policy.spec.failurePolicy === 'Ignore' ? [] : [{ policy, binding: undefined, message }];
  }
  const denials: Denial[] = [];
  const annotations = new Map<string, Set<string>>();
  let base: Activation | undefined;
  for (const each of matched.bindings) {
    const { binding } = each;
    if (each.params instanceof ConfigurationError) {
      if (policy.spec.failurePolicy === 'Ignore') continue;
      denials.push({ policy, binding, message: `failed to configure binding: ${each.params.message}` });
      continue;
    }
    for (const param of each.params) {
      base ??= activationOf(needs, request, matched.as, await showObjects(request, matched.as));
      const activation = withParams(base, param, policy.spec.paramKind);
      const begunMs = performance.now();
      const result = await evaluated(request, () => runValidation(hook.compiled(), activation));
      const seconds = (performance.now() - begunMs) / 1000;
      for (const objection of result.objections) {
        denials.push(...act(request, policy, binding, objection));
        for (const action of binding.spec.validationActions ?? []) {
          const failed = objection.reason === undefined;
          needs.checked(policy.metadata.name, binding.metadata.name, failed, seconds, actionLabels[action]);
        }
      }
      for (const { key, value } of result.annotations) {
        annotations.set(key, (annotations.get(key) ?? new Set()).add(cut(value)));
      }
      for (const message of result.annotationErrors) denials.push({ policy, binding, message });
    }
  }
  for (const [key, values] of annotations) {
    request.auditAnnotations?.add(`${policy.metadata.name}/${key}`, [...values].join(', '));
  }
  return denials;
}

const actionLabels: Readonly<Record<string, 'deny' | 'warn' | 'audit'>> = {
  Deny: 'deny',
  Warn: 'warn',
  Audit: 'audit',
};

/** Does what the binding says should follow. */
function act(request: Admitted, policy: Policy, binding: Binding, objection: Objection): readonly Denial[] {
  const { index, message, reason } = objection;
  const { name } = binding.metadata;
  const denials: Denial[] = [];
  for (const action of binding.spec.validationActions ?? []) {
    if (action === 'Deny') denials.push({ policy, binding, message, reason });
    else if (action === 'Warn') {
      const about = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${name}'`;
      request.warn(`Validation failed for ${about}: ${message}`);
    } else {
      const failure = {
        message,
        policy: binding.spec.policyName,
        binding: name,
        expressionIndex: index,
        validationActions: binding.spec.validationActions,
      };
      request.auditAnnotations?.add(failureKey, JSON.stringify([failure]));
    }
  }
  return denials;
}

function cut(text: string): string {
  return Buffer.byteLength(text) <= maxAnnotationBytes
    ? text
    : Buffer.from(text).subarray(0, maxAnnotationBytes).toString('utf8');
}

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
};

function denialError(request: Admitted, { policy, binding, message, reason = 'Invalid' }: Denial): ApiError {
  const bound = binding === undefined ? '' : ` with binding '${binding.metadata.name}'`;
  const text = `ValidatingAdmissionPolicy '${policy.metadata.name}'${bound} denied request: ${message}`;
  const forbidden = refusal(request, text);
  const details = { ...forbidden.details, causes: [{ message: text }] };
  return new ApiError(reason as StatusReason, forbidden.message, details, codes[reason] ?? 422);
}
