/** Which rule says how a pod behaves: the first of the scenario that matches. */
import type { Pod } from '../api/groups/core.v1.ts';
import { matchesLabels } from '../api/label-selector.ts';
import { usualBehaviour, type PodBehaviour, type PodMatch, type PodRule } from './scenario.ts';

export function behaviourOf(rules: readonly PodRule[], pod: Pod): PodBehaviour {
  return rules.find(({ match }) => matches(match, pod))?.behaviour ?? usualBehaviour;
}

function matches({ namespaces, labels, annotations, owner }: PodMatch, { metadata }: Pod): boolean {
  if (namespaces.length > 0 && !namespaces.includes(metadata.namespace ?? '')) return false;
  if (labels.length > 0 && !matchesLabels(labels, metadata.labels)) return false;
  if (Object.entries(annotations).some(([name, value]) => metadata.annotations?.[name] !== value)) return false;
  if (owner === undefined) return true;
  const controller = metadata.ownerReferences?.find(({ controller: isController }) => isController === true);
  return controller?.kind === owner.kind && (owner.name === '' || controller.name === owner.name);
}
