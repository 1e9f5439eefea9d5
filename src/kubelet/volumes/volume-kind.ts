/** What each kind of volume implements, and what it may use. */
import type {
  ConfigMap,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
  ServiceAccountTokenProjection,
  Volume,
} from '../../api/groups/core.v1.ts';
import type { FieldFacts } from '../containers/field-value.ts';
import type { NodePaths } from '../paths.ts';
import type { Mounts } from './mounts.ts';

export interface VolumeContext {
  readonly pod: Pod;
  readonly paths: NodePaths;
  readonly facts: FieldFacts;
  readonly objects: PodObjects;
  readonly mounts: Mounts;
  /** Paths of the pod's claimed volumes that are up, by volume name. */
  readonly claimed: Map<string, string>;
  readonly nowMs: number;
}

/** Objects that the pod refers to; changes of the first two wake it. */
export interface PodObjects {
  configMap(name: string): Promise<ConfigMap | undefined>;
  secret(name: string): Promise<Secret | undefined>;
  claim(name: string): Promise<PersistentVolumeClaim | undefined>;
  persistentVolume(name: string): Promise<PersistentVolume | undefined>;
  /** A token for the pod's service account, renewed well before it expires. */
  token(projection: ServiceAccountTokenProjection): Promise<string>;
}

export interface VolumeKind {
  /** Brings the volume up, or up to date, and answers its path on this machine. What it throws is shown to the user. */
  setUp(volume: Volume, context: VolumeContext): Promise<string>;
}

/** Group that owns the files of the pod's volumes. */
export function volumeGroup({ pod, mounts }: VolumeContext): number | undefined {
  return mounts.canOwn ? pod.spec.securityContext?.fsGroup : undefined;
}
