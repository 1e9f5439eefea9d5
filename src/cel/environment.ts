/** What an expression may name: variables and types; and what its values cost. */
import type { Type } from './type.ts';

/** A variable, and how large its values may be: what costs are estimated from. */
export interface Declared {
  readonly type: Type;
  /** Of strings, bytes, lists and maps. Undefined: unlimited. */
  readonly maxSize?: number;
  readonly items?: Declared;
  readonly keys?: Declared;
  /** Of objects, by the name that expressions use. */
  readonly fields?: ReadonlyMap<string, Declared>;
  /** Of maps whose values are read like fields, all alike. */
  readonly members?: Declared;
}

export interface Environment {
  /** By name; a name may have dots, as authorizer.requestResource. */
  readonly variables: ReadonlyMap<string, Declared>;
  /** Types that expressions may name beyond those of the language, such as Object.spec. */
  readonly types?: (name: string) => Type | undefined;
  /** `cel.bind(name, value, expression)` names a value within an expression. */
  readonly bindings?: boolean;
}

export function environmentOf(variables: Readonly<Record<string, Declared | Type>>): Environment {
  const entries = Object.entries(variables).map(([name, each]): [string, Declared] => [
    name,
    'kind' in each ? { type: each } : each,
  ]);
  return { variables: new Map(entries) };
}
