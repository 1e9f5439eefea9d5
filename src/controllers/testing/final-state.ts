/**
 * What two runs of the same story must agree on when they are over: all objects, but for what chance and time decide (uids,
 * versions, generated names, times).
 */
import type { KubeObject } from '../../api/kind.ts';

/** One line of JSON an object, sorted. */
export function finalState(objects: readonly KubeObject[]): readonly string[] {
  const names = new Map<string, string>();
  for (const { kind, metadata } of objects as readonly (KubeObject & { readonly kind?: string })[]) {
    const name = metadata.generateName === undefined ? metadata.name : `${metadata.generateName}*`;
    if (name !== metadata.name) names.set(metadata.name, name);
    names.set(metadata.uid, `uid of ${kind} ${name}`);
  }
  const replace = (key: string, value: unknown): unknown => {
    if (key === 'resourceVersion' || key === 'generation') return undefined;
    if (typeof value !== 'string') return value;
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return 'a time';
    return names.get(value) ?? value;
  };
  return objects.map((object) => JSON.stringify(sorted(withLag(object)), replace)).toSorted();
}

/** Controllers that are cut start anew: what matters of `observedGeneration` is whether it is the latest. */
function withLag(object: KubeObject): unknown {
  const { status } = object as KubeObject & { readonly status?: Readonly<Record<string, unknown>> };
  const observed = status?.['observedGeneration'];
  if (typeof observed !== 'number') return object;
  return { ...object, status: { ...status, observedGeneration: observed === object.metadata.generation } };
}

/** Fields by name, conditions by type; empty lists are left out, as they are in the store. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted).toSorted((a, b) => typeOf(a).localeCompare(typeOf(b)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, inner]) => !Array.isArray(inner) || inner.length > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function typeOf(item: unknown): string {
  const { type } = (typeof item === 'object' && item !== null ? item : {}) as { readonly type?: unknown };
  return typeof type === 'string' ? type : '';
}
