/**
 * Extended resources that nodes do not count but have as devices: a device class says for which resource its devices stand.
 * What a pod's containers ask for becomes one more claim, which lives in memory until the pod has its node.
 * https://kep.k8s.io/5004
 *
 * An init container runs before the containers, so it uses theirs before it asks for devices of its own.
 */
import { randomUUID } from 'node:crypto';
import type { Container, Pod } from '../../../api/groups/core.v1.ts';
import type { DeviceRequest, ResourceClaim } from '../../../api/groups/resource.v1.ts';
import type { Devices } from '../../devices.ts';
import type { NodeTable } from '../../node-table.ts';
import { amounts, type Amounts } from '../../pod-requests.ts';
import { isScalarResource } from '../../resource-scoring.ts';

/** No name that a claim could have. */
const inMemoryName = '<extended-resources>';
const annotation = 'resource.kubernetes.io/extended-resource-claim';

/** Which request serves a container's resource; as the pod's status tells the node. */
export interface RequestMapping {
  readonly containerName: string;
  readonly resourceName: string;
  readonly requestName: string;
}

/** The resources among a pod's requests that devices can serve. */
export function servedByDevices(requests: Amounts, devices: Devices): readonly string[] {
  return [...requests.keys()].filter((name) => isScalarResource(name) && devices.classOf(name) !== undefined);
}

/** Those of which the node itself has none. */
export function neededOn(row: number, names: readonly string[], table: NodeTable): readonly string[] {
  return names.filter((name) => (table.resource(name).allocatable[row] ?? 0) === 0);
}

export function isExtendedClaim({ metadata }: ResourceClaim): boolean {
  return metadata.name === inMemoryName;
}

/** What an earlier attempt left behind. */
export function staleClaim({ metadata }: Pod, devices: Devices): ResourceClaim | undefined {
  return devices
    .claims()
    .find(
      (claim) =>
        claim.metadata.annotations?.[annotation] === 'true' &&
        claim.metadata.namespace === metadata.namespace &&
        !isExtendedClaim(claim) &&
        (claim.metadata.ownerReferences ?? []).some(
          ({ controller, uid }) => controller === true && uid === metadata.uid,
        ),
    );
}

/** The claim for the resources. */
export function extendedClaim(pod: Pod, names: readonly string[], devices: Devices): ResourceClaim {
  const { name, namespace, uid } = pod.metadata;
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      name: inMemoryName,
      namespace,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: pod.metadata.creationTimestamp,
      annotations: { [annotation]: 'true' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true }],
    },
    spec: { devices: { requests: plan(pod, names, devices).requests } },
    status: {},
  };
}

/** As it is created: under a generated name. */
export function asCreated(claim: ResourceClaim, pod: Pod) {
  const { namespace, annotations, ownerReferences } = claim.metadata;
  const metadata = {
    generateName: `${pod.metadata.name}-extended-resources-`,
    namespace,
    annotations,
    ownerReferences,
  };
  return { apiVersion: claim.apiVersion, kind: claim.kind, metadata, spec: claim.spec, status: {} };
}

/** Of the requests of the pod's claim. */
export function requestMappings(pod: Pod, claim: ResourceClaim, devices: Devices): readonly RequestMapping[] {
  const asked = new Set((claim.spec.devices.requests ?? []).map(({ name }) => name));
  const names = servedByDevices(new Map(allContainers(pod).flatMap((each) => [...wantedBy(each)])), devices);
  return plan(pod, names, devices).mappings.filter(({ requestName }) => asked.has(requestName));
}

function plan(pod: Pod, names: readonly string[], devices: Devices) {
  const requests: DeviceRequest[] = [];
  const mappings: RequestMapping[] = [];
  const containers = allContainers(pod);
  const initCount = pod.spec.initContainers?.length ?? 0;
  const isShort = (at: number): boolean => at < initCount && containers[at]?.restartPolicy !== 'Always';
  const order = containers.map((_, at) => at).toSorted((a, b) => Number(isShort(a)) - Number(isShort(b)) || a - b);
  for (const resourceName of names.toSorted()) {
    const reusable: { readonly at: number; readonly name: string; readonly count: number }[] = [];
    for (const at of order) {
      const container = containers[at];
      let missing = (container === undefined ? undefined : wantedBy(container).get(resourceName)) ?? 0;
      if (container === undefined || missing === 0) continue;
      const map = (requestName: string): void => {
        mappings.push({ containerName: container.name, resourceName, requestName });
      };
      // What a sidecar that already runs holds is not free.
      const free = isShort(at) ? reusable.filter((other) => other.at > at || isShort(other.at)) : [];
      for (const { name, count } of free) {
        if (missing <= 0) break;
        missing -= count;
        map(name);
      }
      if (missing <= 0) continue;
      const place = Object.keys(container.resources.requests ?? {})
        .toSorted()
        .indexOf(resourceName);
      const name = `container-${at}-request-${place}`;
      const deviceClassName = devices.classOf(resourceName)?.metadata.name ?? '';
      requests.push({ name, exactly: { deviceClassName, allocationMode: 'ExactCount', count: missing } });
      reusable.push({ at, name, count: missing });
      map(name);
    }
  }
  return { requests, mappings };
}

function allContainers({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

function wantedBy({ resources }: Container): Amounts {
  return amounts(resources.requests);
}
