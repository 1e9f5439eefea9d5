/** What the sources of volumes get when nobody says otherwise, in pods and in persistent volumes. */
import type { Draft } from '../../descriptor.ts';
import type { ProjectedVolumeSource, DownwardAPIVolumeFile, Volume } from '../../groups/core.v1.ts';
import { claimSpecDefaults } from '../storage/persistent-volume-claim.ts';
import { isLatest } from './image-reference.ts';

/** Some fields of these are only in the one or the other. */
interface SharedSources {
  iscsi?: { iscsiInterface?: string | undefined } | undefined;
  rbd?: { pool?: string | undefined; user?: string | undefined; keyring?: string | undefined } | undefined;
  scaleIO?: { storageMode?: string | undefined; fsType?: string | undefined } | undefined;
}

const fileMode = 0o644;
const hourSeconds = 3600;

export function volumeDefaults(volume: Draft<Volume>): void {
  if (!hasSource(volume)) volume.emptyDir = {};
  volumeSourceDefaults(volume);
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source != null) source.defaultMode ??= fileMode;
  }
  fieldRefDefaults(volume.downwardAPI?.items ?? []);
  if (volume.projected != null) projectedDefaults(volume.projected);
  const template = volume.ephemeral?.volumeClaimTemplate;
  if (template != null) claimSpecDefaults(template.spec);
  if (volume.image != null && !volume.image.pullPolicy) {
    volume.image.pullPolicy = isLatest(volume.image.reference ?? '') ? 'Always' : 'IfNotPresent';
  }
}

/** Sources that pods and persistent volumes share. */
export function volumeSourceDefaults(source: Draft<Pick<Volume, 'hostPath' | 'azureDisk'>> & SharedSources): void {
  if (source.hostPath != null) source.hostPath.type ??= '';
  if (source.iscsi != null && !source.iscsi.iscsiInterface) source.iscsi.iscsiInterface = 'default';
  if (source.rbd != null) {
    if (!source.rbd.pool) source.rbd.pool = 'rbd';
    if (!source.rbd.user) source.rbd.user = 'admin';
    if (!source.rbd.keyring) source.rbd.keyring = '/etc/ceph/keyring';
  }
  if (source.scaleIO != null) {
    if (!source.scaleIO.storageMode) source.scaleIO.storageMode = 'ThinProvisioned';
    if (!source.scaleIO.fsType) source.scaleIO.fsType = 'xfs';
  }
  if (source.azureDisk != null) {
    source.azureDisk.cachingMode ??= 'ReadWrite';
    source.azureDisk.kind ??= 'Shared';
    source.azureDisk.fsType ??= 'ext4';
    source.azureDisk.readOnly ??= false;
  }
}

function projectedDefaults(projected: Draft<ProjectedVolumeSource>): void {
  for (const source of projected.sources ?? []) {
    fieldRefDefaults(source.downwardAPI?.items ?? []);
    if (source.serviceAccountToken != null) source.serviceAccountToken.expirationSeconds ??= hourSeconds;
  }
}

function fieldRefDefaults(items: Draft<readonly DownwardAPIVolumeFile[]>): void {
  for (const { fieldRef } of items) if (fieldRef != null && !fieldRef.apiVersion) fieldRef.apiVersion = 'v1';
}

function hasSource(volume: Draft<Volume>): boolean {
  return Object.entries(volume).some(([name, value]) => name !== 'name' && value !== undefined && value !== null);
}
