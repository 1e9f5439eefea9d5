/**
 * Which types fit where, and what type parameters stand for. Parameters are bound as they are met; an attempt that fails
 * leaves no trace: bindings are noted on a trail and taken back.
 */
import { dynType, listType, mapType, opaqueType, sameType, typeType, type Type } from './type.ts';

export class Bindings {
  readonly #types = new Map<string, Type>();
  readonly #trail: (readonly [name: string, before: Type | undefined])[] = [];
  #count = 0;

  fresh(): Type {
    return { kind: 'parameter', name: `_var${this.#count++}`, parameters: [] };
  }

  /** Whether values of a type may be used where the other is expected; binds parameters if so. */
  assignable(from: Type, to: Type): boolean {
    return this.allAssignable([from], [to]);
  }

  allAssignable(from: readonly Type[], to: readonly Type[]): boolean {
    const mark = this.#trail.length;
    if (this.#fitAll(from, to)) return true;
    while (this.#trail.length > mark) {
      const [name, before] = this.#trail.pop() ?? ['', undefined];
      if (before === undefined) this.#types.delete(name);
      else this.#types.set(name, before);
    }
    return false;
  }

  /** The type with its bound parameters replaced; `toDyn`: unbound ones by dyn. */
  substitute(type: Type, toDyn = false): Type {
    if (type.kind === 'parameter') {
      const bound = this.#types.get(type.name);
      if (bound !== undefined) return this.substitute(bound, toDyn);
      return toDyn ? dynType : type;
    }
    if (type.parameters.length === 0) return type;
    return withParameters(
      type,
      type.parameters.map((each) => this.substitute(each, toDyn)),
    );
  }

  #bind(name: string, type: Type): void {
    this.#trail.push([name, this.#types.get(name)]);
    this.#types.set(name, type);
  }

  #fitAll(from: readonly Type[], to: readonly Type[]): boolean {
    return from.length === to.length && from.every((each, i) => this.#fits(each, to[i] as Type));
  }

  #fits(a: Type, b: Type): boolean {
    if (b.kind === 'parameter') {
      const { valid, bound } = this.#standsFor(a, b);
      if (valid) return true;
      if (bound) return false;
    }
    if (a.kind === 'parameter') return this.#standsFor(b, a).valid;
    if (isOpen(a) || isOpen(b)) return true;
    if (a.kind === 'null') return isNullable(b);
    if (b.kind === 'null') return isNullable(a);
    if (a.kind !== b.kind) return false;
    if (a.kind === 'type') return true;
    if ('name' in a && 'name' in b && a.name !== b.name) return false;
    return this.#fitAll(a.parameters, b.parameters);
  }

  /** Whether a parameter may stand for a type, and whether it was bound before. */
  #standsFor(type: Type, parameter: Type & { kind: 'parameter' }): { valid: boolean; bound: boolean } {
    if (sameType(type, parameter)) return { valid: true, bound: true };
    const known = this.#types.get(parameter.name);
    if (known === undefined) {
      if (this.#occursIn(parameter, type)) return { valid: false, bound: false };
      this.#bind(parameter.name, type);
      return { valid: true, bound: false };
    }
    if (sameType(type, known)) return { valid: true, bound: true };
    if (!this.#fits(type, known)) return { valid: false, bound: true };
    const general = mostGeneral(type, known);
    if (!this.#occursIn(parameter, general)) this.#bind(parameter.name, general);
    return { valid: true, bound: true };
  }

  #occursIn(parameter: Type, type: Type): boolean {
    if (sameType(parameter, type)) return true;
    if (type.kind === 'parameter') {
      const bound = this.#types.get(type.name);
      return bound !== undefined && this.#occursIn(parameter, bound);
    }
    if (type.kind === 'type') return false;
    return type.parameters.some((each) => this.#occursIn(parameter, each));
  }
}

const isOpen = ({ kind }: Type): boolean => kind === 'dyn' || kind === 'error';

const nullable: ReadonlySet<string> = new Set(['opaque', 'object', 'duration', 'timestamp', 'null']);
const isNullable = ({ kind }: Type): boolean => nullable.has(kind);

function withParameters(type: Type, parameters: readonly Type[]): Type {
  const [first = dynType, second = dynType] = parameters;
  switch (type.kind) {
    case 'list':
      return listType(first);
    case 'map':
      return mapType(first, second);
    case 'type':
      return typeType(first);
    case 'opaque':
      return opaqueType(type.name, ...parameters);
    default:
      return type;
  }
}

/** Of two types that fit one another, the one that says less. */
export function mostGeneral(a: Type, b: Type): Type {
  return isLessSpecific(a, b) ? a : b;
}

function isLessSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'parameter') return true;
  if (b.kind === 'dyn' || b.kind === 'parameter' || a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  if ('name' in a && 'name' in b && a.name !== b.name) return false;
  return (
    a.parameters.length === b.parameters.length &&
    a.parameters.every((each, i) => isLessSpecific(each, b.parameters[i] as Type))
  );
}
