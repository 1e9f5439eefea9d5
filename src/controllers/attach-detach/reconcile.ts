/** Makes and deletes VolumeAttachments, and says in each node's status what is attached. The key is a node's name. */
import { isApiError } from '../../api/api-error.ts';
import type { AttachedVolume, Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import type { CSIDriver, VolumeAttachment } from '../../api/groups/storage.v1.ts';
import {
  CSIDrivers,
  Nodes,
  PersistentVolumeClaims,
  PersistentVolumes,
  Pods,
  VolumeAttachments,
} from '../../api/resources.ts';
import { objectKey, type Change, type Informer } from '../../client/informer.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import { findCondition } from '../condition.ts';
import type { Controller, Run } from '../controller.ts';
import { isPodFinished } from '../pod-state.ts';
import { indexByNode, podsOnNode } from '../pods-on-node.ts';
import { same } from '../same.ts';
import { claimNames } from '../storage-protection/plan.ts';
import { attachmentName, isAttached, isOurs, planAttachments, uniqueName, type WantedVolume } from './plan.ts';

interface Copies {
  readonly pods: Informer<Pod>;
  readonly nodes: Informer<Node>;
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly attachments: Informer<VolumeAttachment>;
  readonly drivers: Informer<CSIDriver>;
  /** Since when nobody has wanted an attachment, by its name. */
  readonly idle: Map<string, number>;
  /** Errors of attachers that pods were told of, by attachment. */
  readonly told: Map<string, string>;
}

const managed = 'volumes.kubernetes.io/controller-managed-attach-detach';
const blockedMs = 15_000;
const byClaim = 'claim';
const byNode = 'node';
const byVolume = 'volume';

export const attachDetachController: Controller = {
  name: 'persistentvolume-attach-detach-controller',
  eventSource: 'attachdetach-controller',
  alias: 'attachdetach',
  start({ informer, enqueue }) {
    const copies: Copies = {
      pods: informer(Pods),
      nodes: informer(Nodes),
      claims: informer(PersistentVolumeClaims),
      volumes: informer(PersistentVolumes),
      attachments: informer(VolumeAttachments),
      drivers: informer(CSIDrivers),
      idle: new Map(),
      told: new Map(),
    };
    follow(copies, enqueue);
    return (nodeName, run) => reconcile(copies, nodeName, run);
  },
};

function follow(copies: Copies, enqueue: (key: string) => void): void {
  const { pods, nodes, claims, volumes, attachments, idle, told } = copies;
  indexByNode(pods);
  const claimKeys = (pod: Pod) => claimNames(pod).map((name) => `${pod.metadata.namespace}/${name}`);
  pods.addIndexes({ [byClaim]: claimKeys });
  attachments.addIndexes({
    [byNode]: ({ spec }) => [spec.nodeName],
    [byVolume]: ({ spec }) => [spec.source.persistentVolumeName ?? ''],
  });
  const enqueueUsers = (claim: string): void => {
    for (const { spec } of pods.byIndex(byClaim, claim)) if (spec.nodeName !== undefined) enqueue(spec.nodeName);
  };
  const usersOf = (volume: PersistentVolume | undefined): void => {
    if (volume?.spec.csi !== undefined) enqueueUsers(claimOf(volume));
  };
  pods.onChange(({ object }) => {
    const { nodeName = '' } = object.spec;
    if (nodeName !== '' && claimNames(object).length > 0) enqueue(nodeName);
  });
  claims.onChange(({ object }) => enqueueUsers(objectKey(object)));
  volumes.onChange(({ object }) => usersOf(object));
  attachments.onChange(({ type, object }) => {
    const { name } = object.metadata;
    enqueue(object.spec.nodeName);
    if (type !== 'deleted') return;
    idle.delete(name);
    told.delete(name);
    // Another node may wait for it.
    usersOf(volumes.get(undefined, object.spec.source.persistentVolumeName ?? ''));
  });
  nodes.onChange((change) => {
    if (concerns(change)) enqueue(change.object.metadata.name);
  });
}

/** Most changes of a node are signs of life. */
function concerns(change: Change<Node>): boolean {
  if (change.type !== 'updated') return true;
  const facts = ({ metadata, spec, status }: Node) => [
    metadata.annotations?.[managed],
    spec.taints,
    status.volumesInUse,
    status.volumesAttached,
    findCondition(status.conditions, 'Ready')?.status,
  ];
  return !same(facts(change.object), facts(change.previous));
}

async function reconcile(copies: Copies, nodeName: string, run: Run): Promise<WorkResult> {
  const { nodes, volumes, attachments, idle } = copies;
  const node = nodes.get(undefined, nodeName);
  if (node !== undefined && node.metadata.annotations?.[managed] !== 'true') return undefined;
  const wanted = wantedVolumes(copies, nodeName);
  const own = attachments.byIndex(byNode, nodeName).filter(isOurs);
  const wantedNames = new Set(wanted.map(({ volume }) => attachmentName(volume, nodeName)));
  for (const { metadata } of own) {
    if (wantedNames.has(metadata.name)) idle.delete(metadata.name);
    else if (!idle.has(metadata.name)) idle.set(metadata.name, run.nowMs);
  }
  const plan = planAttachments({
    nodeName,
    node,
    wanted,
    attachments: own,
    elsewhere: (name) => holdersOf(copies, name, nodeName),
    volume: (name) => volumes.get(undefined, name),
    idleSinceMs: (name) => idle.get(name) ?? run.nowMs,
    nowMs: run.nowMs,
  });
  for (const one of plan.attach) await attach(run, one.volume, nodeName);
  for (const { pod, message } of plan.blocked) {
    run.note(pod, { type: 'Warning', reason: 'FailedAttachVolume', message });
  }
  tell(copies, run, { node, wanted, attached: plan.attached });
  // A node that mounts must not do so while the volume is being taken away.
  if (node !== undefined) await report(run, node, plan.attached);
  for (const one of plan.detach) await detach(run, one);
  const waitMs = Math.min(plan.blocked.length > 0 ? blockedMs : Infinity, plan.lookAgainMs ?? Infinity);
  return waitMs === Infinity ? undefined : { afterMs: waitMs };
}

function wantedVolumes({ pods, claims, volumes, drivers }: Copies, nodeName: string): readonly WantedVolume[] {
  const wanted = new Map<string, { volume: PersistentVolume; pods: Pod[] }>();
  for (const pod of podsOnNode(pods, nodeName)) {
    if (isPodFinished(pod)) continue;
    for (const name of claimNames(pod)) {
      const claim = claims.get(pod.metadata.namespace, name);
      const volume = volumes.get(undefined, claim?.spec.volumeName ?? '');
      const { csi, claimRef } = volume?.spec ?? {};
      if (volume === undefined || csi === undefined || claimRef?.uid !== claim?.metadata.uid) continue;
      if (drivers.get(undefined, csi.driver)?.spec.attachRequired === false) continue;
      const known = wanted.get(volume.metadata.name) ?? { volume, pods: [] };
      wanted.set(volume.metadata.name, { volume, pods: [...known.pods, pod] });
    }
  }
  return [...wanted.values()];
}

/** The other nodes that a volume is attached to, with their pods that use it. */
function holdersOf({ attachments, pods, volumes }: Copies, volumeName: string, nodeName: string) {
  const volume = volumes.get(undefined, volumeName);
  const users = volume === undefined ? [] : pods.byIndex(byClaim, claimOf(volume)).filter((pod) => !isPodFinished(pod));
  return attachments
    .byIndex(byVolume, volumeName)
    .filter((one) => isOurs(one) && one.spec.nodeName !== nodeName)
    .map(({ spec }) => ({
      nodeName: spec.nodeName,
      pods: users.filter((pod) => pod.spec.nodeName === spec.nodeName),
    }));
}

async function attach({ client }: Run, volume: PersistentVolume, nodeName: string): Promise<void> {
  try {
    await client.create(VolumeAttachments, {
      metadata: { name: attachmentName(volume, nodeName) },
      spec: {
        attacher: volume.spec.csi?.driver ?? '',
        nodeName,
        source: { persistentVolumeName: volume.metadata.name },
      },
    });
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}

async function detach({ client }: Run, { metadata }: VolumeAttachment): Promise<void> {
  try {
    await client.delete(VolumeAttachments, { name: metadata.name }, { uid: metadata.uid });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

interface News {
  readonly node: Node | undefined;
  readonly wanted: readonly WantedVolume[];
  readonly attached: readonly AttachedVolume[];
}

/** Tells pods what has become of their volumes, each thing once. */
function tell({ attachments, told }: Copies, run: Run, { node, wanted, attached }: News): void {
  const known = new Set(node?.status.volumesAttached?.map(({ name }) => name));
  for (const { volume, pods } of wanted) {
    const name = uniqueName(volume);
    const about = `for volume "${volume.metadata.name}" `;
    if (attached.some((one) => one.name === name) && !known.has(name)) {
      const message = `AttachVolume.Attach succeeded ${about}`;
      for (const pod of pods) run.note(pod, { type: 'Normal', reason: 'SuccessfulAttachVolume', message });
    }
    const attachment = attachments.get(undefined, attachmentName(volume, node?.metadata.name ?? ''));
    const error = attachment === undefined || isAttached(attachment) ? undefined : attachment.status?.attachError;
    if (attachment === undefined || error === undefined) continue;
    const key = `${error.time ?? ''} ${error.message ?? ''}`;
    if (told.get(attachment.metadata.name) === key) continue;
    told.set(attachment.metadata.name, key);
    const message = `AttachVolume.Attach failed ${about}: ${error.message ?? ''}`;
    for (const pod of pods) run.note(pod, { type: 'Warning', reason: 'FailedAttachVolume', message });
  }
}

async function report({ client }: Run, node: Node, volumesAttached: readonly AttachedVolume[]): Promise<void> {
  if (same(volumesAttached, node.status.volumesAttached)) return;
  const { name } = node.metadata;
  const value = { status: { volumesAttached: volumesAttached.length === 0 ? null : [...volumesAttached] } };
  await client.patch(Nodes, { name }, { type: 'merge', value }, { subresource: 'status' });
}

function claimOf({ spec: { claimRef } }: PersistentVolume): string {
  return `${claimRef?.namespace ?? ''}/${claimRef?.name ?? ''}`;
}
