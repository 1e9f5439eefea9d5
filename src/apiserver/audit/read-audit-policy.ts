/** The policy file: audit.k8s.io/v1 Policy in YAML or JSON, checked before the server starts. */
import { load } from 'js-yaml';
import { levels, stages, type AuditPolicy, type GroupResources, type PolicyRule } from './policy.ts';

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** @throws PolicyError that names every fault. */
export function readAuditPolicy(text: string): AuditPolicy {
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw new PolicyError(`the file is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null) throw new PolicyError('the file holds no object');
  const { apiVersion, kind, ...policy } = value as AuditPolicy & {
    readonly apiVersion?: string;
    readonly kind?: string;
  };
  if (apiVersion !== 'audit.k8s.io/v1' || kind !== 'Policy') {
    throw new PolicyError(
      `the file must hold a Policy of audit.k8s.io/v1, not ${String(kind)} of ${String(apiVersion)}`,
    );
  }
  const rules: readonly PolicyRule[] = Array.isArray(policy.rules) ? policy.rules : [];
  const faults = [...stageFaults('omitStages', policy.omitStages), ...rules.flatMap(ruleFaults)];
  if (rules.length === 0) faults.push('the policy has no rules');
  if (faults.length > 0) throw new PolicyError(faults.join('; '));
  return { ...policy, rules };
}

function ruleFaults(rule: PolicyRule, index: number): string[] {
  const at = `rules[${index}]`;
  const faults = stageFaults(`${at}.omitStages`, rule.omitStages);
  if (!levels.includes(rule.level)) {
    faults.push(
      `${at}.level: Unsupported value: ${JSON.stringify(rule.level ?? '')}: supported values: ${quoted(levels)}`,
    );
  }
  const ofResources = (rule.resources?.length ?? 0) > 0 || (rule.namespaces?.length ?? 0) > 0;
  if (ofResources && (rule.nonResourceURLs?.length ?? 0) > 0) {
    faults.push(`${at}.nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`);
  }
  for (const [position, url] of (rule.nonResourceURLs ?? []).entries()) {
    const field = `${at}.nonResourceURLs[${position}]`;
    if (url !== '*' && !url.startsWith('/'))
      faults.push(`${field}: non-resource URL rules must begin with a '/' character`);
    if (url.slice(0, -1).includes('*'))
      faults.push(`${field}: non-resource URL wildcards '*' must be the final character`);
  }
  (rule.resources ?? []).forEach((one, position) =>
    faults.push(...resourceFaults(`${at}.resources[${position}]`, one)),
  );
  return faults;
}

function resourceFaults(at: string, { group, resources, resourceNames }: GroupResources): string[] {
  const faults: string[] = [];
  if (group !== undefined && !/^$|^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(group)) {
    faults.push(`${at}.group: Invalid value: ${JSON.stringify(group)}: must be the name of an API group`);
  }
  if ((resourceNames?.length ?? 0) > 0 && (resources?.length ?? 0) === 0) {
    faults.push(`${at}.resourceNames: using resourceNames requires at least one resource`);
  }
  return faults;
}

function stageFaults(at: string, given: readonly string[] | undefined): string[] {
  return (given ?? []).flatMap((stage, index) =>
    (stages as readonly string[]).includes(stage)
      ? []
      : [`${at}[${index}]: Invalid value: ${JSON.stringify(stage)}: allowed stages are ${stages.join(',')}`],
  );
}

const quoted = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(', ');
