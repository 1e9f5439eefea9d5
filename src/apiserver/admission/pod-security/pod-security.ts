/**
 * PodSecurity: pods must meet the standard that their namespace enforces. Objects that make pods are let through with a
 * warning, and a namespace that grows stricter says which of its pods would no longer be let in.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import { invalidError } from '../../../api/field-error.ts';
import type { Namespace, Pod, PodTemplateSpec } from '../../../api/groups/core.v1.ts';
import * as resources from '../../../api/resources.ts';
import type { AnyResource } from '../../../api/resource.ts';
import type { Entry } from '../../registry/entry.ts';
import { scopeOf, storageKey, type Served } from '../../registry/served.ts';
import type { AdmissionPlugin, Admitted } from '../admission.ts';
import type { CountEvaluation, Mode } from '../../metrics/pod-security-metrics.ts';
import { refusal } from '../refusal.ts';
import { readPolicy, standardText, strictness, type Policy } from './policy.ts';
import { violations, type Standard } from './standards.ts';
import type { AnyContainer, Subject } from './subject.ts';

/** Pods beyond this many are not looked at when a namespace grows stricter. */
const maxPodsChecked = 3000;

interface MakesPods {
  readonly spec: { readonly template?: PodTemplateSpec; readonly jobTemplate?: { readonly spec: MakesPods['spec'] } };
}

/** Where the template of a pod is found in each kind that has one. */
const templates = new Map<AnyResource, (object: never) => PodTemplateSpec | undefined>([
  [resources.PodTemplates, ({ template }: { readonly template?: PodTemplateSpec }) => template],
  [resources.CronJobs, ({ spec }: MakesPods) => spec.jobTemplate?.spec.template],
  ...[
    resources.Deployments,
    resources.ReplicaSets,
    resources.DaemonSets,
    resources.StatefulSets,
    resources.ReplicationControllers,
    resources.Jobs,
  ].map((resource): [AnyResource, (object: MakesPods) => PodTemplateSpec | undefined] => [
    resource,
    ({ spec }) => spec.template,
  ]),
]);

const annotationPrefix = 'pod-security.kubernetes.io/';

export function createPodSecurity(namespaces: Served, pods: Served, count: CountEvaluation): AdmissionPlugin {
  const policies = new WeakMap<Entry, Policy>();
  const policyOf = ({ namespace = '' }: Admitted): Policy => {
    const entry = namespaces.cache.get(storageKey(namespaces, undefined, namespace));
    let policy = entry && policies.get(entry);
    if (policy === undefined) {
      policy = readPolicy(entry?.labels);
      if (entry !== undefined) policies.set(entry, policy);
    }
    return policy;
  };
  return {
    name: 'PodSecurity',
    about: [resources.Namespaces, resources.Pods, ...templates.keys()],
    validate(request) {
      const { operation, served, subresource, object } = request;
      if (operation !== 'CREATE' && operation !== 'UPDATE') return;
      if (served === namespaces && subresource === '') checkNamespace(pods, request);
      if (served === pods && (subresource === '' || subresource === 'ephemeralcontainers')) {
        const pod = object as unknown as Pod;
        if (operation === 'UPDATE' && !changesContainers(pod, request.old as unknown as Pod)) return;
        checkPod(request, policyOf(request), pod, count);
      }
      const template = subresource === '' ? templates.get(served.resource)?.(object as never) : undefined;
      if (template?.spec !== undefined) tell(request, policyOf(request), template as Subject, count);
    },
  };
}

function checkPod(request: Admitted, policy: Policy, pod: Subject, count: CountEvaluation): void {
  const { enforce } = policy;
  const found = describe(enforce, pod);
  request.auditAnnotations?.add(`${annotationPrefix}enforce-policy`, standardText(enforce));
  count(request, 'enforce', enforce, found === '');
  if (found !== '') {
    throw refusal(request, `violates PodSecurity ${JSON.stringify(standardText(enforce))}: ${found}`);
  }
  tell(request, policy, pod, count);
}

/** Only what would be refused counts where nothing is refused. */
function tell(request: Admitted, { audit, warn }: Policy, subject: Subject, count: CountEvaluation): void {
  const about = (mode: Mode, standard: Standard): string | undefined => {
    const found = describe(standard, subject);
    if (found === '') return undefined;
    count(request, mode, standard, false);
    return `would violate PodSecurity ${JSON.stringify(standardText(standard))}: ${found}`;
  };
  const audited = about('audit', audit);
  if (audited !== undefined) request.auditAnnotations?.add(`${annotationPrefix}audit-violations`, audited);
  const warned = about('warn', warn);
  if (warned !== undefined) request.warn(warned);
}

const describe = (standard: Standard, subject: Subject): string =>
  violations(standard, subject)
    .map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`))
    .join(', ');

/** An update counts when it brings a container or changes an image. */
function changesContainers({ spec }: Pod, { spec: old }: Pod): boolean {
  const differ = (now: readonly AnyContainer[] = [], before: readonly AnyContainer[] = []): boolean =>
    now.length !== before.length || now.some(({ image }, index) => image !== before[index]?.image);
  return (
    differ(spec.containers, old.containers) ||
    differ(spec.initContainers, old.initContainers) ||
    (spec.ephemeralContainers ?? []).some(
      ({ name, image }) => old.ephemeralContainers?.find((one) => one.name === name)?.image !== image,
    )
  );
}

function checkNamespace(pods: Served, request: Admitted): void {
  const { metadata } = request.object as unknown as Namespace;
  const old = request.old as unknown as Namespace | undefined;
  const policy = readPolicy(metadata.labels);
  const before = old === undefined ? undefined : readPolicy(old.metadata.labels);
  if (policy.errors.length > 0 && (before === undefined || before.errors.length === 0)) {
    throw invalidError('', 'Namespace', metadata.name, policy.errors);
  }
  if (before === undefined || policy.errors.length > 0) return;
  const { enforce } = policy;
  const sameVersion = enforce.minor === before.enforce.minor;
  if (enforce.level === 'privileged') return;
  if (sameVersion && strictness(enforce) <= strictness(before.enforce)) return;
  for (const text of existingViolations(pods, metadata.name, enforce)) request.warn(text);
}

/** One line for all pods that break the standard in the same way; of the pods of a controller the first speaks for all. */
function existingViolations(pods: Served, namespace: string, standard: Standard): string[] {
  const names = new Map<string, string[]>();
  const controllers = new Set<string>();
  for (const { object } of pods.cache.list(scopeOf(pods, namespace)).slice(0, maxPodsChecked)) {
    const controller = object.metadata.ownerReferences?.find((owner) => owner.controller === true)?.uid;
    if (controller !== undefined && controllers.has(controller)) continue;
    if (controller !== undefined) controllers.add(controller);
    const reasons = violations(standard, object as unknown as Pod).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const text = reasons.join(', ');
    names.set(text, [...(names.get(text) ?? []), object.metadata.name]);
  }
  if (names.size === 0) return [];
  const wanted = JSON.stringify(standardText(standard));
  const title = `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${wanted}`;
  const lines = [...names].map(([text, [first = '', ...others]]) => {
    const also = others.length === 1 ? ' (and 1 other pod)' : ` (and ${others.length} other pods)`;
    return `${first}${others.length === 0 ? '' : also}: ${text}`;
  });
  return [title, ...lines];
}
