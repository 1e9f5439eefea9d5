/**
 * What is wrong with the expressions of policies, webhooks and claims of devices. The server has the engine; kinds know which expression
 * stands where, and pass them on in the order in which they are written, for later ones may use the variables before them.
 */
import { invalid, type FieldError } from '../../field-error.ts';

/** Each answers what is wrong with the expression, as error texts say it; undefined: nothing. */
export interface ExpressionChecks {
  readonly matchCondition: Check;
  readonly variable: (name: string, expression: string) => string | undefined;
  readonly validation: Check;
  readonly message: Check;
  readonly auditAnnotation: Check;
  readonly applyConfiguration: Check;
  readonly jsonPatch: Check;
  /** Of devices: what is wrong with it, or that it may cost more than it should. */
  readonly deviceSelector: (expression: string) => { readonly problem?: string; readonly costsTooMuch?: boolean };
}

export type Check = (expression: string) => string | undefined;

/** Checks for the expressions of one object. `params`: they may use the parameters of a policy. */
export type CreateExpressionChecks = (options: {
  readonly params: boolean;
  readonly variables: boolean;
}) => ExpressionChecks;

export function checkedErrors(field: string, expression: string, problem: string | undefined): readonly FieldError[] {
  return problem === undefined ? [] : [invalid(field, expression, problem)];
}
