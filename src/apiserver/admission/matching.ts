/**
 * Which requests a webhook or a policy wants to see: by its rules, the namespace's labels and the object's. With
 * matchPolicy Equivalent a rule for one version of a resource also finds requests in its other versions, and its objects
 * are shown in the version of the rule.
 */
import { ApiError } from '../../api/api-error.ts';
import type {
  NamedRuleWithOperations,
  RuleWithOperations,
  ValidatingWebhook,
} from '../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import {
  labelSelectorRequirements,
  matchesLabels,
  type LabelRequirements,
  type Labels,
} from '../../api/label-selector.ts';
import { Namespaces } from '../../api/resources.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { Admitted } from './admission.ts';

type Rule = RuleWithOperations & Pick<NamedRuleWithOperations, 'resourceNames'>;
type Selector = ValidatingWebhook['namespaceSelector'];

export interface MatchCriteria {
  /** Undefined: every request matches. */
  readonly rules: readonly Rule[] | undefined;
  readonly excluded: readonly Rule[];
  readonly equivalent: boolean;
  /** Undefined: it cannot be read, and nothing matches. */
  readonly namespaces: LabelRequirements | undefined;
  readonly objects: LabelRequirements | undefined;
}

export function matchCriteria(of: {
  readonly rules: readonly Rule[] | undefined;
  readonly excluded?: readonly Rule[] | undefined;
  readonly matchPolicy?: string | undefined;
  readonly namespaceSelector?: Selector | null | undefined;
  readonly objectSelector?: Selector | null | undefined;
}): MatchCriteria {
  return {
    rules: of.rules,
    excluded: of.excluded ?? [],
    equivalent: of.matchPolicy === 'Equivalent',
    namespaces: labelSelectorRequirements(of.namespaceSelector ?? {}),
    objects: labelSelectorRequirements(of.objectSelector ?? {}),
  };
}

/** The resource in the version that the rules ask for; undefined: not wanted. @throws ApiError without the namespace. */
export function matchRequest(
  criteria: MatchCriteria,
  request: Admitted,
  resources: ServedResources,
): Served | undefined {
  if (!objectsMatch(criteria.objects, request)) return undefined;
  const namespace = namespaceMatches(criteria.namespaces, request, resources);
  if (namespace === false) return undefined;
  if (criteria.excluded.length > 0 && matchRules(criteria.excluded, criteria, request, resources) !== undefined) {
    return undefined;
  }
  const matched =
    criteria.rules === undefined ? request.served : matchRules(criteria.rules, criteria, request, resources);
  if (matched !== undefined && namespace instanceof ApiError) throw namespace;
  return matched;
}

/** The namespace that a request is about: of a Namespace it is the namespace itself. */
export function requestNamespace({ served, namespace, name, object }: Admitted): string | undefined {
  if (served.resource !== Namespaces) return namespace;
  return name === '' || name === undefined ? object?.metadata.name : name;
}

/** Labels of the namespace that the selectors judge. */
function namespaceMatches(
  requirements: LabelRequirements | undefined,
  request: Admitted,
  resources: ServedResources,
): boolean | ApiError {
  const { served, subresource, operation, object } = request;
  const namespace = requestNamespace(request) ?? '';
  if (namespace === '' && served.resource !== Namespaces) return true;
  if (requirements === undefined) return false;
  if (requirements.length === 0) return true;
  const isNew = served.resource === Namespaces && subresource === '' && ['CREATE', 'UPDATE'].includes(operation);
  if (isNew) return matchesLabels(requirements, object?.metadata.labels);
  const namespaces = resources.of(Namespaces);
  const stored = namespaces.cache.get(storageKey(namespaces, undefined, namespace));
  if (stored !== undefined) return matchesLabels(requirements, stored.object.metadata.labels);
  const text = `namespaces ${JSON.stringify(namespace)} not found`;
  return new ApiError('NotFound', text, { name: namespace, kind: 'namespaces' });
}

function objectsMatch(requirements: LabelRequirements | undefined, { object, old }: Admitted): boolean {
  if (requirements === undefined) return false;
  if (requirements.length === 0) return true;
  const labelsOf = (one: object): Labels => (one as Partial<KubeObject>).metadata?.labels;
  const labelled = [object, old].filter((one) => one !== undefined && 'metadata' in one) as object[];
  return labelled.some((one) => matchesLabels(requirements, labelsOf(one)));
}

function matchRules(
  rules: readonly Rule[],
  { equivalent }: MatchCriteria,
  request: Admitted,
  resources: ServedResources,
): Served | undefined {
  if (rules.some((rule) => ruleMatches(rule, request, request.served))) return request.served;
  if (!equivalent) return undefined;
  const others = equivalents(request, resources);
  if (others.length === 0) return undefined;
  for (const rule of rules) {
    const other = others.find((each) => ruleMatches(rule, request, each));
    if (other !== undefined) return other;
  }
  return undefined;
}

/** Other versions of the resource, and other groups that serve the same objects. */
function equivalents({ served, subresource }: Admitted, resources: ServedResources): readonly Served[] {
  return resources
    .sharing(served.cache)
    .filter(
      (other) => other !== served && (subresource === '' || Object.hasOwn(other.resource.subresources, subresource)),
    );
}

function ruleMatches(rule: Rule, request: Admitted, { resource }: Served): boolean {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], resourceNames = [] } = rule;
  return (
    scopeMatches(rule.scope, request) &&
    hasOrAll(operations, request.operation) &&
    hasOrAll(apiGroups, resource.group) &&
    hasOrAll(apiVersions, resource.version) &&
    resources.some((pattern) => resourceMatches(pattern, resource.plural, request.subresource)) &&
    (resourceNames.length === 0 || resourceNames.includes(request.name))
  );
}

const hasOrAll = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

function scopeMatches(scope: string | undefined, { served, namespace = '' }: Admitted): boolean {
  if (scope === undefined || scope === '*') return true;
  return (scope === 'Namespaced') === (served.resource !== Namespaces && namespace !== '');
}

/** `pods`, `pods/log`, `pods/*`, `*` for all resources, `*\/scale`, `*\/*` for all with their subresources. */
function resourceMatches(pattern: string, plural: string, subresource: string): boolean {
  const slash = pattern.indexOf('/');
  const [name, part] = slash < 0 ? [pattern, ''] : [pattern.slice(0, slash), pattern.slice(slash + 1)];
  return (name === '*' || name === plural) && (part === subresource || part === '*');
}
