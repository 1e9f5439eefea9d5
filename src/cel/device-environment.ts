/**
 * What expressions that select devices may name: `device.driver`, `device.attributes["domain"].name` and
 * `device.capacity["domain"].name`, and how large each may be. Who writes a selector and who runs it see the same.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
import { compile, type Program } from './compile.ts';
import { environmentOf, type Declared, type Environment } from './environment.ts';
import { quantityType } from './libraries/quantities.ts';
import { boolType, dynType, formatType, mapType, objectType, stringType, type Type } from './type.ts';

const maxAttributes = 32;
const text = (maxSize: number): Declared => ({ type: stringType, maxSize });
const byName = (items: Declared, maxKey: number): Declared => ({
  type: mapType(stringType, items.type),
  maxSize: maxAttributes,
  keys: text(maxKey),
  items,
});
const byDomain = (items: Declared): Declared => byName(items, 63);
const attribute: Declared = { type: dynType, maxSize: 64 };

const fields: Readonly<Record<string, Declared>> = {
  driver: text(63),
  attributes: byDomain({ ...byName(attribute, 32), members: attribute }),
  capacity: byDomain(byName({ type: quantityType }, 32)),
  allowMultipleAllocations: { type: boolType },
};
const deviceType: Type = objectType('kubernetes.DRADevice', {
  field: (name) => (Object.hasOwn(fields, name) ? fields[name]?.type : undefined),
});
const environment: Environment = {
  ...environmentOf({ device: { type: deviceType, fields: new Map(Object.entries(fields)) } }),
  bindings: true,
};

export type SelectorProgram =
  | { readonly ok: true; readonly program: Program }
  /** In the words of error texts. */
  | { readonly ok: false; readonly text: string };

export function compileDeviceSelector(expression: string): SelectorProgram {
  const compiled = compile(expression, environment);
  if (!compiled.ok) return { ok: false, text: `compilation failed: ${compiled.text}` };
  const { program } = compiled;
  const { resultType } = program;
  if (resultType.kind === 'bool' || resultType.kind === 'dyn') return { ok: true, program };
  return { ok: false, text: `must evaluate to bool or the unknown type, not ${formatType(resultType)}` };
}
