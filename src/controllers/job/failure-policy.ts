/** What a Job's rules say about a pod that failed; the first rule that matches decides. */
import type { Job, PodFailurePolicyRule } from '../../api/groups/batch.v1.ts';
import type { ContainerStatus, Pod } from '../../api/groups/core.v1.ts';

export interface Verdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly message: string;
}

const noVerdict: Verdict = { action: 'Count', message: '' };

export function judge({ spec }: Job, pod: Pod): Verdict {
  if (pod.status.phase !== 'Failed') return noVerdict;
  for (const [i, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const found = matchExitCodes(rule, pod) ?? matchConditions(rule, pod);
    if (found === undefined) continue;
    const { namespace, name } = pod.metadata;
    const message = found(`pod ${namespace}/${name}`, `${rule.action} rule at index ${i}`);
    return { action: rule.action as Verdict['action'], message };
  }
  return noVerdict;
}

type Sentence = (pod: string, rule: string) => string;

function matchExitCodes({ onExitCodes: wanted }: PodFailurePolicyRule, { status }: Pod): Sentence | undefined {
  if (wanted === undefined) return undefined;
  const all: readonly ContainerStatus[] = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
  ];
  for (const { name, state } of all) {
    const code = state.terminated?.exitCode;
    if (code === undefined || code === 0) continue;
    if (wanted.containerName !== undefined && wanted.containerName !== name) continue;
    if (wanted.values.includes(code) !== (wanted.operator === 'In')) continue;
    return (pod, rule) => `Container ${name} for ${pod} failed with exit code ${code} matching ${rule}`;
  }
  return undefined;
}

function matchConditions({ onPodConditions = [] }: PodFailurePolicyRule, { status }: Pod): Sentence | undefined {
  for (const wanted of onPodConditions) {
    const found = (status.conditions ?? []).some(
      ({ type, status: value }) => type === wanted.type && value === (wanted.status ?? 'True'),
    );
    if (found) return (pod, rule) => `Pod ${pod.slice('pod '.length)} has condition ${wanted.type} matching ${rule}`;
  }
  return undefined;
}
