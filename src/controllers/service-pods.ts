/** Which pods stand behind a Service, and at which ports they listen for it: what endpoints and endpoint slices share. */
import type { Pod, Service, ServicePort } from '../api/groups/core.v1.ts';
import type { Informer } from '../client/informer.ts';
import { objectKey } from '../client/informer.ts';
import { hasLabels } from './label-selector.ts';
import { isPodReady } from './pod-state.ts';
import { same } from './same.ts';

export const headlessLabel = 'service.kubernetes.io/headless';

/** A Service whose endpoints follow from its selector. Others have theirs made by users, or none. */
export function hasSelectedEndpoints({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && spec.selector !== undefined && Object.keys(spec.selector).length > 0;
}

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None';

/** Pods that the selector matches, that have an address and will not stay finished. Those being deleted are among them. */
export function podsBehind(service: Service, pods: readonly Pod[]): readonly Pod[] {
  const selector = service.spec.selector ?? {};
  return pods.filter((pod) => hasLabels(pod.metadata.labels, selector) && canServe(pod));
}

function canServe({ spec, status }: Pod): boolean {
  if (status.podIP === undefined) return false;
  return status.phase !== 'Failed' && status.phase !== 'Succeeded' ? true : spec.restartPolicy === 'Always';
}

export interface ResolvedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly appProtocol: string | undefined;
}

/** The Service's ports as this pod has them; a name that no container of it has is left out. */
export function portsOf(service: Service, pod: Pod): readonly ResolvedPort[] {
  return (service.spec.ports ?? []).flatMap((of) => {
    const port = targetPort(of, pod);
    const protocol = of.protocol ?? 'TCP';
    return port === undefined ? [] : [{ name: of.name ?? '', protocol, port, appProtocol: of.appProtocol }];
  });
}

function targetPort({ targetPort: target, port, protocol = 'TCP' }: ServicePort, { spec }: Pod): number | undefined {
  if (target === undefined || target === 0) return port;
  if (typeof target === 'number') return target;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const containers = [...spec.containers, ...sidecars];
  const named = containers
    .flatMap(({ ports = [] }) => ports)
    .find((one) => one.name === target && (one.protocol ?? 'TCP') === protocol);
  return named?.containerPort;
}

/** The pod's own name in the domain of a headless Service of this name. */
export function hostnameIn(service: Service, { spec }: Pod): string | undefined {
  const named = spec.hostname !== undefined && spec.hostname !== '' && spec.subdomain === service.metadata.name;
  return named ? spec.hostname : undefined;
}

export function podReference({ metadata }: Pod) {
  return { kind: 'Pod', namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
}

/** Enqueues the Services that a pod stands behind, or stood behind, when it changes in a way that they care about. */
export function enqueueServicesOfPods(
  services: Informer<Service>,
  pods: Informer<Pod>,
  enqueue: (key: string) => void,
): void {
  pods.onChange((change) => {
    const { object } = change;
    const previous = change.type === 'updated' ? change.previous : object;
    // Most pods stand behind few Services or none: whether the change matters is asked only for those.
    let matters = change.type === 'updated' ? undefined : true;
    for (const service of services.list(object.metadata.namespace)) {
      if (!hasSelectedEndpoints(service)) continue;
      const selector = service.spec.selector ?? {};
      if (!hasLabels(object.metadata.labels, selector) && !hasLabels(previous.metadata.labels, selector)) continue;
      matters ??= !same(relevant(previous), relevant(object));
      if (!matters) return;
      enqueue(objectKey(service));
    }
  });
}

function relevant(pod: Pod): unknown {
  const { metadata, spec, status } = pod;
  return {
    labels: metadata.labels,
    deleting: metadata.deletionTimestamp !== undefined,
    node: spec.nodeName,
    hostname: spec.hostname,
    subdomain: spec.subdomain,
    ips: status.podIPs,
    ip: status.podIP,
    phase: status.phase,
    ready: isPodReady(pod),
  };
}
