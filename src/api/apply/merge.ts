/**
 * Merges an applied object into the live one: what the applied object says wins, everything else stays. Lists of sets
 * and maps are merged item by item; shared items come in the order of the applied list.
 */
import { setOwn } from '../codec/json-object.ts';
import type { AnyType, Json, JsonObject } from '../schema.ts';
import { itemElement } from './path-element.ts';
import { shapeOf, shapeOfEntry, type ListShape, type MapShape, type Shape } from './shape.ts';
import { isEmptyMap } from './to-field-set.ts';

export function mergeApplied(type: AnyType, live: JsonObject, applied: JsonObject): JsonObject {
  return mergeValue(shapeOf(type, applied), live, applied) as JsonObject;
}

function mergeValue(shape: Shape, live: Json | undefined, applied: Json | undefined): Json | undefined {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  if (shape.kind === 'map' && !shape.atomic) return mergeMaps(shape, live, applied);
  if (shape.kind === 'list' && shape.relation !== 'atomic') {
    const [left, right] = [listOf(live), listOf(applied)];
    return left.length === 0 && right.length === 0 ? applied : mergeLists(shape, left, right);
  }
  return applied;
}

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);
const mapOf = (value: Json): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

function mergeMaps(shape: MapShape, live: Json, applied: Json): Json {
  const [left, right] = [mapOf(live), mapOf(applied)];
  if (isEmptyMap(left) && isEmptyMap(right)) return applied;
  const merged: Record<string, Json> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const below = shapeOfEntry(shape, name, value) ?? { kind: 'opaque' };
    const own = Object.hasOwn(left, name) ? left[name] : undefined;
    setOwn(merged, name, mergeValue(below, own, value));
  }
  return merged;
}

function mergeLists(shape: ListShape, live: readonly Json[], applied: readonly Json[]): Json[] {
  const liveIds = live.map((item) => itemElement(shape, item));
  const appliedIds = applied.map((item) => itemElement(shape, item));
  const liveItems = firstOfEach(liveIds, live);
  const appliedItems = firstOfEach(appliedIds, applied);
  const shared = appliedIds.filter((id) => liveItems.has(id));
  const done = new Set<string>();
  const merged: Json[] = [];
  const take = (id: string): void => {
    done.add(id);
    const [own, other] = [liveItems.get(id), appliedItems.get(id)];
    const value = mergeValue(shapeOf(shape.of, other ?? own), own, other);
    if (value !== undefined) merged.push(value);
    if (shared[0] === id) shared.shift();
  };
  let left = 0;
  let right = 0;
  while (left < live.length || right < applied.length) {
    const [liveId, appliedId] = [liveIds[left], appliedIds[right]];
    if (liveId !== undefined && appliedId !== undefined) {
      if (liveId === appliedId) {
        take(liveId);
        left++;
        right++;
        continue;
      }
      if (appliedItems.has(liveId) && shared.length > 0 && shared[0] !== liveId) {
        left++;
        continue;
      }
    }
    if (liveId !== undefined) {
      if (!appliedItems.has(liveId)) {
        merged.push(live[left] ?? null);
        left++;
        continue;
      }
      if (done.has(liveId)) left++;
    }
    if (appliedId !== undefined) {
      take(appliedId);
      right++;
    }
  }
  return merged;
}

function firstOfEach(ids: readonly string[], items: readonly Json[]): Map<string, Json> {
  const first = new Map<string, Json>();
  ids.forEach((id, i) => {
    const item = items[i];
    if (!first.has(id) && item !== undefined) first.set(id, item);
  });
  return first;
}
