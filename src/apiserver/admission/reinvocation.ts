/**
 * Who is asked again in the second round of mutation: those that want it (reinvocationPolicy IfNeeded) and after whose
 * call something else changed the object, be it another of their kind or a built-in plugin.
 */
import type { Admitted, MutationRound } from './admission.ts';

interface Memory {
  /** Were asked, want to be asked again if needed, and nothing changed since. */
  readonly asked: Set<string>;
  /** Are to be asked again. */
  readonly due: Set<string>;
  /** The object as they left it. */
  last: string;
}

export class Reinvocation {
  readonly #round: MutationRound;
  readonly #request: Admitted;
  readonly #memory: Memory;

  private constructor(round: MutationRound, request: Admitted, memory: Memory) {
    this.#round = round;
    this.#request = request;
    this.#memory = memory;
  }

  /** What `plugin` needs to know in this round. */
  static of(round: MutationRound, plugin: string, request: Admitted): Reinvocation {
    let memory = round.memory.get(plugin) as Memory | undefined;
    if (memory === undefined) round.memory.set(plugin, (memory = { asked: new Set(), due: new Set(), last: '' }));
    const reinvocation = new Reinvocation(round, request, memory);
    if (round.index > 0 && memory.last !== textOf(request)) reinvocation.#askAllAgain();
    return reinvocation;
  }

  /** In the first round all are asked, in the second those that must be. */
  isDue(id: string): boolean {
    return this.#round.index === 0 || this.#memory.due.has(id);
  }

  /** The object is another one than those who were asked before have seen. */
  changed(): void {
    this.#askAllAgain();
    this.#round.askAgain();
  }

  /** Was asked, and wants to be asked again if needed. */
  called(id: string): void {
    this.#memory.asked.add(id);
  }

  ended(): void {
    this.#memory.last = textOf(this.#request);
  }

  #askAllAgain(): void {
    const { asked, due } = this.#memory;
    for (const id of asked) due.add(id);
    asked.clear();
  }
}

const textOf = ({ object }: Admitted): string => JSON.stringify(object) ?? '';
