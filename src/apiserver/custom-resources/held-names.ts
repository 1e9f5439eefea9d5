/**
 * The names that definitions hold, by group: whether a name is free is asked at each change of a definition, and the others,
 * whose schemas are large, need not be read for it.
 */
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/groups/apiextensions.v1.ts';
import { isConditionTrue } from './conditions.ts';

interface Holder {
  readonly names: CustomResourceDefinitionNames | undefined;
  /** All the names it wants are its own. */
  readonly isContent: boolean;
}

export class HeldNames {
  readonly #groups = new Map<string, Map<string, Holder>>();

  set(definition: CustomResourceDefinition): void {
    const { metadata, status } = definition;
    const group = groupOf(metadata.name);
    const holders = this.#groups.get(group) ?? new Map<string, Holder>();
    holders.set(metadata.name, {
      names: status?.acceptedNames,
      isContent: isConditionTrue(definition, 'NamesAccepted'),
    });
    this.#groups.set(group, holders);
  }

  delete(name: string): void {
    const group = groupOf(name);
    const holders = this.#groups.get(group);
    holders?.delete(name);
    if (holders?.size === 0) this.#groups.delete(group);
  }

  /** What the other definitions of its group hold. */
  besides(name: string): readonly CustomResourceDefinitionNames[] {
    const others: CustomResourceDefinitionNames[] = [];
    for (const [other, { names }] of this.#groups.get(groupOf(name)) ?? []) {
      if (other !== name && names !== undefined) others.push(names);
    }
    return others;
  }

  /** The definitions of its group that want names which were not free. */
  waitingWith(name: string): readonly string[] {
    const holders = [...(this.#groups.get(groupOf(name)) ?? [])];
    return holders.filter(([, { isContent }]) => !isContent).map(([other]) => other);
  }
}

/** Definitions are called `<plural>.<group>`. */
const groupOf = (name: string): string => name.slice(name.indexOf('.') + 1);
