/**
 * The local copy behind an informer: objects by key, by namespace and by any index asked for, kept up incrementally.
 * Every write answers the changes that it made, so what watchers of the copy are told is by construction the
 * difference between what it held before and what it holds after.
 */
import type { KubeObject } from '../api/kind.ts';
import { objectKey, type Change, type Indexes } from './informer.ts';

export class ObjectCache<T extends KubeObject> {
  readonly #all = new Bucket<T>();
  readonly #byNamespace = new Index<T>((object) => [object.metadata.namespace ?? '']);
  readonly #indexes = new Map<string, Index<T>>();

  get(key: string): T | undefined {
    return this.#all.objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? this.#all.list() : this.#byNamespace.list(namespace);
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new Error(`Cannot look up "${value}": no index "${name}"`);
    return index.list(value);
  }

  addIndexes(indexes: Indexes<T>): void {
    for (const [name, valuesOf] of Object.entries(indexes)) {
      if (this.#indexes.has(name)) continue;
      const index = new Index(valuesOf);
      for (const [key, object] of this.#all.objects) index.move(key, undefined, object);
      this.#indexes.set(name, index);
    }
  }

  /** Nothing changes when the copy holds this very version; an object of the same name with another uid is a new one. */
  set(object: T): readonly Change<T>[] {
    const key = objectKey(object);
    const previous = this.#all.objects.get(key);
    if (previous !== undefined && sameVersion(previous, object)) return [];
    this.#move(key, previous, object);
    if (previous === undefined) return [{ type: 'added', object }];
    if (previous.metadata.uid === object.metadata.uid) return [{ type: 'updated', object, previous }];
    return [
      { type: 'deleted', object: previous },
      { type: 'added', object },
    ];
  }

  /** `object`: its last state. */
  remove(object: T): readonly Change<T>[] {
    const key = objectKey(object);
    const previous = this.#all.objects.get(key);
    if (previous === undefined) return [];
    this.#move(key, previous, undefined);
    return [{ type: 'deleted', object: previous.metadata.uid === object.metadata.uid ? object : previous }];
  }

  /** The copy becomes exactly these objects. */
  replace(objects: readonly T[]): readonly Change<T>[] {
    const kept = new Set(objects.map(objectKey));
    const changes: Change<T>[] = [];
    for (const [key, previous] of this.#all.objects) {
      if (!kept.has(key)) changes.push(...this.remove(previous));
    }
    for (const object of objects) changes.push(...this.set(object));
    return changes;
  }

  #move(key: string, from: T | undefined, to: T | undefined): void {
    if (to === undefined) this.#all.delete(key);
    else this.#all.set(key, to);
    this.#byNamespace.move(key, from, to);
    for (const index of this.#indexes.values()) index.move(key, from, to);
  }
}

function sameVersion(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

/** Objects by key, and the list of them, made once for all who ask between two changes. */
class Bucket<T> {
  readonly objects = new Map<string, T>();
  #list: readonly T[] | undefined;

  list(): readonly T[] {
    this.#list ??= [...this.objects.values()];
    return this.#list;
  }

  set(key: string, object: T): void {
    this.objects.set(key, object);
    this.#list = undefined;
  }

  delete(key: string): void {
    this.objects.delete(key);
    this.#list = undefined;
  }
}

class Index<T> {
  readonly #valuesOf: (object: T) => readonly string[];
  readonly #buckets = new Map<string, Bucket<T>>();

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf;
  }

  list(value: string): readonly T[] {
    return this.#buckets.get(value)?.list() ?? [];
  }

  move(key: string, from: T | undefined, to: T | undefined): void {
    const values = to === undefined ? [] : this.#valuesOf(to);
    if (from !== undefined) {
      for (const value of this.#valuesOf(from)) if (!values.includes(value)) this.#leave(value, key);
    }
    if (to === undefined) return;
    for (const value of values) this.#enter(value, key, to);
  }

  #enter(value: string, key: string, object: T): void {
    let bucket = this.#buckets.get(value);
    if (bucket === undefined) {
      bucket = new Bucket();
      this.#buckets.set(value, bucket);
    }
    bucket.set(key, object);
  }

  #leave(value: string, key: string): void {
    const bucket = this.#buckets.get(value);
    bucket?.delete(key);
    if (bucket?.objects.size === 0) this.#buckets.delete(value);
  }
}
