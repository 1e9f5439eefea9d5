/**
 * The Common Expression Language as Kubernetes v1.36 means it.
 * https://kubernetes.io/docs/reference/using-api/cel
 *
 *   text ── parse ──▶ expression ── check ──▶ with types ── plan ──▶ program ── evaluate ──▶ value, cost
 *                                                 └── estimate ──▶ highest cost
 */
import { performance } from 'node:perf_hooks';
import { check } from './check.ts';
import type { Environment } from './environment.ts';
import { CostLimitError, EvaluationError } from './errors.ts';
import { estimateCost, type CostEstimate } from './estimate.ts';
import { compilationSeconds, evaluationSeconds } from './figures.ts';
import { formatIssues, Source, type Issue } from './issue.ts';
import { literalIssues } from './literal-issues.ts';
import { parse } from './parse.ts';
import { plan, type Frame } from './plan.ts';
import type { Type } from './type.ts';
import type { Value } from './value.ts';
import { resetWalks } from './walk-limit.ts';

/** What one expression may cost when it is run. */
const perCallLimit = 1_000_000;

export interface Program {
  readonly resultType: Type;
  /** Names of variables that the expression uses. */
  readonly variables: ReadonlySet<string>;
  readonly evaluate: (activation: Activation, budget?: number) => Outcome;
  /** The least and the most that a run may cost, from what is declared of the variables. */
  readonly estimate: () => CostEstimate;
}

/** Values of variables. A function is asked when its variable is first used, and remembered for the run. */
export type Activation = Readonly<Record<string, Value | (() => Value) | undefined>>;

export type Outcome =
  | { readonly ok: true; readonly value: Value; readonly cost: number }
  /** `reason`: the expression failed, or it cost more than it may. `message` as cel-go words it. */
  | { readonly ok: false; readonly reason: 'error' | 'cost'; readonly message: string; readonly cost: number };

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  /** `text`: all issues, as cel-go shows them. */
  | { readonly ok: false; readonly issues: readonly Issue[]; readonly text: string };

export function compile(text: string, environment: Environment): Compiled {
  const begunMs = performance.now();
  const compiled = compileText(text, environment);
  compilationSeconds.observe((performance.now() - begunMs) / 1000);
  return compiled;
}

function compileText(text: string, environment: Environment): Compiled {
  const source = new Source(text);
  const parsed = parse(source, environment);
  if (!parsed.ok) return refused(source, parsed.issues);
  const { checked, issues } = check(source, parsed.expression, environment);
  if (issues.length > 0) return refused(source, issues);
  const literal = literalIssues(source, checked);
  if (literal.length > 0) return refused(source, literal);
  const step = plan(checked);
  const variables = new Set<string>();
  for (const reference of checked.references.values()) if (reference.kind === 'variable') variables.add(reference.name);
  const program: Program = {
    resultType: checked.resultType,
    variables,
    evaluate: (activation, budget = perCallLimit) => run(step, activation, Math.min(budget, perCallLimit)),
    estimate: () => estimateCost(checked, environment),
  };
  return { ok: true, program };
}

function refused(source: Source, issues: readonly Issue[]): Compiled {
  return { ok: false, issues, text: formatIssues(source, issues) };
}

function run(step: (frame: Frame) => Value, activation: Activation, limit: number): Outcome {
  resetWalks();
  const known = new Map<string, Value>();
  const frame: Frame = {
    variable(name) {
      const given = Object.hasOwn(activation, name) ? activation[name] : undefined;
      if (typeof given !== 'function') return given;
      let value = known.get(name);
      if (value === undefined) known.set(name, (value = given()));
      return value;
    },
    locals: [],
    limit,
    cost: 0,
  };
  const begunMs = performance.now();
  try {
    return { ok: true, value: step(frame), cost: frame.cost };
  } catch (error) {
    const { cost } = frame;
    if (error instanceof EvaluationError) return { ok: false, reason: 'error', message: error.message, cost };
    if (error instanceof CostLimitError) return { ok: false, reason: 'cost', message: error.message, cost };
    throw error;
  } finally {
    evaluationSeconds.observe((performance.now() - begunMs) / 1000);
  }
}
