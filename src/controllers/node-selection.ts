/** Which nodes a pod may run on by its own wishes: node name, node selector and required node affinity. */
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from '../api/groups/core.v1.ts';
import { matchesLabels, type LabelOperator } from '../api/label-selector.ts';
import { hasLabels } from './label-selector.ts';

const operators: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

export function selectsNode(spec: PodSpec, { metadata }: Node): boolean {
  if (spec.nodeName !== undefined && spec.nodeName !== '' && spec.nodeName !== metadata.name) return false;
  if (!hasLabels(metadata.labels, spec.nodeSelector ?? {})) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  return required.nodeSelectorTerms.some((term) => termSelects(term, metadata.name, metadata.labels ?? {}));
}

/** A term without requirements selects nothing. */
function termSelects(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  name: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return meetsAll(matchExpressions, labels) && meetsAll(matchFields, { 'metadata.name': name });
}

function meetsAll(wanted: readonly NodeSelectorRequirement[], values: Readonly<Record<string, string>>): boolean {
  return wanted.every(({ key, operator, values: list = [] }) => {
    const known = operators[operator];
    return known !== undefined && matchesLabels([{ key, operator: known, values: list }], values);
  });
}
