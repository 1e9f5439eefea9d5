/**
 * Finds the types of an expression and of all its parts, what names refer to, and which overloads a call may mean.
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
 */
import type { Environment } from './environment.ts';
import {
  qualifiedName,
  type Call,
  type Comprehension,
  type Expression,
  type Identifier,
  type ObjectLiteral,
  type Select,
} from './expression.ts';
import type { Overload } from './function.ts';
import type { Issue, Source } from './issue.ts';
import { standardFunctions } from './libraries/all.ts';
import { namedType } from './named-types.ts';
import {
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  formatType,
  intType,
  isOptional,
  listType,
  mapType,
  nullType,
  optionalType,
  stringType,
  typeType,
  uintType,
  unwrapOptional,
  type Type,
} from './type.ts';
import { Bindings, mostGeneral } from './unification.ts';
import type { Value } from './value.ts';

/** What a name or a call refers to. Names without a reference are variables of loops. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'type'; readonly type: Type }
  /** `args`: with the value that a method is called on. */
  | { readonly kind: 'call'; readonly overloads: readonly Overload[]; readonly args: readonly Expression[] }
  | { readonly kind: 'object'; readonly type: Type };

export interface Checked {
  readonly expression: Expression;
  readonly resultType: Type;
  readonly typeOf: (expression: Expression) => Type;
  readonly references: ReadonlyMap<Expression, Reference>;
}

export function check(
  source: Source,
  expression: Expression,
  environment: Environment,
): { readonly checked: Checked; readonly issues: readonly Issue[] } {
  const checker = new Checker(source, environment);
  checker.visit(expression);
  const { bindings, types, references, issues } = checker;
  const typeOf = (each: Expression): Type => bindings.substitute(types.get(each) ?? dynType, true);
  return { checked: { expression, resultType: typeOf(expression), typeOf, references }, issues };
}

class Checker {
  readonly bindings = new Bindings();
  readonly types = new Map<Expression, Type>();
  readonly references = new Map<Expression, Reference>();
  readonly issues: Issue[] = [];
  readonly #source: Source;
  readonly #environment: Environment;
  /** Variables of the loops around, innermost last. */
  readonly #locals: (readonly [name: string, type: Type])[] = [];

  constructor(source: Source, environment: Environment) {
    this.#source = source;
    this.#environment = environment;
  }

  /** Macros use some parts twice: those are looked at once. */
  visit(expression: Expression): Type {
    const known = this.types.get(expression);
    if (known !== undefined) return known;
    const type = this.#typeOf(expression);
    this.types.set(expression, type);
    return type;
  }

  #report(offset: number, message: string): Type {
    this.issues.push(this.#source.issue(message, offset));
    return errorType;
  }

