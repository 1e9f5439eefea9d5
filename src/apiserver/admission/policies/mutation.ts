/** A mutating policy, compiled, and one of its mutations carried out on an object. */
import type { MutatingAdmissionPolicy } from '../../../api/groups/admissionregistration.v1.ts';
import type { JsonObject } from '../../../api/schema.ts';
import type { Activation } from '../../../cel/compile.ts';
import { jsonPatchType } from '../../../cel/named-types.ts';
import { listType, objectType } from '../../../cel/type.ts';
import type { Served } from '../../registry/served.ts';
import { applyConfigured, applyPatched, MutationError } from './apply-mutation.ts';
import { Composition } from './composition.ts';
import {
  Budget,
  compiledExpression,
  evaluate,
  OutOfBudgetError,
  type CompiledExpression,
} from './compiled-expression.ts';

const policyBudget = 10_000_000;

/** What expressions of the two kinds of patch must be. */
export const mutationResults = {
  ApplyConfiguration: [objectType('Object')],
  JSONPatch: [listType(jsonPatchType)],
} as const;

export interface CompiledMutation {
  readonly failurePolicy: string | undefined;
  readonly composition: Composition;
  readonly conditions: readonly CompiledExpression[];
  readonly mutations: readonly Mutator[];
}

export interface Mutator {
  readonly patchType: keyof typeof mutationResults;
  readonly expression: CompiledExpression;
}

export function compileMutation({ spec }: MutatingAdmissionPolicy): CompiledMutation {
  const composition = new Composition(spec.paramKind != null, spec.variables ?? []);
  const environment = composition.environment({ authorizer: true, patches: true });
  return {
    failurePolicy: spec.failurePolicy,
    composition,
    conditions: (spec.matchConditions ?? []).map(({ expression }) => composition.condition(expression)),
    mutations: (spec.mutations ?? []).map((mutation) => {
      const patchType = mutation.patchType === 'JSONPatch' ? 'JSONPatch' : 'ApplyConfiguration';
      const patch = patchType === 'JSONPatch' ? mutation.jsonPatch : mutation.applyConfiguration;
      return {
        patchType,
        expression: compiledExpression(patch?.expression ?? '', environment, mutationResults[patchType]),
      };
    }),
  };
}

export interface Mutated {
  readonly as: Served;
  readonly subresource: string;
  readonly object: JsonObject;
}

/** The object after the mutation. @throws MutationError */
export function runMutation(
  { composition }: CompiledMutation,
  { patchType, expression }: Mutator,
  { as, subresource, object }: Mutated,
  base: Activation,
): JsonObject {
  if (!expression.program.ok) throw new MutationError(expression.program.text);
  const budget = new Budget(policyBudget);
  try {
    const evaluated = evaluate(
      expression,
      composition.activate(base, () => budget),
      budget,
    );
    if (!evaluated.ok) throw new MutationError(evaluated.error);
    const { value } = evaluated;
    return patchType === 'JSONPatch' ? applyPatched(object, value) : applyConfigured(as, subresource, object, value);
  } catch (error) {
    if (error instanceof OutOfBudgetError) throw new MutationError(error.message);
    throw error;
  }
}
