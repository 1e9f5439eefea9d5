/**
 * Variables of a policy: named expressions that others use as `variables.name`. Each is evaluated when it is first asked
 * for, once for a request, and sees the variables before it.
 */
import { admissionEnvironment, type AdmissionVariables } from '../../../cel/admission-environment.ts';
import type { Activation } from '../../../cel/compile.ts';
import type { Environment } from '../../../cel/environment.ts';
import { boolType, dynType, type Type } from '../../../cel/type.ts';
import { fail, type MapValue, type Value } from '../../../cel/value.ts';
import { compiledExpression, type Budget, type CompiledExpression } from './compiled-expression.ts';

interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/** Expressions that share variables, compiled one after another. */
export class Composition {
  readonly #types = new Map<string, Type>();
  readonly #variables = new Map<string, CompiledExpression>();
  readonly #params: boolean;

  constructor(params: boolean, variables: readonly NamedExpression[]) {
    this.#params = params;
    for (const { name, expression } of variables) this.declare(name, expression);
  }

  /** Later expressions know the variable, and its type where it compiles. */
  declare(name: string, expression: string): CompiledExpression {
    const compiled = compiledExpression(expression, this.environment({ authorizer: true }));
    this.#variables.set(name, compiled);
    this.#types.set(name, compiled.program.ok ? knownType(compiled.program.program.resultType) : dynType);
    return compiled;
  }

  environment(known: Pick<AdmissionVariables, 'authorizer' | 'patches'>): Environment {
    return admissionEnvironment({ ...known, params: this.#params, composed: this.#types });
  }

  condition(expression: string): CompiledExpression {
    return compiledExpression(expression, this.environment({ authorizer: true }), [boolType]);
  }

  /** The activation with the variables; what they cost is paid by the expressions that ask for them. */
  activate(base: Activation, budget: () => Budget): Activation {
    if (this.#variables.size === 0) return base;
    const known = new Map<string, Value>();
    const variables: MapValue = {
      kind: 'map',
      typeName: 'kubernetes.variables',
      keys: () => [...this.#variables.keys()],
      size: this.#variables.size,
      get: (key) => {
        const variable = typeof key === 'string' ? this.#variables.get(key) : undefined;
        if (typeof key !== 'string' || variable === undefined) return undefined;
        let value = known.get(key);
        if (value === undefined) known.set(key, (value = compute(key, variable, activation, budget())));
        return value;
      },
    };
    const activation: Activation = { ...base, variables };
    return activation;
  }
}

function compute(name: string, { program }: CompiledExpression, activation: Activation, budget: Budget): Value {
  if (!program.ok) return fail(`composited variable "${name}" fails to compile: ${program.text}`);
  const outcome = program.program.evaluate(activation);
  budget.spend(outcome.cost);
  return outcome.ok ? outcome.value : fail(`composited variable "${name}" fails to evaluate: ${outcome.message}`);
}

const plainKinds = new Set(['bool', 'int', 'uint', 'double', 'string', 'bytes', 'null', 'timestamp', 'duration']);

/** Of types that libraries and objects define, users of a variable know nothing. */
function knownType(type: Type): Type {
  if (type.kind === 'list') return { kind: 'list', parameters: [knownType(type.parameters[0])] };
  if (type.kind === 'map') {
    return { kind: 'map', parameters: [knownType(type.parameters[0]), knownType(type.parameters[1])] };
  }
  return plainKinds.has(type.kind) ? type : dynType;
}
