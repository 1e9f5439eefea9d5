/** Which writes a webhook wants to see: by its rules, the namespace's labels and the object's. Pure. */
import type {
  MutatingWebhook,
  RuleWithOperations,
  ValidatingWebhook,
} from '../../../api/groups/admissionregistration.v1.ts';
import { labelSelectorRequirements, matchesLabels, type Labels } from '../../../api/label-selector.ts';
import type { AnyResource } from '../../../api/resource.ts';

export type Webhook = ValidatingWebhook | MutatingWebhook;

export interface Candidate {
  readonly operation: string;
  readonly resource: AnyResource;
  readonly subresource: string;
  /** Labels of the object's namespace, for a Namespace its own; undefined for other objects of the whole cluster. */
  readonly namespaceLabels: Labels | 'none';
  /** Labels of the object and of what it was. */
  readonly objectLabels: readonly Labels[];
}

/** Webhooks never judge what registers webhooks and policies: a broken one could not be taken away. */
export function isAboutAdmission({ group }: AnyResource): boolean {
  return group === 'admissionregistration.k8s.io';
}

export function wants(webhook: Webhook, candidate: Candidate): boolean {
  return (
    (webhook.rules ?? []).some((rule) => ruleMatches(rule, candidate)) &&
    namespaceMatches(webhook, candidate) &&
    objectMatches(webhook, candidate)
  );
}

function ruleMatches(rule: RuleWithOperations, { operation, resource, subresource }: Candidate): boolean {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);
  const inScope = scope === undefined || scope === '*' || (scope === 'Namespaced') === resource.namespaced;
  return (
    inScope &&
    has(operations, operation) &&
    has(apiGroups, resource.group) &&
    has(apiVersions, resource.version) &&
    resources.some((pattern) => resourceMatches(pattern, resource.plural, subresource))
  );
}

/** `pods`, `pods/log`, `pods/*`, `*` for all resources, `*\/scale`, `*\/*` for all with their subresources. */
function resourceMatches(pattern: string, plural: string, subresource: string): boolean {
  const [name = '', part = ''] = pattern.split('/');
  return (name === '*' || name === plural) && (part === subresource || part === '*');
}

function namespaceMatches({ namespaceSelector }: Webhook, { namespaceLabels }: Candidate): boolean {
  if (namespaceLabels === 'none') return true;
  const requirements = labelSelectorRequirements(namespaceSelector ?? {});
  return requirements !== undefined && matchesLabels(requirements, namespaceLabels);
}

function objectMatches({ objectSelector }: Webhook, { objectLabels }: Candidate): boolean {
  const requirements = labelSelectorRequirements(objectSelector ?? {});
  if (requirements === undefined) return false;
  return requirements.length === 0 || objectLabels.some((labels) => matchesLabels(requirements, labels));
}
