/** Labels of nodes that have become others, and requirements that no label can meet. */
import type { NodeSelectorTerm } from '../groups/core.v1.ts';
import { labelValueErrors } from '../names.ts';

const replaced = (since: string, by: string): string => `deprecated since ${since}; use "${by}" instead`;

const oldLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': replaced('v1.14', 'kubernetes.io/arch'),
  'beta.kubernetes.io/os': replaced('v1.14', 'kubernetes.io/os'),
  'failure-domain.beta.kubernetes.io/region': replaced('v1.17', 'topology.kubernetes.io/region'),
  'failure-domain.beta.kubernetes.io/zone': replaced('v1.17', 'topology.kubernetes.io/zone'),
  'beta.kubernetes.io/instance-type': replaced('v1.17', 'node.kubernetes.io/instance-type'),
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** What `tell` makes of the advice for an old label; nothing for others. */
export function oldLabel(key: string, tell: (advice: string) => string): readonly string[] {
  const advice = oldLabels[key];
  return advice === undefined ? [] : [tell(advice)];
}

/** A required term with a bad value is refused; a preferred one is stored, and prefers nothing: `checkValues`. */
export function termWarnings(term: NodeSelectorTerm, checkValues: boolean, field: string): readonly string[] {
  return (term.matchExpressions ?? []).flatMap(({ key, values }, index) => {
    const item = `${field}.matchExpressions[${index}]`;
    return [
      ...oldLabel(key, (advice) => `${item}.key: ${key} is ${advice}`),
      ...(checkValues ? (values ?? []) : []).flatMap((value, position) =>
        labelValueErrors(value).map((text) => `${item}.values[${position}]: ${value} is invalid, ${text}`),
      ),
    ];
  });
}
