/**
 * Which volumes are to be attached to a node. Attaching itself is done by the attacher of a CSI driver, who watches for
 * VolumeAttachments; only volumes of such drivers are attached at all.
 *
 *   pods on the node ──▶ wanted ─┬─▶ attachment made ──▶ attacher ──▶ attached ──▶ node.status.volumesAttached
 *                                └─▶ (attached elsewhere, and serves one node only: told, and tried again)
 *   nobody wants it ──▶ no longer mounted, or the node is beyond hope ──▶ off the node's list ──▶ attachment deleted
 */
import { createHash } from 'node:crypto';
import type { AttachedVolume, Node, PersistentVolume, Pod } from '../../api/groups/core.v1.ts';
import type { VolumeAttachment } from '../../api/groups/storage.v1.ts';
import { findCondition } from '../condition.ts';
import { podText } from './messages.ts';

export interface WantedVolume {
  readonly volume: PersistentVolume;
  /** Pods of the node that use it. */
  readonly pods: readonly Pod[];
}

export interface Observed {
  readonly nodeName: string;
  /** Undefined: it is gone. */
  readonly node: Node | undefined;
  readonly wanted: readonly WantedVolume[];
  /** To this node, made by this controller. */
  readonly attachments: readonly VolumeAttachment[];
  /** To other nodes. */
  elsewhere(volumeName: string): readonly { readonly nodeName: string; readonly pods: readonly Pod[] }[];
  volume(name: string): PersistentVolume | undefined;
  /** Since when nobody has wanted what is attached. */
  idleSinceMs(attachment: string): number;
  readonly nowMs: number;
}

export interface AttachPlan {
  readonly attach: readonly WantedVolume[];
  readonly detach: readonly VolumeAttachment[];
  /** For each pod that waits for a volume that another node has. */
  readonly blocked: readonly { readonly pod: Pod; readonly message: string }[];
  /** Attached and wanted: what the node may mount. */
  readonly attached: readonly AttachedVolume[];
  /** When to look again, if nothing happens. */
  readonly lookAgainMs: number | undefined;
}

/** A node that does not answer keeps its volumes this long, in case it only cannot be reached. */
const longestUnmountMs = 6 * 60_000;
const outOfService = 'node.kubernetes.io/out-of-service';

export function planAttachments(observed: Observed): AttachPlan {
  const { nodeName, wanted, attachments } = observed;
  const byName = new Map(attachments.map((one) => [one.metadata.name, one]));
  const wantedNames = new Set(wanted.map(({ volume }) => attachmentName(volume, nodeName)));
  const attach: WantedVolume[] = [];
  const blocked: { pod: Pod; message: string }[] = [];
  for (const one of wanted) {
    if (byName.has(attachmentName(one.volume, nodeName))) continue;
    const holders = servesManyNodes(one.volume) ? [] : observed.elsewhere(one.volume.metadata.name);
    if (holders.length === 0) attach.push(one);
    else blocked.push(...one.pods.map((pod) => ({ pod, message: podText(one.volume, pod, holders) })));
  }
  const idle = attachments.filter(({ metadata }) => !wantedNames.has(metadata.name));
  const standing = idle.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const waits = standing.map((one) => ({ one, untilMs: heldUntilMs(one, observed) }));
  const held = waits.filter(({ untilMs }) => untilMs > observed.nowMs);
  const untilMs = Math.min(...held.map((wait) => wait.untilMs));
  return {
    attach,
    detach: waits.filter(({ untilMs: at }) => at <= observed.nowMs).map(({ one }) => one),
    blocked,
    attached: attachments
      .filter((one) => isAttached(one) && (wantedNames.has(one.metadata.name) || held.some((wait) => wait.one === one)))
      .flatMap((one) => {
        const volume = observed.volume(one.spec.source.persistentVolumeName ?? '');
        return volume?.spec.csi === undefined ? [] : [{ name: uniqueName(volume), devicePath: '' }];
      })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    lookAgainMs: Number.isFinite(untilMs) ? untilMs - observed.nowMs : undefined,
  };
}

/** The name by which driver, node and controller find the attachment of a volume to a node. */
export function attachmentName({ spec }: PersistentVolume, nodeName: string): string {
  const { volumeHandle = '', driver = '' } = spec.csi ?? {};
  return `csi-${createHash('sha256').update(`${volumeHandle}${driver}${nodeName}`).digest('hex')}`;
}

/** As a node's status calls the volume. */
export function uniqueName({ spec }: PersistentVolume): string {
  return `kubernetes.io/csi/${spec.csi?.driver ?? ''}^${spec.csi?.volumeHandle ?? ''}`;
}

/** Attachments that users and others make are none of this controller's business. */
export function isOurs({ metadata, spec }: VolumeAttachment): boolean {
  return /^csi-[0-9a-f]{64}$/.test(metadata.name) && spec.source.persistentVolumeName !== undefined;
}

export function isAttached({ metadata, status }: VolumeAttachment): boolean {
  return status?.attached === true && metadata.deletionTimestamp === undefined;
}

function servesManyNodes({ spec }: PersistentVolume): boolean {
  const modes = spec.accessModes ?? [];
  return modes.length === 0 || modes.includes('ReadWriteMany') || modes.includes('ReadOnlyMany');
}

/** Until when a volume that nobody wants stays: as long as the node has it mounted, for ever unless the node is ill. */
function heldUntilMs({ metadata, spec }: VolumeAttachment, observed: Observed): number {
  const { node, volume, idleSinceMs } = observed;
  if (node === undefined || isOutOfService(node)) return -Infinity;
  const persistentVolume = volume(spec.source.persistentVolumeName ?? '');
  const inUse = persistentVolume !== undefined && node.status.volumesInUse?.includes(uniqueName(persistentVolume));
  if (inUse !== true) return -Infinity;
  const ready = findCondition(node.status.conditions, 'Ready')?.status === 'True';
  return ready ? Infinity : idleSinceMs(metadata.name) + longestUnmountMs;
}

function isOutOfService({ spec }: Node): boolean {
  return (spec.taints ?? []).some(({ key }) => key === outOfService);
}
