/** A validating policy, compiled, and what it says of one request with one parameter object. */
import type {
  AuditAnnotation,
  Validation,
  ValidatingAdmissionPolicy,
} from '../../../api/groups/admissionregistration.v1.ts';
import type { Activation } from '../../../cel/compile.ts';
import { nullType, stringType } from '../../../cel/type.ts';
import { Composition } from './composition.ts';
import {
  Budget,
  compiledExpression,
  evaluate,
  OutOfBudgetError,
  type CompiledExpression,
  type Evaluated,
} from './compiled-expression.ts';
import { evaluateConditions } from './match-conditions.ts';

const policyBudget = 10_000_000;
const maxMessageBytes = 5 * 1024;

export interface CompiledValidation {
  readonly failurePolicy: string | undefined;
  readonly composition: Composition;
  readonly conditions: readonly CompiledExpression[];
  readonly validations: readonly {
    readonly validation: Validation;
    readonly expression: CompiledExpression;
    readonly message: CompiledExpression | undefined;
  }[];
  readonly annotations: readonly { readonly annotation: AuditAnnotation; readonly value: CompiledExpression }[];
}

export function compileValidation({ spec }: ValidatingAdmissionPolicy): CompiledValidation {
  const composition = new Composition(spec.paramKind != null, spec.variables ?? []);
  const messages = composition.environment({ authorizer: false });
  const values = composition.environment({ authorizer: true });
  return {
    failurePolicy: spec.failurePolicy,
    composition,
    conditions: (spec.matchConditions ?? []).map(({ expression }) => composition.condition(expression)),
    validations: (spec.validations ?? []).map((validation) => ({
      validation,
      expression: composition.condition(validation.expression),
      message: validation.messageExpression
        ? compiledExpression(validation.messageExpression, messages, [stringType])
        : undefined,
    })),
    annotations: (spec.auditAnnotations ?? []).map((annotation) => ({
      annotation,
      value: compiledExpression(annotation.valueExpression, values, [stringType, nullType]),
    })),
  };
}

/** One of the validations does not hold, or failed and the policy says that this is the same. */
export interface Objection {
  /** Which of the validations. */
  readonly index: number;
  readonly message: string;
  /** Undefined: it failed. */
  readonly reason?: string;
}

export interface ValidationResult {
  readonly objections: readonly Objection[];
  readonly annotations: readonly { readonly key: string; readonly value: string }[];
  /** Annotations that failed where the policy says that this refuses the request. */
  readonly annotationErrors: readonly string[];
}

const nothing: ValidationResult = { objections: [], annotations: [], annotationErrors: [] };

export function runValidation(policy: CompiledValidation, base: Activation): ValidationResult {
  const { composition, failurePolicy, conditions } = policy;
  const matched = evaluateConditions(conditions, failurePolicy, (budget) => composition.activate(base, budget));
  if (matched.error !== undefined) return { ...nothing, objections: [{ index: 0, message: matched.error }] };
  if (!matched.matches) return nothing;
  try {
    const objections = runValidations(policy, base);
    return { objections, ...runAnnotations(policy, base) };
  } catch (error) {
    if (!(error instanceof OutOfBudgetError)) throw error;
    return failurePolicy === 'Ignore' ? nothing : { ...nothing, objections: [{ index: 0, message: error.message }] };
  }
}

function runValidations(policy: CompiledValidation, base: Activation): readonly Objection[] {
  const { composition, failurePolicy, validations } = policy;
  const budget = new Budget(policyBudget);
  const activation = composition.activate(base, () => budget);
  const results = validations.map(({ expression }) => evaluate(expression, activation, budget));
  const objections: Objection[] = [];
  for (const [index, result] of results.entries()) {
    if (result.ok && result.value === true) continue;
    if (!result.ok) {
      if (failurePolicy !== 'Ignore') objections.push({ index, message: result.error });
      continue;
    }
    const { validation, message } = validations[index] as CompiledValidation['validations'][number];
    const said = message === undefined ? undefined : runMessage(message, activation, budget);
    if (said instanceof OutOfBudgetError) {
      const text = `failed messageExpression: ${said.message}`;
      if (failurePolicy !== 'Ignore') objections.push({ index, message: text });
      continue;
    }
    objections.push({ index, message: messageOf(validation, said), reason: validation.reason || 'Invalid' });
  }
  return objections;
}

function runMessage(message: CompiledExpression, activation: Activation, budget: Budget): Evaluated | OutOfBudgetError {
  try {
    return evaluate(message, activation, budget);
  } catch (error) {
    if (error instanceof OutOfBudgetError) return error;
    throw error;
  }
}

/** Longer messages, those of several lines and empty ones are replaced by the plain one. */
function messageOf({ message = '', expression }: Validation, said: Evaluated | undefined): string {
  if (said?.ok === true && typeof said.value === 'string') {
    const text = said.value.trim();
    if (text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= maxMessageBytes) return text;
  }
  return message === '' ? `failed expression: ${expression.trim()}` : message.trim();
}

function runAnnotations(
  { composition, failurePolicy, annotations }: CompiledValidation,
  base: Activation,
): Pick<ValidationResult, 'annotations' | 'annotationErrors'> {
  const budget = new Budget(policyBudget);
  const activation = composition.activate(base, () => budget);
  const values: { key: string; value: string }[] = [];
  const annotationErrors: string[] = [];
  for (const { annotation, value } of annotations) {
    const result = evaluate(value, activation, budget);
    if (!result.ok) {
      if (failurePolicy !== 'Ignore') annotationErrors.push(result.error);
    } else if (typeof result.value === 'string' && result.value.trim() !== '') {
      values.push({ key: annotation.key, value: result.value.trim() });
    }
  }
  return { annotations: values, annotationErrors };
}
