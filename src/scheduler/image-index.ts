/** Which images lie on which nodes, by name, kept as nodes report them. */
import type { ContainerImage } from '../api/groups/core.v1.ts';

interface Image {
  sizeBytes: number;
  readonly rows: Set<number>;
}

export interface ImageSpread {
  readonly sizeBytes: number;
  readonly rows: ReadonlySet<number>;
}

export class ImageIndex {
  readonly #images = new Map<string, Image>();
  readonly #namesOf = new Map<number, ReadonlySet<string>>();

  get(name: string): ImageSpread | undefined {
    return this.#images.get(name);
  }

  /** The row's node has these images, and no others. */
  set(row: number, images: readonly ContainerImage[]): void {
    const names = new Set<string>();
    for (const { names: all, sizeBytes } of images) {
      for (const name of all ?? []) {
        names.add(name);
        const image = this.#images.get(name) ?? { sizeBytes: 0, rows: new Set<number>() };
        image.sizeBytes = Number(sizeBytes ?? 0);
        image.rows.add(row);
        this.#images.set(name, image);
      }
    }
    for (const name of this.#namesOf.get(row) ?? []) if (!names.has(name)) this.#remove(name, row);
    if (names.size === 0) this.#namesOf.delete(row);
    else this.#namesOf.set(row, names);
  }

  #remove(name: string, row: number): void {
    const image = this.#images.get(name);
    image?.rows.delete(row);
    if (image?.rows.size === 0) this.#images.delete(name);
  }
}
