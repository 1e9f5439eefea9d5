/**
 * Fields of features that are off by default in this version: what clients say of them is not kept, unless the object
 * has had them already. Dropped before an object is checked; its managed fields have named them by then.
 */
import type { Draft } from '../../descriptor.ts';
import type { PodSpec, PodStatus, PodTemplateSpec, VolumeProjection } from '../../groups/core.v1.ts';
import { containersInOrder } from './containers-in-order.ts';

const projections = ['clusterTrustBundle', 'podCertificate'] as const;
const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

/** `old`: the spec before an update. */
export function dropClosedFields(spec: Draft<PodSpec>, old?: PodSpec): void {
  if (old?.schedulingGroup == null) delete spec.schedulingGroup;
  for (const name of projections) {
    if (old !== undefined && sourcesOf(old).some((source) => source[name] != null)) continue;
    for (const source of sourcesOf(spec as PodSpec)) delete (source as Draft<VolumeProjection>)[name];
  }
  if (old === undefined || !stopsBySignal(old)) dropStopSignals(spec);
}

/** The same for a template, where there is one. */
export function dropClosedTemplate(
  template: Draft<PodTemplateSpec> | null | undefined,
  old?: PodTemplateSpec | null,
): void {
  if (template?.spec != null) dropClosedFields(template.spec, old?.spec);
}

export function dropClosedStatus(status: Draft<PodStatus>, old: PodStatus): void {
  if ((old.nodeAllocatableResourceClaimStatuses ?? []).length === 0) delete status.nodeAllocatableResourceClaimStatuses;
  if (mountsOf(old).some(({ volumeStatus }) => volumeStatus != null)) return;
  for (const mount of mountsOf(status)) delete mount.volumeStatus;
}

function sourcesOf(spec: PodSpec): readonly VolumeProjection[] {
  return (spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
}

function stopsBySignal(spec: PodSpec): boolean {
  return containersInOrder(spec).some(({ container }) => container.lifecycle?.stopSignal != null);
}

/** A life that says nothing else is none. */
function dropStopSignals(spec: Draft<PodSpec>): void {
  for (const { container } of containersInOrder(spec as PodSpec)) {
    const draft = container as Draft<typeof container>;
    if (draft.lifecycle?.stopSignal == null) continue;
    delete draft.lifecycle.stopSignal;
    if (Object.keys(draft.lifecycle).length === 0) delete draft.lifecycle;
  }
}

interface Mount {
  volumeStatus?: unknown;
}

function mountsOf(status: PodStatus | Draft<PodStatus>): readonly Mount[] {
  return statusLists.flatMap((list) => (status[list] ?? []).flatMap(({ volumeMounts }) => volumeMounts ?? []));
}
