/** Resources that webhooks and policies must not stand in the way of: what could then not be repaired, or not be asked. */
import type { AnyResource } from '../../api/resource.ts';

const admissionGroup = 'admissionregistration.k8s.io';

const policyResources = new Set([
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
]);

/** Questions that are answered and never stored. */
const reviews = new Set([
  'selfsubjectreviews.authentication.k8s.io',
  'tokenreviews.authentication.k8s.io',
  'localsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectaccessreviews.authorization.k8s.io',
  'selfsubjectrulesreviews.authorization.k8s.io',
  'subjectaccessreviews.authorization.k8s.io',
]);

export function isExemptFromWebhooks(resource: AnyResource): boolean {
  return resource.group === admissionGroup || isReview(resource);
}

export function isExemptFromPolicies(resource: AnyResource): boolean {
  return (resource.group === admissionGroup && policyResources.has(resource.plural)) || isReview(resource);
}

const isReview = ({ group, plural }: AnyResource): boolean => reviews.has(`${plural}.${group}`);
