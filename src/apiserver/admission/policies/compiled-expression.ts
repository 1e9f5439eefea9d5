/** An expression that was compiled once, and what became of it when it was run. Costs are paid from a budget. */
import { compileForAdmission, type AdmissionProgram } from '../../../cel/admission-environment.ts';
import type { Activation } from '../../../cel/compile.ts';
import type { Environment } from '../../../cel/environment.ts';
import type { Type } from '../../../cel/type.ts';
import type { Value } from '../../../cel/value.ts';

export interface CompiledExpression {
  readonly text: string;
  readonly program: AdmissionProgram;
}

export function compiledExpression(
  text: string,
  environment: Environment,
  results: readonly Type[] = [],
): CompiledExpression {
  return { text, program: compileForAdmission(text, environment, results) };
}

export type Evaluated = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: string };

/** There is nothing left to pay with: no further expression is run. */
export class OutOfBudgetError extends Error {
  override readonly name = 'OutOfBudgetError';

  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/** What the expressions of one policy or webhook may cost together. */
export class Budget {
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  /** @throws OutOfBudgetError */
  spend(cost: number): void {
    if (cost > this.#left) throw new OutOfBudgetError();
    this.#left -= cost;
  }
}

/** @throws OutOfBudgetError */
export function evaluate({ text, program }: CompiledExpression, activation: Activation, budget: Budget): Evaluated {
  if (!program.ok) return { ok: false, error: `compilation error: ${program.text}` };
  const outcome = program.program.evaluate(activation);
  budget.spend(outcome.cost);
  if (outcome.ok) return { ok: true, value: outcome.value };
  return { ok: false, error: `expression '${text}' resulted in error: ${outcome.message}` };
}
