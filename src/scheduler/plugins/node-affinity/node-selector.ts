/** Node selector terms: the terms are alternatives, the requirements of a term all hold; an empty term matches nothing. */
import type { Node, NodeSelectorRequirement, NodeSelectorTerm } from '../../../api/groups/core.v1.ts';

export function matchesAnyTerm(node: Node, terms: readonly NodeSelectorTerm[]): boolean {
  return terms.some((term) => matchesTerm(node, term));
}

export function matchesTerm(node: Node, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => meets(node.metadata.labels?.[requirement.key], requirement)) &&
    matchFields.every((requirement) => requirement.key === 'metadata.name' && meets(node.metadata.name, requirement))
  );
}

/** Every label that is asked for is there. */
export function hasNodeLabels(node: Node, wanted: Readonly<Record<string, string>>): boolean {
  for (const key of Object.keys(wanted)) if (node.metadata.labels?.[key] !== wanted[key]) return false;
  return true;
}

/** The names of nodes that can match at all, when every term pins them by metadata.name; else undefined. */
export function namesPinnedBy(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const pins = matchFields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    const [first, ...others] = pins;
    if (first === undefined) return undefined;
    for (const name of first.values ?? []) {
      if (others.every(({ values = [] }) => values.includes(name))) names.add(name);
    }
  }
  return names;
}

function meets(value: string | undefined, { operator, values = [] }: NodeSelectorRequirement): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return compares(value, values[0], (a, b) => a > b);
    case 'Lt':
      return compares(value, values[0], (a, b) => a < b);
    default:
      return false;
  }
}

function compares(value: string | undefined, bound: string | undefined, holds: (a: bigint, b: bigint) => boolean) {
  const integer = /^[+-]?\d+$/;
  if (value === undefined || bound === undefined || !integer.test(value) || !integer.test(bound)) return false;
  return holds(toBigInt(value), toBigInt(bound));
}

function toBigInt(text: string): bigint {
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}
