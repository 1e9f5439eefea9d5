/** The rules of a schema, compiled once: x-kubernetes-validations of one place, and what they may say of it. */
import type { JSONSchemaProps, ValidationRule } from '../../api/groups/apiextensions.v1.ts';
import { compile, type Program } from '../../cel/compile.ts';
import type { Declared, Environment } from '../../cel/environment.ts';
import { optionalType } from '../../cel/type.ts';
import { ruleType, type RuleType } from './rule-types.ts';

export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Undefined: the rule is empty, or it does not compile. */
  readonly program: Program | undefined;
  readonly problem: string | undefined;
  readonly message: Program | undefined;
  readonly messageProblem: string | undefined;
  /** It compares with the old value, so that it is asked only when there is one. */
  readonly usesOldSelf: boolean;
}

export interface Rules {
  /** Undefined: rules cannot see values of the schema. */
  readonly type: RuleType | undefined;
  readonly compiled: readonly CompiledRule[];
}

/** By the schema that says what values are, and the one that says the rules: another one inside of `allOf`. */
const known = new WeakMap<JSONSchemaProps, WeakMap<JSONSchemaProps, Rules>>();

/** `isRoot`: values are whole resources. */
export function rulesOf(schema: JSONSchemaProps, saying: JSONSchemaProps, isRoot: boolean): Rules {
  let bySaying = known.get(schema);
  if (bySaying === undefined) known.set(schema, (bySaying = new WeakMap()));
  let rules = bySaying.get(saying);
  if (rules === undefined) bySaying.set(saying, (rules = compileRules(schema, saying, isRoot)));
  return rules;
}

function compileRules(schema: JSONSchemaProps, saying: JSONSchemaProps, isRoot: boolean): Rules {
  const type = ruleType(schema, isRoot);
  const rules = saying['x-kubernetes-validations'] ?? [];
  if (type === undefined) return { type, compiled: [] };
  const plain = environment(type, type);
  const optional = environment(type, { ...type, type: optionalType(type.type) });
  const compiled = rules.map((rule) => compileRule(rule, rule.optionalOldSelf === true ? optional : plain));
  return { type, compiled };
}

function environment(self: Declared, oldSelf: Declared): Environment {
  return {
    variables: new Map([
      ['self', self],
      ['oldSelf', oldSelf],
    ]),
  };
}

function compileRule(rule: ValidationRule, variables: Environment): CompiledRule {
  const condition = compileOne(rule.rule, variables, 'bool');
  const problem = condition.problem === 'type' ? 'cel expression must evaluate to a bool' : condition.problem;
  const compiled = {
    rule,
    program: condition.program,
    problem,
    usesOldSelf: condition.program?.variables.has('oldSelf') === true,
  };
  if (condition.program === undefined || !rule.messageExpression) {
    return { ...compiled, message: undefined, messageProblem: undefined };
  }
  const message = compileOne(rule.messageExpression, variables, 'string');
  const messageProblem =
    message.problem === 'type'
      ? 'messageExpression must evaluate to a string'
      : message.problem && `messageExpression ${message.problem}`;
  return { ...compiled, message: message.program, messageProblem };
}

interface CompiledOne {
  readonly program: Program | undefined;
  readonly problem: string | undefined;
}

/** `problem` "type": it compiles, but is of another type. */
function compileOne(expression: string, variables: Environment, wanted: 'bool' | 'string'): CompiledOne {
  if (expression.trim() === '') return { program: undefined, problem: undefined };
  const compiled = compile(expression, variables);
  if (!compiled.ok) return { program: undefined, problem: `compilation failed: ${compiled.text}` };
  const fits = compiled.program.resultType.kind === wanted;
  return fits ? { program: compiled.program, problem: undefined } : { program: undefined, problem: 'type' };
}
