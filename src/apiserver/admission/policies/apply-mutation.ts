/** What a mutating policy's expression makes of an object: merged into it as an apply would, or by a JSON patch. */
import { ApiError } from '../../../api/api-error.ts';
import { mergeApplied } from '../../../api/apply/merge.ts';
import { shapeOf, shapeOfEntry, type Shape } from '../../../api/apply/shape.ts';
import { appliedErrors, joinErrors } from '../../../api/apply/validate-applied.ts';
import { isJsonObject } from '../../../api/codec/json-object.ts';
import { TokenRequest } from '../../../api/groups/authentication.v1.ts';
import { Scale } from '../../../api/groups/autoscaling.v1.ts';
import { Binding } from '../../../api/groups/core.v1.ts';
import { Eviction } from '../../../api/groups/policy.v1.ts';
import type { KindType } from '../../../api/message.ts';
import { PatchOperationError, patchDocument, type JsonPatchOperation } from '../../../api/patch/json-patch.ts';
import type { Json, JsonObject } from '../../../api/schema.ts';
import { jsonOf } from '../../../cel/json-of-value.ts';
import { EvaluationError } from '../../../cel/errors.ts';
import { isList, isMap, type MapValue, type Value } from '../../../cel/value.ts';
import type { Served } from '../../registry/served.ts';
import { shownKind } from '../shown-objects.ts';

/** The mutation cannot be applied; the message says why. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}

const bodies: readonly KindType[] = [Binding, Eviction, Scale, TokenRequest];

/** The type of the objects that a policy sees. @throws ApiError when the server has none */
function typeOf(as: Served, subresource: string): KindType {
  const { group, version, kind } = shownKind(as, subresource);
  const type = [as.type, ...bodies].find((each) => each.kind === kind && each.group === group);
  if (type !== undefined) return type;
  const text =
    `Resource kind ${group}/${version}, Kind=${kind} not found. There can be a delay between when ` +
    'CustomResourceDefinitions are created and when they are available.';
  throw new ApiError('ServiceUnavailable', text);
}

/** @throws MutationError */
export function applyConfigured(as: Served, subresource: string, object: JsonObject, value: Value): JsonObject {
  if (!isMap(value)) throw new MutationError('unsupported return type from ApplyConfiguration expression');
  checkTypeNames(value);
  const type = typeOf(as, subresource);
  const { kind, apiVersion } = object;
  const patch = { ...(toJson(value) as JsonObject), ...(kind === undefined ? {} : { kind }) };
  const applied: JsonObject = { ...patch, ...(apiVersion === undefined ? {} : { apiVersion }) };
  const errors = appliedErrors(type, applied);
  if (errors.length > 0) {
    throw new MutationError(
      `error applying patch: failed to convert patch object to typed object: ${joinErrors(errors)}`,
    );
  }
  const atomics = atomicParts(shapeOf(type, applied), applied, '');
  if (atomics.length > 0) {
    const why = `may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`;
    throw new MutationError(`error applying patch: invalid ApplyConfiguration: ${why}`);
  }
  return mergeApplied(type, object, applied);
}

/** Parts of the value that can only be replaced as a whole: nobody means to drop what else they hold. */
function atomicParts(shape: Shape, value: Json, path: string): readonly string[] {
  if (shape.kind === 'map' && isJsonObject(value)) {
    const own = shape.atomic ? [path] : [];
    const inside = Object.entries(value).flatMap(([name, member]) => {
      const below = shape.fields !== undefined && Object.hasOwn(shape.fields, name);
      const entry = below ? shapeOfEntry(shape, name, member) : undefined;
      return entry === undefined ? [] : atomicParts(entry, member, `${path}.${name}`);
    });
    return [...own, ...inside];
  }
  if (shape.kind === 'list' && Array.isArray(value)) {
    const own = shape.relation === 'atomic' ? [path] : [];
    const items = (value as readonly Json[]).flatMap((item, index) =>
      atomicParts(shapeOf(shape.of, item), item, `${path}[${index}]`),
    );
    return [...own, ...items];
  }
  return [];
}

/** The object after the patch; the same one when a test in it fails. @throws MutationError */
export function applyPatched(object: JsonObject, value: Value): JsonObject {
  if (!isList(value)) throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array');
  try {
    return patchDocument(object, value.map(readOperation)) as JsonObject;
  } catch (error) {
    if (!(error instanceof PatchOperationError)) throw error;
    if (error.testFailed) return object;
    throw new MutationError(`JSONPath: ${error.message}`);
  }
}

function readOperation(item: Value): JsonPatchOperation {
  if (!isMap(item)) {
    throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch');
  }
  const text = (name: string): string => {
    const value = item.get(name);
    return typeof value === 'string' ? value : '';
  };
  const value = item.get('value');
  if (value !== undefined && isMap(value)) checkTypeNames(value);
  const from = text('from');
  return {
    op: text('op'),
    path: text('path'),
    from: from === '' ? undefined : from,
    value: value === undefined ? null : toJson(value),
  };
}

function toJson(value: Value): Json {
  try {
    return jsonOf(value);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const why = 'JSONPath valueExpression evaluated to a type that could not marshal to JSON';
    throw new MutationError(`${why}: ${error.message}`);
  }
}

/** Objects are named after the fields they stand in: Object.spec{…} belongs into the field spec. */
function checkTypeNames(value: MapValue): void {
  const { typeName } = value;
  if (typeName === undefined) return;
  const errors = typeNameErrors(value, typeName);
  if (errors.length > 0) throw new MutationError(`type mismatch: ${errors.join('\n')}`);
}

function typeNameErrors(value: Value, expected: string): readonly string[] {
  if (isList(value)) return value.flatMap((item) => typeNameErrors(item, expected));
  if (!isMap(value)) return [];
  const { typeName } = value;
  const members = value.keys().map((key): readonly [Value, Value] => [key, value.get(key) ?? null]);
  if (typeName === undefined) return members.flatMap(([, member]) => typeNameErrors(member, expected));
  const found = JSON.stringify(typeName);
  const own =
    typeName === expected
      ? []
      : [
          `unexpected type name ${found}, expected ${JSON.stringify(expected)}, which matches field name path from root Object type`,
        ];
  return [...own, ...members.flatMap(([key, member]) => typeNameErrors(member, `${expected}.${String(key)}`))];
}
