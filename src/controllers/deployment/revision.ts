/**
 * Revisions: each ReplicaSet carries the number of the rollout that it was last current in, and the numbers before; kubectl's
 * rollout history and undo read them. Beside them stand the sizes that proportional scaling compares.
 */
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import { maxSurge, wantedReplicas } from './strategy.ts';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const rollbackAnnotation = 'deprecated.deployment.rollback.to';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** About a hundred revisions. */
const historyMaxLength = 2000;

const ownAnnotations = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  rollbackAnnotation,
]);

type Annotations = Readonly<Record<string, string>>;

/** Revisions may be as large as 64 bits hold. */
export function revisionOf({ metadata }: ReplicaSet | Deployment): bigint {
  return readRevision(metadata.annotations?.[revisionAnnotation]);
}

function readRevision(text = ''): bigint {
  return /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
}

/** What Deployment and ReplicaSet have in common. */
export function copiedAnnotations(annotations: Annotations | undefined): Annotations {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !ownAnnotations.has(key)));
}

/** What each of them has of its own. */
export function keptAnnotations(annotations: Annotations): Annotations {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => ownAnnotations.has(key)));
}

/** The number that the current ReplicaSet must at least have. */
export function nextRevision(old: readonly ReplicaSet[]): bigint {
  const revisions = old.map(revisionOf);
  return revisions.reduce((highest, one) => (one > highest ? one : highest), 0n) + 1n;
}

/** The current ReplicaSet's annotations: the Deployment's own, and a revision above all others'. */
export function currentAnnotations(deployment: Deployment, before: Annotations, revision: bigint): Annotations {
  const annotations: Record<string, string> = { ...before, ...copiedAnnotations(deployment.metadata.annotations) };
  const previous = before[revisionAnnotation];
  if (previous !== undefined && readRevision(previous) >= revision) return annotations;
  annotations[revisionAnnotation] = String(revision);
  if (previous !== undefined) annotations[historyAnnotation] = extendHistory(before[historyAnnotation], previous);
  return annotations;
}

export function withSizeAnnotations(deployment: Deployment, annotations: Annotations): Annotations {
  const desired = wantedReplicas(deployment);
  return {
    ...annotations,
    [desiredAnnotation]: String(desired),
    [maxAnnotation]: String(desired + maxSurge(deployment)),
  };
}

/** What the Deployment wanted when it last sized this ReplicaSet. */
export const desiredWhenSized = (replicaSet: ReplicaSet): number | undefined => numberIn(replicaSet, desiredAnnotation);

/** The largest number of replicas the Deployment allowed then, over all its ReplicaSets. */
export const maxWhenSized = (replicaSet: ReplicaSet): number | undefined => numberIn(replicaSet, maxAnnotation);

function numberIn({ metadata }: ReplicaSet, annotation: string): number | undefined {
  const text = metadata.annotations?.[annotation] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function extendHistory(history: string | undefined, revision: string): string {
  const revisions = (history ?? '').split(',').filter((one) => one !== '');
  revisions.push(revision);
  while (revisions.join(',').length > historyMaxLength) revisions.shift();
  return revisions.join(',');
}
