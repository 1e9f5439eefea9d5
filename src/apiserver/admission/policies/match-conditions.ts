/**
 * Conditions of webhooks and policies: expressions that must all hold. One that is false ends the matter; one that fails
 * counts by the failure policy.
 */
import type { Activation } from '../../../cel/compile.ts';
import { Budget, evaluate, OutOfBudgetError, type CompiledExpression } from './compiled-expression.ts';

const conditionsBudget = 2_500_000;

export type ConditionsResult =
  | { readonly matches: boolean; readonly error?: undefined }
  /** With failure policy Fail. */
  | { readonly matches: false; readonly error: string };

/** `prepare`: adds to the activation what is paid from the budget of the conditions. */
export function evaluateConditions(
  conditions: readonly CompiledExpression[],
  failurePolicy: string | undefined,
  prepare: (budget: () => Budget) => Activation,
): ConditionsResult {
  const budget = new Budget(conditionsBudget);
  const activation = prepare(() => budget);
  const errors: string[] = [];
  try {
    for (const condition of conditions) {
      const evaluated = evaluate(condition, activation, budget);
      if (!evaluated.ok) errors.push(evaluated.error);
      else if (evaluated.value === false) return { matches: false };
    }
  } catch (error) {
    if (!(error instanceof OutOfBudgetError)) throw error;
    errors.splice(0, errors.length, error.message);
  }
  if (errors.length === 0) return { matches: true };
  if (failurePolicy === 'Ignore') return { matches: false };
  const different = [...new Set(errors)];
  return { matches: false, error: different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]` };
}
