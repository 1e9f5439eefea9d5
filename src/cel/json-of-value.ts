/** A value of an expression as JSON, for patches that expressions make. */
import type { Json, JsonObject } from '../api/schema.ts';
import { showDuration, showTimestamp } from './time.ts';
import { typeName } from './type.ts';
import { typeOfValue } from './type-of-value.ts';
import { boxed, fail, isBytes, isList, type MapValue, type Value } from './value.ts';
import { countSteps } from './walk-limit.ts';

/** Throws an EvaluationError where JSON has nothing like it. */
export function jsonOf(value: Value): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return Number(value);
    case 'number':
      return Number.isFinite(value) ? value : fail(`unsupported type conversion of ${value} to JSON`);
    default:
      return value === null ? null : jsonOfObject(value);
  }
}

function jsonOfObject(value: Value & object): Json {
  countSteps(1);
  if (isList(value)) return value.map(jsonOf);
  if (isBytes(value)) return Buffer.from(value).toString('base64');
  const box = boxed(value);
  switch (box?.kind) {
    case 'uint':
      return Number(box.value);
    case 'timestamp':
      return showTimestamp(box);
    case 'duration':
      return showDuration(box);
    case 'map':
      return jsonOfMap(box);
    default:
      return fail(`unsupported type conversion of ${typeName(typeOfValue(value))} to JSON`);
  }
}

function jsonOfMap(map: MapValue): JsonObject {
  const members = map
    .keys()
    .map((key): [string, Json] => [
      typeof key === 'string' ? key : fail('only texts can be keys in JSON'),
      jsonOf(map.get(key) ?? null),
    ]);
  return Object.fromEntries(members);
}
