/** Objects made from their declarations: mostly of the right types, with an odd value here and there. */
import type { AnyResource } from '../../src/api/resource.ts';
import {
  resolve,
  type AnyType,
  type Json,
  type JsonObject,
  type ObjectType,
  type Scalar,
} from '../../src/api/schema.ts';
import type { Dice } from './dice.ts';
import { oddNumber, oddText, oddValue } from './odd-values.ts';

const deepest = 7;
const oddShare = 0.01;

export function randomObject(dice: Dice, of: AnyResource): JsonObject {
  const { kind, apiVersion } = of;
  const value = objectOf(dice, kind, 0);
  const metadata = { name: dice.name(), ...(dice.chance(0.2) ? objectOf(dice, metaOf(kind), 3) : {}) };
  return { ...value, apiVersion, kind: kind.kind, metadata: { ...metadata, name: dice.name(), resourceVersion: '' } };
}

function metaOf(type: ObjectType): ObjectType {
  const field = type.fields['metadata'];
  const found = field && resolve(field.type);
  if (found?.type !== 'object') throw new Error(`${type.name} has no metadata`);
  return found;
}

function objectOf(dice: Dice, type: ObjectType, depth: number): JsonObject {
  const share = depth === 0 ? 0.9 : 0.35;
  const entries: [string, Json][] = [];
  for (const [name, field] of Object.entries(type.fields)) {
    if (['apiVersion', 'kind', 'metadata'].includes(name) && depth === 0) continue;
    if (field.presence !== 'required' && !dice.chance(share)) continue;
    entries.push([name, valueOf(dice, field.type, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

function valueOf(dice: Dice, declared: AnyType, depth: number): Json {
  if (dice.chance(oddShare)) return oddValue(dice);
  if (depth > deepest) return null;
  const type = resolve(declared);
  switch (type.type) {
    case 'scalar':
      return scalarOf(dice, type.scalar);
    case 'list':
      return Array.from({ length: dice.below(3) }, () => valueOf(dice, type.of, depth + 1));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: dice.below(3) }, () => [dice.name(), valueOf(dice, type.of, depth + 1)]),
      );
    case 'object':
      return objectOf(dice, type, depth);
    case 'choice':
      return valueOf(dice, type.choose({}), depth + 1);
  }
}

function scalarOf(dice: Dice, scalar: Scalar): Json {
  const text = (): string => (dice.chance(0.8) ? dice.name() : oddText(dice));
  const whole = (): number => (dice.chance(0.8) ? dice.below(100) : oddNumber(dice));
  const makers: Readonly<Record<Scalar, () => Json>> = {
    string: () => dice.pick([text, text, () => dice.pick(['TCP', 'Always', 'a=b', 'Equal', 'In', 'v1', 'apps/v1'])])(),
    boolean: () => dice.chance(0.5),
    int32: whole,
    int64: whole,
    double: whole,
    bytes: () => dice.bytes(dice.below(20)).toString('base64'),
    quantity: () => dice.pick(['1', '100m', '1Gi', '0', '-1', '1e3', text()]),
    time: () => dice.pick(['2026-01-01T00:00:00Z', null, text()]),
    microTime: () => dice.pick(['2026-01-01T00:00:00.000000Z', null, text()]),
    duration: () => dice.pick(['1s', '5m', text()]),
    intOrString: () => dice.pick<Json>([1, '50%', text()]),
    rawObject: () => ({ a: oddValue(dice) }),
    json: () => oddValue(dice),
    fieldSet: () => ({ 'f:metadata': { 'f:labels': {} } }),
  };
  return makers[scalar]();
}
