/** What a pod gets when nobody says otherwise; the same goes for the templates of pods in workloads. */
import type { Draft } from '../../descriptor.ts';
import type { Container, EphemeralContainer, PodSpec, PodTemplateSpec, Probe } from '../../groups/core.v1.ts';
import { volumeDefaults } from './volume-defaults.ts';
import { formatQuantity } from '../../quantity.ts';
import { aggregateAmount, aggregateRequest } from './aggregate.ts';
import { isLatest } from './image-reference.ts';
import { isSharable } from './pod-resources.ts';
import { isHugePages } from './resources.ts';

type Handler = Pick<Draft<Probe>, 'httpGet' | 'grpc'>;

export function podTemplateDefaults(template: Draft<PodTemplateSpec>): void {
  dropOldAnnotations(template.metadata);
  podSpecDefaults(template.spec);
}

export function podSpecDefaults(spec: Draft<PodSpec>): void {
  if (!spec.dnsPolicy) spec.dnsPolicy = 'ClusterFirst';
  if (!spec.restartPolicy) spec.restartPolicy = 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  if (!spec.schedulerName) spec.schedulerName = 'default-scheduler';
  if (!spec.serviceAccount && spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount && !spec.serviceAccountName) spec.serviceAccountName = spec.serviceAccount;
  for (const container of allContainers(spec)) containerDefaults(container);
  for (const volume of spec.volumes ?? []) volumeDefaults(volume);
  for (const constraint of spec.topologySpreadConstraints ?? []) {
    if (constraint.topologyKey && !constraint.whenUnsatisfiable) constraint.whenUnsatisfiable = 'DoNotSchedule';
  }
}

/** Only in pods, not in templates. */
export function podOnlyDefaults(spec: Draft<PodSpec>): void {
  spec.enableServiceLinks ??= true;
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) requestDefaults(container);
  podResourceDefaults(spec);
  if (spec.hostNetwork !== true) return;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) hostPortDefaults(container);
}

/** Init containers were annotations before they were a field: clients of that time still send them. */
export function dropOldAnnotations(metadata: { annotations?: Record<string, string> | undefined } | undefined): void {
  const annotations = metadata?.annotations;
  if (annotations == null) return;
  for (const name of ['init-containers', 'init-container-statuses']) {
    for (const stage of ['alpha', 'beta']) delete annotations[`pod.${stage}.kubernetes.io/${name}`];
  }
  if (metadata !== undefined && Object.keys(annotations).length === 0) delete metadata.annotations;
}

function allContainers(spec: Draft<PodSpec>): Draft<Container>[] {
  return [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Draft<EphemeralContainer>[] as Draft<Container>[]),
  ];
}

function containerDefaults(container: Draft<Container>): void {
  container.resources ??= {};
  if (!container.imagePullPolicy) {
    container.imagePullPolicy = isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent';
  }
  if (!container.terminationMessagePath) container.terminationMessagePath = '/dev/termination-log';
  if (!container.terminationMessagePolicy) container.terminationMessagePolicy = 'File';
  for (const port of container.ports ?? []) if (!port.protocol) port.protocol = 'TCP';
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe != null) probeDefaults(probe);
  }
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    if (handler != null) handlerDefaults(handler);
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef != null && !valueFrom.fieldRef.apiVersion) valueFrom.fieldRef.apiVersion = 'v1';
    if (valueFrom?.fileKeyRef != null) valueFrom.fileKeyRef.optional ??= false;
  }
}

function probeDefaults(probe: Draft<Probe>): void {
  handlerDefaults(probe);
  if (!probe.timeoutSeconds) probe.timeoutSeconds = 1;
  if (!probe.periodSeconds) probe.periodSeconds = 10;
  if (!probe.successThreshold) probe.successThreshold = 1;
  if (!probe.failureThreshold) probe.failureThreshold = 3;
}

function handlerDefaults(handler: Handler): void {
  if (handler.httpGet != null) {
    if (!handler.httpGet.path) handler.httpGet.path = '/';
    if (!handler.httpGet.scheme) handler.httpGet.scheme = 'HTTP';
  }
  if (handler.grpc != null) handler.grpc.service ??= '';
}

function hostPortDefaults(container: Draft<Container>): void {
  for (const port of container.ports ?? []) if (!port.hostPort) port.hostPort = port.containerPort;
}

/** A limit without a request is a request, too. */
function requestDefaults(container: Draft<Container>): void {
  const { limits, requests } = container.resources ?? {};
  if (limits === undefined || Object.keys(limits).length === 0) return;
  container.resources = { ...container.resources, requests: { ...limits, ...requests } };
}

/**
 * What a pod asks for as a whole follows its containers where it says nothing itself: huge pages that they may use, what
 * they ask for together, and at last its own limits.
 */
function podResourceDefaults(spec: Draft<PodSpec>): void {
  const { resources } = spec;
  if (resources == null) return;
  const limits: Record<string, string> = { ...resources.limits };
  const requests: Record<string, string> = { ...resources.requests };
  if (Object.keys(limits).length + Object.keys(requests).length === 0) return;
  for (const resource of limitNames(spec).filter(isHugePages)) {
    if (requests[resource] !== undefined) continue;
    const sum = aggregateAmount(spec as PodSpec, 'limits', resource);
    if (sum !== undefined) limits[resource] ??= formatQuantity(sum);
  }
  if (Object.keys(limits).length > 0) {
    for (const resource of ['cpu', 'memory']) {
      const sum = aggregateRequest(spec as PodSpec, resource);
      if (sum !== undefined) requests[resource] ??= sum;
    }
    for (const [resource, limit] of Object.entries(limits)) {
      if (isSharable(resource)) requests[resource] ??= limit;
    }
  }
  if (Object.keys(limits).length > 0) resources.limits = limits;
  if (Object.keys(requests).length > 0) resources.requests = requests;
}

function limitNames(spec: Draft<PodSpec>): readonly string[] {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  return containers.flatMap(({ resources }) => Object.keys(resources?.limits ?? {}));
}
