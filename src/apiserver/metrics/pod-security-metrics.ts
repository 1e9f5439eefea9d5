/** What Pod Security thought of pods and of what makes pods. */
import type { Registry } from '../../base/metrics.ts';
import type { Admitted } from '../admission/admission.ts';
import type { Standard } from '../admission/pod-security/standards.ts';

export type Mode = 'enforce' | 'audit' | 'warn';

/** Counts a judgement by one of a namespace's standards. */
export type CountEvaluation = (request: Admitted, mode: Mode, standard: Standard, allowed: boolean) => void;

export function createPodSecurityMetrics(registry: Registry): CountEvaluation {
  const evaluations = registry.counter({
    name: 'pod_security_evaluations_total',
    help: 'Judgements of Pod Security by standard and outcome',
    labels: ['decision', 'policy_level', 'policy_version', 'mode', 'request_operation', 'resource', 'subresource'],
  });
  return ({ operation, served, subresource }, mode, { level, minor }, allowed) => {
    const version = minor === undefined ? 'latest' : `v1.${minor}`;
    const resource = served.resource.plural === 'pods' ? 'pod' : 'controller';
    const decision = allowed ? 'allow' : 'deny';
    evaluations.of(decision, level, version, mode, operation.toLowerCase(), resource, subresource).add();
  };
}
