/**
 * Which entries carry a label with a value: lists that select one value visit what they answer, not all there is.
 *
 *   "app" ─▶ "web" ─▶ [entry, entry, …] in the order of keys
 *            "db"  ─▶ [entry]
 *
 * A label is filed when a list first asks for it, and kept up with every change from then on.
 *
 * Limit: the `maxLabels` labels that were asked for last; the others are filed again when they are asked for.
 */
import { KeyIndex } from '../../store/key-index.ts';
import type { Entry } from './entry.ts';

const maxLabels = 8;

type ByValue = Map<string, KeyIndex<Entry>>;

const none = new KeyIndex<Entry>();

export class LabelIndex {
  readonly #labels = new Map<string, ByValue>();

  /** Not to be changed. `all`: every entry, in that order, for a label that is not filed yet. */
  entries(label: string, value: string, all: () => readonly Entry[]): KeyIndex<Entry> {
    const byValue = this.#labels.get(label) ?? file(label, all());
    // Labels stand in the order in which they were last asked for.
    this.#labels.delete(label);
    this.#labels.set(label, byValue);
    if (this.#labels.size > maxLabels) this.#labels.delete(this.#labels.keys().next().value ?? '');
    return byValue.get(value) ?? none;
  }

  /** `next` takes the place of `previous`; both have the same key. */
  replace(previous: Entry | undefined, next: Entry | undefined): void {
    for (const [label, byValue] of this.#labels) {
      const before = valueOf(previous, label);
      const after = valueOf(next, label);
      if (before !== undefined && before !== after) take(byValue, before, (previous as Entry).key);
      if (after !== undefined) put(byValue, after, next as Entry);
    }
  }
}

function file(label: string, entries: readonly Entry[]): ByValue {
  const byValue: ByValue = new Map();
  for (const entry of entries) {
    const value = valueOf(entry, label);
    if (value !== undefined) put(byValue, value, entry);
  }
  return byValue;
}

/** Labels may be called like what every object inherits. */
function valueOf(entry: Entry | undefined, label: string): string | undefined {
  if (entry === undefined) return undefined;
  const labels = labelsOf(entry);
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}

function put(byValue: ByValue, value: string, entry: Entry): void {
  const entries = byValue.get(value);
  if (entries === undefined) byValue.set(value, new KeyIndex([entry]));
  else entries.set(entry);
}

function take(byValue: ByValue, value: string, key: string): void {
  const entries = byValue.get(value);
  if (entries === undefined) return;
  entries.delete(key);
  if (entries.size === 0) byValue.delete(value);
}

/** What is stored and is no valid object carries none. */
function labelsOf(entry: Entry): Entry['labels'] {
  try {
    return entry.labels;
  } catch {
    return {};
  }
}
