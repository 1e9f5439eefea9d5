/** The engine's judgement of expressions when policies, webhooks and claims of devices are written. */
import type { CreateExpressionChecks } from '../../../api/kinds/admission/expression-checks.ts';
import { admissionEnvironment, compileForAdmission } from '../../../cel/admission-environment.ts';
import { compileDeviceSelector } from '../../../cel/device-environment.ts';
import type { Environment } from '../../../cel/environment.ts';
import { boolType, nullType, stringType, type Type } from '../../../cel/type.ts';
import { Composition } from './composition.ts';
import { mutationResults } from './mutation.ts';

/** What the selection of one device may cost. */
const maxSelectorCost = 1_000_000;

export const expressionChecks: CreateExpressionChecks = ({ params, variables }) => {
  const composition = new Composition(params, []);
  const plain = admissionEnvironment({ params, authorizer: true });
  /** Without variables the name `variables` is unknown. */
  const known = (authorizer: boolean, patches = false): Environment =>
    variables
      ? composition.environment({ authorizer, patches })
      : admissionEnvironment({ params, authorizer, patches });
  const check = (expression: string, environment: Environment, results: readonly Type[]): string | undefined => {
    const compiled = compileForAdmission(expression, environment, results);
    return compiled.ok ? undefined : compiled.text;
  };
  return {
    matchCondition: (expression) => check(expression, plain, [boolType]),
    variable(name, expression) {
      const { program } = composition.declare(name, expression);
      return program.ok ? undefined : program.text;
    },
    validation: (expression) => check(expression, known(true), [boolType]),
    message: (expression) => check(expression, known(false), [stringType]),
    auditAnnotation: (expression) => check(expression, known(true), [stringType, nullType]),
    applyConfiguration: (expression) => check(expression, known(true, true), mutationResults.ApplyConfiguration),
    jsonPatch: (expression) => check(expression, known(true, true), mutationResults.JSONPatch),
    deviceSelector(expression) {
      const compiled = compileDeviceSelector(expression);
      if (!compiled.ok) return { problem: compiled.text };
      return { costsTooMuch: compiled.program.estimate().max > maxSelectorCost };
    },
  };
};
