/** Which bindings of a policy a request falls under, and with which parameters. */
import type { KubeObject } from '../../../api/kind.ts';
import { Namespaces } from '../../../api/resources.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import type { Served } from '../../registry/served.ts';
import type { Admitted } from '../admission.ts';
import { matchRequest, requestNamespace } from '../matching.ts';
import { collectParams, ConfigurationError, paramKindProblem } from './params.ts';
import type { AnyBinding, AnyPolicy, Hook } from './policy-source.ts';

export interface MatchedHook<B> {
  /** The resource in the version that the policy wants to see. */
  readonly as: Served;
  readonly bindings: readonly MatchedBinding<B>[];
  /** The policy cannot be put into force by any binding. */
  readonly problem?: ConfigurationError;
}

export interface MatchedBinding<B> {
  readonly binding: B;
  /** The policy is asked once for each. */
  readonly params: readonly (KubeObject | null)[] | ConfigurationError;
}

/** Undefined: the request is none of the policy's business. */
export async function matchHook<P extends AnyPolicy, B extends AnyBinding>(
  resources: ServedResources,
  { policy, criteria, bindings }: Hook<P, B, unknown>,
  request: Admitted,
): Promise<MatchedHook<B> | undefined> {
  await resources.of(Namespaces).cache.ready();
  const as = matchRequest(criteria, request, resources);
  if (as === undefined) return undefined;
  const { paramKind } = policy.spec;
  const problem = paramKind == null ? undefined : paramKindProblem(resources, paramKind);
  if (problem !== undefined) return { as, bindings: [], problem };
  const matched: MatchedBinding<B>[] = [];
  for (const { binding, criteria: own } of bindings) {
    if (own !== undefined && matchRequest(own, request, resources) === undefined) continue;
    const query = { kind: paramKind, ref: binding.spec.paramRef, namespace: requestNamespace(request) };
    const params = await collectParams(resources, query).catch((error: unknown) => {
      if (error instanceof ConfigurationError) return error;
      throw error;
    });
    matched.push({ binding, params });
  }
  return matched.length === 0 ? undefined : { as, bindings: matched };
}