  #typeOf(expression: Expression): Type {
    switch (expression.kind) {
      case 'literal':
        return literalType(expression.value);
      case 'identifier':
        return this.#identifier(expression);
      case 'select':
        return this.#select(expression);
      case 'call':
        return this.#call(expression);
      case 'list': {
        let item: Type | undefined;
        for (const { value, optional } of expression.items)
          item = this.#join(value, item, this.#element(value, optional));
        return listType(item ?? this.bindings.fresh());
      }
      case 'map': {
        let key: Type | undefined;
        let of: Type | undefined;
        for (const entry of expression.entries) {
          key = this.#join(entry.key, key, this.visit(entry.key));
          of = this.#join(entry.value, of, this.#element(entry.value, entry.optional));
        }
        return mapType(key ?? this.bindings.fresh(), of ?? this.bindings.fresh());
      }
      case 'object':
        return this.#object(expression);
      case 'comprehension':
        return this.#comprehension(expression);
    }
  }

  /** The type of an item or a value; of what an optional one holds. */
  #element(value: Expression, optional: boolean): Type {
    const type = this.visit(value);
    if (!optional) return type;
    const known = this.bindings.substitute(type);
    if (!isOptional(known) && known.kind !== 'dyn') this.#mismatch(value.offset, optionalType(known), known);
    return unwrapOptional(known);
  }

  #join(at: Expression, before: Type | undefined, type: Type): Type {
    if (before === undefined) return type;
    if (this.bindings.assignable(before, type)) return mostGeneral(before, type);
    return this.#mismatch(at.offset, before, type);
  }

  #mismatch(offset: number, expected: Type, found: Type): Type {
    return this.#report(offset, `expected type '${formatType(expected)}' but found '${formatType(found)}'`);
  }

  #undeclared(offset: number, name: string): Type {
    return this.#report(offset, `undeclared reference to '${name}' (in container '')`);
  }

  #identifier(expression: Identifier): Type {
    const { name, offset } = expression;
    const local = name.startsWith('.') ? undefined : this.#locals.findLast(([each]) => each === name);
    return local?.[1] ?? this.#lookUp(expression, name) ?? this.#undeclared(offset, name);
  }

  /** A variable of the environment, or a type. */
  #lookUp(expression: Expression, dotted: string): Type | undefined {
    const name = dotted.startsWith('.') ? dotted.slice(1) : dotted;
    const variable = this.#environment.variables.get(name);
    if (variable !== undefined) {
      this.references.set(expression, { kind: 'variable', name });
      return variable.type;
    }
    const type = this.#environment.types?.(name) ?? namedType(name);
    if (type === undefined) return undefined;
    this.references.set(expression, { kind: 'type', type });
    return typeType(type);
  }

  #select(expression: Select): Type {
    const name = qualifiedName(expression);
    const known = name === undefined || !name.includes('.') ? undefined : this.#qualified(expression, name);
    if (known !== undefined) return known;
    const type = this.#field(expression.offset, expression.operand, expression.field, false);
    return expression.testOnly ? boolType : type;
  }

  /** A dotted name that is declared as a whole; a loop's variable hides what begins with its name. */
  #qualified(expression: Expression, name: string): Type | undefined {
    const first = name.slice(0, name.indexOf('.'));
    if (this.#locals.some(([each]) => each === first)) return undefined;
    return this.#lookUp(expression, name);
  }

  #field(offset: number, operand: Expression, field: string, optional: boolean): Type {
    const operandType = this.bindings.substitute(this.visit(operand));
    const target = unwrapOptional(operandType);
    const type = this.bindings.substitute(this.#fieldOf(offset, target, field));
    return optional || isOptional(operandType) ? optionalType(type) : type;
  }

  #fieldOf(offset: number, target: Type, field: string): Type {
    switch (target.kind) {
      case 'map':
        return target.parameters[1];
      case 'object':
        if (target.field === undefined) return this.#report(offset, `unexpected failed resolution of '${target.name}'`);
        return target.field(field) ?? this.#report(offset, `undefined field '${field}'`);
      case 'parameter':
        this.bindings.assignable(dynType, target);
        return dynType;
      case 'dyn':
      case 'error':
        return dynType;
      default:
        this.#report(offset, `type '${formatType(target)}' does not support field selection`);
        return dynType;
    }
  }

  #call(expression: Call): Type {
    const { name, args, target, offset } = expression;
    if (name === '_?._') return this.#optionalField(expression);
    for (const arg of args) this.visit(arg);
    if (target === undefined) {
      const overloads = standardFunctions().get(name.startsWith('.') ? name.slice(1) : name);
      return overloads === undefined
        ? this.#undeclared(offset, name)
        : this.#resolve(expression, overloads, args, false);
    }
    const prefix = qualifiedName(target);
    const qualified = prefix === undefined ? undefined : standardFunctions().get(`${prefix}.${name}`);
    if (qualified !== undefined) return this.#resolve(expression, qualified, args, false);
    this.visit(target);
    const overloads = standardFunctions().get(name);
    return overloads === undefined
      ? this.#undeclared(offset, name)
      : this.#resolve(expression, overloads, [target, ...args], true);
  }

  #optionalField({ args: [operand, field], offset }: Call): Type {
    if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string') return errorType;
    this.types.set(field, stringType);
    return this.#field(offset, operand, field.value, true);
  }

  #resolve(expression: Call, declared: readonly Overload[], args: readonly Expression[], isMethod: boolean): Type {
    const given = args.map((arg) => this.types.get(arg) ?? dynType);
    const { name } = declared[0] as Overload;
    if (name === '_&&_' || name === '_||_') return this.#logical(expression, declared, args, given);
    const overloads: Overload[] = [];
    let result: Type | undefined;
    for (const overload of declared) {
      if (overload.isMethod !== isMethod) continue;
      const [type, ...parameters] = this.#instance([overload.result, ...overload.parameters]);
      if (type === undefined || !this.bindings.allAssignable(given, parameters)) continue;
      overloads.push(overload);
      const found = this.bindings.substitute(type);
      if (result === undefined) result = found;
      else if (result.kind !== 'dyn' && formatType(found) !== formatType(result)) result = dynType;
    }
    if (result === undefined) {
      const shown = given.map((type) => formatType(this.bindings.substitute(type, true)));
      const signature = isMethod ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
      const message = `found no matching overload for '${name}' applied to '${signature}'`;
      return this.#report(expression.offset, message);
    }
    this.references.set(expression, { kind: 'call', overloads, args });
    return result;
  }

  #logical(
    expression: Call,
    overloads: readonly Overload[],
    args: readonly Expression[],
    given: readonly Type[],
  ): Type {
    let result = boolType;
    for (const [i, type] of given.entries()) {
      if (!this.bindings.assignable(type, boolType)) {
        result = this.#mismatch((args[i] as Expression).offset, boolType, this.bindings.substitute(type));
      }
    }
    this.references.set(expression, { kind: 'call', overloads, args });
    return result;
  }

  /** Types of a declaration with parameters of their own for this use. */
  #instance(types: readonly Type[]): readonly Type[] {
    const fresh = new Map<string, Type>();
    const replace = (type: Type): Type => {
      if (type.kind === 'parameter') {
        const known = fresh.get(type.name) ?? this.bindings.fresh();
        fresh.set(type.name, known);
        return known;
      }
      if (type.parameters.length === 0) return type;
      return { ...type, parameters: type.parameters.map(replace) } as unknown as Type;
    };
    return types.map(replace);
  }

  #object(expression: ObjectLiteral): Type {
    const { typeName, offset } = expression;
    const type = this.#environment.types?.(typeName) ?? namedType(typeName);
    if (type === undefined) return this.#undeclared(offset, typeName);
    if (type.kind !== 'object' || type.creatable !== true) {
      return this.#report(offset, `'${typeName}' is not a message type`);
    }
    this.references.set(expression, { kind: 'object', type });
    for (const field of expression.fields) {
      const given = this.#element(field.value, field.optional);
      const declared = type.field?.(field.name) ?? this.#report(field.offset, `undefined field '${field.name}'`);
      if (this.bindings.assignable(declared, given)) continue;
      const message = `expected type of field '${field.name}' is '${formatType(declared)}' but provided type is '${formatType(given)}'`;
      this.#report(field.offset, message);
    }
    return type;
  }

  #comprehension(expression: Comprehension): Type {
    const { range, initial, condition, step, result, variable, secondVariable, accumulator } = expression;
    this.visit(range);
    const accumulated = this.visit(initial);
    const [first, second] = this.#rangeTypes(range, secondVariable !== undefined);
    const depth = this.#locals.length;
    this.#locals.push([accumulator, accumulated], [variable, first]);
    if (secondVariable !== undefined) this.#locals.push([secondVariable, second]);
    this.visit(condition);
    this.#assert(condition, boolType);
    this.visit(step);
    this.#assert(step, accumulated);
    this.#locals.length = depth + 1;
    this.visit(result);
    this.#locals.length = depth;
    return this.bindings.substitute(this.types.get(result) ?? dynType);
  }

  #rangeTypes(range: Expression, isPair: boolean): readonly [Type, Type] {
    const type = this.bindings.substitute(this.types.get(range) ?? dynType);
    switch (type.kind) {
      case 'list':
        return isPair ? [intType, type.parameters[0]] : [type.parameters[0], dynType];
      case 'map':
        return [type.parameters[0], type.parameters[1]];
      case 'dyn':
      case 'error':
      case 'parameter':
        this.bindings.assignable(dynType, type);
        return [dynType, dynType];
      default: {
        const message = `expression of type '${formatType(type)}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#report(range.offset, message);
        return [errorType, errorType];
      }
    }
  }

  #assert(expression: Expression, expected: Type): void {
    const found = this.types.get(expression) ?? dynType;
    if (!this.bindings.assignable(expected, found)) this.#mismatch(expression.offset, expected, found);
  }
}

function literalType(value: Value): Type {
  if (value === null) return nullType;
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    default:
      return value instanceof Uint8Array ? bytesType : uintType;
  }
}
