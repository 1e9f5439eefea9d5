/**
 * Short texts by which pods and what looks for pods find one another: a pod has a tag for each of its labels, and what
 * demands such a label waits under that tag. So a pod meets the few that may mean it and not all that there are.
 *
 *   pod web-1 of shop, app=web  ──▶  "shop app=web", " app=web", …  ──▶  selectors that demand app=web there or anywhere
 */
import type { LabelRequirements } from '../api/label-selector.ts';

type Labels = Readonly<Record<string, string>>;

/** The tags of a pod: of each label in its namespace and in any, and of its controller. */
export function podTags(namespace: string, labels: Labels, controller: string): readonly string[] {
  const tags: string[] = controller === '' ? [] : [controllerTag(controller)];
  for (const key of Object.keys(labels)) {
    tags.push(labelTag('', key, labels[key] ?? ''), labelTag(namespace, key, labels[key] ?? ''));
  }
  return tags;
}

export function controllerTag(uid: string): string {
  return `\n${uid}`;
}

/**
 * Every pod that meets the requirements has exactly one of these; undefined when no label is demanded.
 *
 * @param namespaces where the pods must be; undefined: anywhere
 */
export function selectorTags(
  requirements: LabelRequirements,
  namespaces: readonly string[] | undefined,
): readonly string[] | undefined {
  const demanded = requirements.find(({ operator }) => operator === 'in' || operator === '=' || operator === '==');
  if (demanded === undefined) return undefined;
  const places = namespaces === undefined ? [''] : [...new Set(namespaces)];
  return places.flatMap((place) => demanded.values.map((value) => labelTag(place, demanded.key, value)));
}

function labelTag(namespace: string, key: string, value: string): string {
  return `${namespace} ${key}=${value}`;
}

/** What waits for pods: under tags, or for each pod. */
export class TagIndex<T> {
  readonly #tagged = new Map<string, Set<T>>();
  readonly #untagged = new Set<T>();

  add(item: T, tags: readonly string[] | undefined): void {
    if (tags === undefined) this.#untagged.add(item);
    for (const tag of tags ?? []) {
      const items = this.#tagged.get(tag);
      if (items === undefined) this.#tagged.set(tag, new Set([item]));
      else items.add(item);
    }
  }

  delete(item: T, tags: readonly string[] | undefined): void {
    this.#untagged.delete(item);
    for (const tag of tags ?? []) {
      const items = this.#tagged.get(tag);
      items?.delete(item);
      if (items?.size === 0) this.#tagged.delete(tag);
    }
  }

  /** Those that may mean a pod with these tags. */
  visit(tags: readonly string[], visit: (item: T) => void): void {
    for (const item of this.#untagged) visit(item);
    if (this.#tagged.size === 0) return;
    for (const tag of tags) {
      const items = this.#tagged.get(tag);
      if (items !== undefined) for (const item of items) visit(item);
    }
  }
}
