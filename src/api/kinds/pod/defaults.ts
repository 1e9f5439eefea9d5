/** What a pod gets when nobody says otherwise; the same goes for the templates of pods in workloads. */
import type { Draft } from '../../descriptor.ts';
import type { Container, EphemeralContainer, PodSpec, PodTemplateSpec, Probe } from '../../groups/core.v1.ts';
import { volumeDefaults } from './volume-defaults.ts';
import { aggregateRequest } from './aggregate.ts';

type Handler = Pick<Draft<Probe>, 'httpGet' | 'grpc'>;

export function podTemplateDefaults(template: Draft<PodTemplateSpec>): void {
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
  const containers = allContainers(spec);
  for (const container of containers) containerDefaults(container);
  if (spec.hostNetwork === true) for (const container of containers) hostPortDefaults(container);
  for (const volume of spec.volumes ?? []) volumeDefaults(volume);
  for (const constraint of spec.topologySpreadConstraints ?? []) {
    if (constraint.topologyKey && !constraint.whenUnsatisfiable) constraint.whenUnsatisfiable = 'DoNotSchedule';
  }
}

/** Only in pods, not in templates. */
export function podOnlyDefaults(spec: Draft<PodSpec>): void {
  spec.enableServiceLinks ??= true;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) requestDefaults(container);
  podRequestDefaults(spec);
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
    container.imagePullPolicy = hasLatestTag(container.image ?? '') ? 'Always' : 'IfNotPresent';
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
  dropStopSignal(container);
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef != null && !valueFrom.fieldRef.apiVersion) valueFrom.fieldRef.apiVersion = 'v1';
    if (valueFrom?.fileKeyRef != null) valueFrom.fileKeyRef.optional ??= false;
  }
}

/** Not open for use: what a client says of it is not kept. */
function dropStopSignal(container: Draft<Container>): void {
  if (!container.lifecycle?.stopSignal) return;
  delete container.lifecycle.stopSignal;
  if (Object.keys(container.lifecycle).length === 0) delete container.lifecycle;
}

/** No tag, or the tag `latest`. A digest without a tag is fixed, and so is the image. */
function hasLatestTag(image: string): boolean {
  if (image === '') return false;
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  if (tag === undefined) return digest === undefined;
  return tag === 'latest';
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

function podRequestDefaults(spec: Draft<PodSpec>): void {
  const { limits } = spec.resources ?? {};
  if (spec.resources == null || limits === undefined) return;
  const requests: Record<string, string> = { ...spec.resources.requests };
  for (const [resource, limit] of Object.entries(limits)) {
    requests[resource] ??= aggregateRequest(spec as PodSpec, resource) ?? limit;
  }
  spec.resources = { ...spec.resources, requests };
}
