/**
 * Answers of the filters that look at nothing but the pod's spec and the node. Pods of one template share them, so that
 * for the second replica these filters cost one comparison a node. An answer holds until the node's row changes.
 */
import type { NodeFilter, Plugin, Refusal } from './framework.ts';
import type { NodeTable } from './node-table.ts';
import type { PodInfo } from './pod-info.ts';

export interface Verdict {
  readonly plugin: string;
  readonly refusal: Refusal;
}

interface Answers {
  readonly filters: readonly { readonly plugin: string; readonly filter: NodeFilter }[];
  /** Versions of the rows when they were asked; 0 = never. */
  versions: Int32Array;
  readonly verdicts: (Verdict | undefined)[];
}

/** Templates that are remembered; the one not used for longest goes first. */
const maxSignatures = 256;

export class NodeVerdicts {
  readonly #table: NodeTable;
  readonly #plugins: readonly Plugin[];
  readonly #answers = new Map<string, Answers>();

  constructor(table: NodeTable, plugins: readonly Plugin[]) {
    this.#table = table;
    this.#plugins = plugins;
  }

  /** The first refusal in the order of the plugins, for each row that is asked. */
  of(pod: PodInfo): (row: number) => Verdict | undefined {
    const answers = this.#answers.get(pod.nodeSignature) ?? this.#compile(pod);
    this.#answers.delete(pod.nodeSignature);
    this.#answers.set(pod.nodeSignature, answers);
    if (answers.versions.length < this.#table.capacity) {
      const versions = new Int32Array(this.#table.capacity);
      versions.set(answers.versions);
      answers.versions = versions;
    }
    return (row) => {
      const version = this.#table.versions[row] ?? 0;
      if (answers.versions[row] !== version) {
        answers.versions[row] = version;
        answers.verdicts[row] = this.#ask(answers, row);
      }
      return answers.verdicts[row];
    };
  }

  #compile(pod: PodInfo): Answers {
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= maxSignatures && oldest.done !== true) this.#answers.delete(oldest.value);
    const filters = this.#plugins.flatMap((plugin) => {
      const filter = plugin.nodeFilter?.(pod);
      return filter === undefined ? [] : [{ plugin: plugin.name, filter }];
    });
    return { filters, versions: new Int32Array(this.#table.capacity), verdicts: [] };
  }

  #ask({ filters }: Answers, row: number): Verdict | undefined {
    const node = this.#table.node(row);
    if (node === undefined) return undefined;
    for (const { plugin, filter } of filters) {
      const refusal = filter(node);
      if (refusal !== undefined) return { plugin, refusal };
    }
    return undefined;
  }
}
