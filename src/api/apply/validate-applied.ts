/** Whether an applied object fits its type: unlike other requests, apply takes no unknown field and converts nothing. */
import { isJsonObject } from '../codec/json-object.ts';
import { goSyntax, goText } from '../patch/go-text.ts';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { fieldElement, itemElement, printElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type ListShape, type MapShape, type ScalarShape, type Shape } from './shape.ts';

/** Texts such as `.spec.nothing: field not declared in schema`, in the order of the object. */
export function appliedErrors(type: AnyType, value: Json): readonly string[] {
  const errors: string[] = [];
  check(shapeOf(type, value), value, '', errors);
  return errors;
}

/** One text of several errors. */
export function joinErrors(errors: readonly string[]): string {
  const [first = ''] = errors;
  return errors.length === 1 ? first : `errors:\n${errors.map((error) => `  ${error}`).join('\n')}`;
}

function check(shape: Shape, value: Json, path: string, errors: string[]): void {
  if (value === null) return;
  const report = (text: string): void => {
    errors.push(path === '' ? text : `${path}: ${text}`);
  };
  switch (shape.kind) {
    case 'opaque':
      return;
    case 'scalar': {
      const problem = scalarProblem(shape, value);
      if (problem !== undefined) report(problem);
      return;
    }
    case 'list':
      if (!Array.isArray(value)) report(`expected list, got &{${goText(value)}}`);
      else checkItems(shape, value, path, errors);
      return;
    case 'map':
      if (typeof value !== 'object' || Array.isArray(value)) report(`expected map, got &{${goText(value)}}`);
      else checkEntries(shape, value as JsonObject, path, errors);
  }
}

function scalarProblem({ accepts }: ScalarShape, value: Json): string | undefined {
  const is = typeof value;
  switch (accepts) {
    case 'numeric':
      return is === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return is === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return is === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'scalar':
      return is === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
  }
}

function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value;
}

/** What cannot be told apart from its siblings ends the look at a list. */
function checkItems(shape: ListShape, items: readonly Json[], path: string, errors: string[]): void {
  const report = (text: string): number => errors.push(path === '' ? text : `${path}: ${text}`);
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const problem = itemProblem(shape, item);
    if (problem !== undefined) {
      report(`element ${i}: ${problem}`);
      return;
    }
    const element = shape.relation === 'atomic' ? `i:${i}` : itemElement(shape, item);
    if (seen.has(element)) {
      report(`duplicate entries for key ${printElement(element)}`);
      return;
    }
    seen.add(element);
    check(shapeOf(shape.of, item), item, path + printElement(element), errors);
  }
}

/** Why an item has no identity. */
function itemProblem({ relation, keys, keyDefaults }: ListShape, item: Json): string | undefined {
  if (relation === 'atomic') return undefined;
  if (relation === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    if (Array.isArray(item)) return 'not supported: associative list with lists as elements';
    return isJsonObject(item) ? "associative list without keys has an element that's a map type" : undefined;
  }
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isJsonObject(item)) return 'associative list with keys may not have non-map elements';
  if (keys.some((key) => Object.hasOwn(item, key) || keyDefaults[key] !== undefined)) return undefined;
  const names = keys.map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`;
}

/** A field that nobody declared ends the look at a map. */
function checkEntries(shape: MapShape, entries: JsonObject, path: string, errors: string[]): void {
  for (const [name, entry] of Object.entries(entries)) {
    const below = path + printElement(fieldElement(name));
    const inner = shapeOfEntry(shape, name, entry);
    if (inner === undefined) {
      errors.push(`${below}: field not declared in schema`);
      return;
    }
    check(inner, entry, below, errors);
  }
}
