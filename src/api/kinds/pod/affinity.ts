/** Where a pod wants to be: near or far from nodes and other pods. */
import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  WeightedPodAffinityTerm,
} from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { labelValueErrors, qualifiedNameErrors } from '../../names.ts';
import { labelSelectorErrors } from '../selector-errors.ts';

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

export function affinityErrors(affinity: Affinity | undefined, field: string): readonly FieldError[] {
  if (affinity == null) return [];
  const errors: FieldError[] = [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity != null) {
    const at = `${field}.nodeAffinity`;
    if (nodeAffinity[requiredTerms] != null) {
      errors.push(...nodeSelectorErrors(nodeAffinity[requiredTerms], `${at}.${requiredTerms}`));
    }
    for (const [index, term] of (nodeAffinity[preferredTerms] ?? []).entries()) {
      const item = `${at}.${preferredTerms}[${index}]`;
      const preference = nodeTermErrors(term.preference, `${item}.preference`, false);
      errors.push(...weightErrors(term.weight, item), ...preference);
    }
  }
  if (podAffinity != null) errors.push(...podAffinityErrors(podAffinity, `${field}.podAffinity`));
  if (podAntiAffinity != null) errors.push(...podAffinityErrors(podAntiAffinity, `${field}.podAntiAffinity`));
  return errors;
}

export function nodeSelectorErrors({ nodeSelectorTerms }: NodeSelector, field: string): readonly FieldError[] {
  const at = `${field}.nodeSelectorTerms`;
  const terms = nodeSelectorTerms ?? [];
  if (terms.length === 0) return [requiredField(at, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => nodeTermErrors(term, `${at}[${index}]`));
}

/** A preference may name values that no node can have: then it has no effect. */
function nodeTermErrors(term: NodeSelectorTerm, field: string, checkValues = true): readonly FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((each, index) =>
      nodeRequirementErrors(each, checkValues, `${field}.matchExpressions[${index}]`),
    ),
    ...(term.matchFields ?? []).flatMap((each, index) => nodeFieldErrors(each, `${field}.matchFields[${index}]`)),
  ];
}

function nodeRequirementErrors(
  requirement: NodeSelectorRequirement,
  checkValues: boolean,
  field: string,
): readonly FieldError[] {
  const { key, operator, values = [] } = requirement;
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        errors.push(requiredField(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      }
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      }
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) {
        errors.push(requiredField(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      }
      break;
    default:
      errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  }
  for (const text of qualifiedNameErrors(key)) errors.push(invalid(`${field}.key`, key, text));
  for (const [index, value] of checkValues ? values.entries() : []) {
    for (const text of labelValueErrors(value)) errors.push(invalid(`${field}.values[${index}]`, value, text));
  }
  return errors;
}

function nodeFieldErrors(
  { key, operator, values = [] }: NodeSelectorRequirement,
  field: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(requiredField(`${field}.values`, detail));
  }
  if (key !== 'metadata.name') errors.push(invalid(`${field}.key`, key, 'not a valid field selector key'));
  else {
    for (const [index, value] of values.entries()) {
      for (const text of dnsSubdomainErrors(value)) errors.push(invalid(`${field}.values[${index}]`, value, text));
    }
  }
  return errors;
}

interface PodTerms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[] | undefined;
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly WeightedPodAffinityTerm[] | undefined;
}

function podAffinityErrors(terms: PodTerms, field: string): readonly FieldError[] {
  return [
    ...(terms[requiredTerms] ?? []).flatMap((term, index) =>
      podTermErrors(term, `${field}.${requiredTerms}[${index}]`),
    ),
    ...(terms[preferredTerms] ?? []).flatMap(({ weight, podAffinityTerm }, index) => {
      const item = `${field}.${preferredTerms}[${index}]`;
      return [...weightErrors(weight, item), ...podTermErrors(podAffinityTerm, `${item}.podAffinityTerm`)];
    }),
  ];
}

function weightErrors(weight: number, field: string): readonly FieldError[] {
  return weight < 1 || weight > 100 ? [invalid(`${field}.weight`, weight, 'must be in the range 1-100')] : [];
}

function podTermErrors(term: PodAffinityTerm, field: string): readonly FieldError[] {
  const errors: FieldError[] = [
    ...labelSelectorErrors(term.labelSelector, `${field}.labelSelector`),
    ...labelSelectorErrors(term.namespaceSelector, `${field}.namespaceSelector`),
  ];
  for (const name of term.namespaces ?? []) {
    for (const text of dnsLabelErrors(name)) errors.push(invalid(`${field}.namespace`, name, text));
  }
  errors.push(...labelKeysErrors(term, field));
  if (!term.topologyKey) errors.push(requiredField(`${field}.topologyKey`, 'can not be empty'));
  for (const text of qualifiedNameErrors(term.topologyKey ?? '')) {
    errors.push(invalid(`${field}.topologyKey`, term.topologyKey ?? '', text));
  }
  return errors;
}

type LabelKeys = Pick<PodAffinityTerm, 'matchLabelKeys' | 'mismatchLabelKeys' | 'labelSelector'>;

/** Labels of the pod itself that a term, or a constraint of spread, goes by. */
export function labelKeysErrors(term: LabelKeys, field: string): readonly FieldError[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  return [
    ...keyListErrors(matchLabelKeys, labelSelector != null, `${field}.matchLabelKeys`),
    ...keyListErrors(mismatchLabelKeys, labelSelector != null, `${field}.mismatchLabelKeys`),
    ...selectedTwiceErrors(matchLabelKeys, labelSelector, field),
    ...matchLabelKeys.flatMap((key, index) =>
      mismatchLabelKeys.includes(key)
        ? [invalid(`${field}.matchLabelKeys[${index}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  ];
}

function keyListErrors(keys: readonly string[], hasSelector: boolean, field: string): readonly FieldError[] {
  if (keys.length === 0) return [];
  if (!hasSelector) return [forbidden(field, 'must not be specified when labelSelector is not set')];
  return keys.flatMap((key, index) => qualifiedNameErrors(key).map((text) => invalid(`${field}[${index}]`, key, text)));
}

/** The selector already holds what was made of the keys: one that it names before that is named twice. */
function selectedTwiceErrors(
  keys: readonly string[],
  selector: PodAffinityTerm['labelSelector'],
  field: string,
): readonly FieldError[] {
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}));
  const errors: FieldError[] = [];
  for (const { key } of selector?.matchExpressions ?? []) {
    const index = keys.lastIndexOf(key);
    if (index >= 0 && seen.has(key)) {
      errors.push(invalid(`${field}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    }
    seen.add(key);
  }
  return errors;
}
