/**
 * MutatingAdmissionPolicy: expressions that change objects on their way in, put into force by bindings. Policies come in
 * the order of their names; those with reinvocationPolicy IfNeeded once more when something changed the object after them.
 * https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
 */
import { performance } from 'node:perf_hooks';
import { ApiError } from '../../../api/api-error.ts';
import { DecodeError } from '../../../api/codec/decode-error.ts';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
} from '../../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import * as resources from '../../../api/resources.ts';
import type { Served } from '../../registry/served.ts';
import type { AdmissionPlugin, Admitted, MutationRound } from '../admission.ts';
import { isExemptFromPolicies } from '../exempt-resources.ts';
import { refusal } from '../refusal.ts';
import { Reinvocation } from '../reinvocation.ts';
import { showObjects, takeObject } from '../shown-objects.ts';
import { evaluated } from './access-answers.ts';
import { activationOf, withParams, type PolicyNeeds } from './activation.ts';
import { MutationError } from './apply-mutation.ts';
import { evaluateConditions } from './match-conditions.ts';
import { matchHook } from './match-hook.ts';
import { compileMutation, runMutation, type CompiledMutation } from './mutation.ts';
import { ConfigurationError } from './params.ts';
import { PolicySource, type Hook } from './policy-source.ts';

type Policy = MutatingAdmissionPolicy;
type Binding = MutatingAdmissionPolicyBinding;
type Source = PolicySource<Policy, Binding, CompiledMutation>;

const pluginName = 'MutatingAdmissionPolicy';

interface Failure {
  readonly policy: Policy;
  /** Undefined: the policy itself is to blame. */
  readonly binding: Binding | undefined;
  readonly message: string;
  readonly reason: 'Invalid' | 'Forbidden';
}

/** One policy with one binding and one parameter object, for a request. */
interface Invocation {
  readonly hook: Hook<Policy, Binding, CompiledMutation>;
  readonly binding: Binding;
  readonly as: Served;
  readonly param: KubeObject | null;
}

export function createMutatingPolicies(needs: PolicyNeeds): AdmissionPlugin {
  const source: Source = new PolicySource<Policy, Binding, CompiledMutation>(
    needs.served.of(resources.MutatingAdmissionPolicies),
    needs.served.of(resources.MutatingAdmissionPolicyBindings),
    compileMutation,
  );
  return {
    name: pluginName,
    mutate(request, round) {
      const { served, operation } = request;
      if (source.isEmpty || operation === 'DELETE' || isExemptFromPolicies(served.resource)) return undefined;
      return mutate(needs, source, request, round);
    },
  };
}

async function mutate(needs: PolicyNeeds, source: Source, request: Admitted, round: MutationRound): Promise<void> {
  const failures: Failure[] = [];
  const invocations: Invocation[] = [];
  for (const hook of await source.hooks()) {
    const matched = await matchHook(needs.served, hook, request);
    if (matched?.problem !== undefined) {
      const message = `failed to configure policy: ${matched.problem.message}`;
      failures.push({ policy: hook.policy, binding: undefined, message, reason: 'Forbidden' });
    }
    for (const { binding, params } of matched?.bindings ?? []) {
      if (params instanceof ConfigurationError) {
        const message = `failed to configure binding: ${params.message}`;
        failures.push({ policy: hook.policy, binding, message, reason: 'Forbidden' });
      } else for (const param of params) invocations.push({ hook, binding, as: matched?.as ?? request.served, param });
    }
  }
  if (invocations.length > 0) await invokeAll(needs, request, round, invocations, failures);
  const fatal = failures.filter(({ policy }) => policy.spec.failurePolicy !== 'Ignore');
  if (fatal.length > 0) throw failureError(request, fatal);
}

async function invokeAll(
  needs: PolicyNeeds,
  request: Admitted,
  round: MutationRound,
  invocations: readonly Invocation[],
  failures: Failure[],
): Promise<void> {
  const reinvocation = Reinvocation.of(round, pluginName, request);
  let touched = false;
  for (const invocation of invocations) {
    const { policy } = invocation.hook;
    const id = idOf(invocation);
    const fail = (message: string): void => {
      failures.push({ policy, binding: invocation.binding, message, reason: 'Invalid' });
    };
    if (!(await conditionsHold(needs, request, invocation, fail))) continue;
    if (!reinvocation.isDue(id)) continue;
    for (const index of invocation.hook.compiled().mutations.keys()) {
      if (request.object === undefined) break;
      const changed = await invokeOne(needs, request, invocation, index, fail);
      if (changed === undefined) continue;
      touched = true;
      if (changed) reinvocation.changed();
    }
    if (policy.spec.reinvocationPolicy === 'IfNeeded') reinvocation.called(id);
  }
  if (touched) reinvocation.changed();
  reinvocation.ended();
}

function idOf({ hook, binding, param }: Invocation): string {
  const { namespace = '', name = '' } = (param?.metadata ?? {}) as { namespace?: string; name?: string };
  return [hook.policy.metadata.name, binding.metadata.name, namespace, name].join('/');
}

async function conditionsHold(
  needs: PolicyNeeds,
  request: Admitted,
  { hook, as, param }: Invocation,
  fail: (message: string) => void,
): Promise<boolean> {
  const { conditions, composition, failurePolicy } = hook.compiled();
  if (conditions.length === 0) return true;
  const base = activationOf(needs, request, as, await showObjects(request, as));
  const activation = withParams(base, param, hook.policy.spec.paramKind);
  const result = await evaluated(request, () =>
    evaluateConditions(conditions, failurePolicy, (budget) => composition.activate(activation, budget)),
  );
  if (result.error !== undefined) fail(result.error);
  return result.matches;
}

/** Whether the object changed; undefined: the mutation failed. */
async function invokeOne(
  needs: PolicyNeeds,
  request: Admitted,
  { hook, binding, as, param }: Invocation,
  index: number,
  fail: (message: string) => void,
): Promise<boolean | undefined> {
  const compiled = hook.compiled();
  const mutator = compiled.mutations[index];
  const shown = await showObjects(request, as);
  if (shown.object === null || mutator === undefined) return false;
  const activation = withParams(activationOf(needs, request, as, shown), param, hook.policy.spec.paramKind);
  const mutated = { as, subresource: request.subresource, object: shown.object };
  const begunMs = performance.now();
  const checked = (failed: boolean): void => {
    const seconds = (performance.now() - begunMs) / 1000;
    needs.checked(hook.policy.metadata.name, binding.metadata.name, failed, seconds);
  };
  try {
    const changed = await evaluated(request, () => runMutation(compiled, mutator, mutated, activation));
    const taken = await takeObject(request, as, changed);
    checked(false);
    return taken;
  } catch (error) {
    if (!(error instanceof MutationError) && !(error instanceof DecodeError)) throw error;
    checked(true);
    fail(error.message);
    return undefined;
  }
}

/** The first failure speaks for all; each is among the causes. */
function failureError(request: Admitted, failures: readonly Failure[]): ApiError {
  const texts = failures.map(({ policy, binding, message }) => {
    const { name } = policy.metadata;
    const who = binding === undefined ? JSON.stringify(name) : `'${name}' with binding '${binding.metadata.name}'`;
    return `policy ${who} denied request: ${message}`;
  });
  const { details } = refusal(request, '');
  const causes = texts.map((message) => ({ message }));
  return new ApiError(failures[0]?.reason ?? 'Forbidden', texts[0] ?? '', { ...details, causes }, 403);
}
