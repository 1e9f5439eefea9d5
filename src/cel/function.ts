/** Functions that expressions may call: declared by their types, with what they do. */
import { readType, type Type } from './type.ts';
import type { Value } from './value.ts';

export interface Overload {
  readonly name: string;
  /** As in cel-go: costs are told by it. */
  readonly id: string;
  /** Called on a value, which is the first parameter. */
  readonly isMethod: boolean;
  readonly parameters: readonly Type[];
  readonly result: Type;
  readonly run: (...args: readonly Value[]) => Value;
}

/** What a function does: it gets values of the declared types, and throws an EvaluationError. */
export type Run = (...args: never[]) => Value;

/** A function called by its name alone: `name(parameters)`. */
export function global(id: string, name: string, parameters: string, result: string, run: Run): Overload {
  return declare(false, id, name, parameters, result, run);
}

/** A function called on a value: `first.name(others)`. */
export function method(id: string, name: string, parameters: string, result: string, run: Run): Overload {
  return declare(true, id, name, parameters, result, run);
}

function declare(isMethod: boolean, id: string, name: string, parameters: string, result: string, run: Run): Overload {
  let read: Pick<Overload, 'parameters' | 'result'> | undefined;
  // Read when an expression first calls the function: there are hundreds, and the server starts without any of them.
  const types = (): Pick<Overload, 'parameters' | 'result'> =>
    (read ??= { parameters: parameters === '' ? [] : readTypes(parameters), result: readType(result) });
  return {
    name,
    id,
    isMethod,
    get parameters() {
      return types().parameters;
    },
    get result() {
      return types().result;
    },
    run: run as Overload['run'],
  };
}

function readTypes(text: string): readonly Type[] {
  const parts = text.split(/,(?![^(]*\))/);
  return parts.map((part) => readType(part));
}

export type Functions = ReadonlyMap<string, readonly Overload[]>;

export function functionsOf(libraries: readonly (readonly Overload[])[]): Functions {
  return Map.groupBy(libraries.flat(), ({ name }) => name);
}
