/**
 * Going back on request: an annotation names the revision whose template is wanted again, 0 the one before the current.
 * Clients of old ask so; `kubectl rollout undo` changes the template by itself.
 */
import type { Deployment, ReplicaSet } from '../../api/groups/apps.v1.ts';
import type { EventNote } from '../controller.ts';
import { equalTemplates, withoutHash } from './replica-sets.ts';
import { copiedAnnotations, keptAnnotations, revisionOf, rollbackAnnotation } from './revision.ts';

export interface Rollback {
  /** Without the request. */
  readonly deployment: Deployment;
  readonly note: EventNote;
}

/** Undefined: nobody asks for it. */
export function planRollback(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Rollback | undefined {
  const asked = deployment.metadata.annotations?.[rollbackAnnotation] ?? '';
  if (!/^[+-]?\d{1,18}$/.test(asked) || deployment.spec.paused === true) return undefined;
  const { [rollbackAnnotation]: _, ...annotations } = deployment.metadata.annotations ?? {};
  const current = { ...deployment, metadata: { ...deployment.metadata, annotations } };
  const refuse = (reason: string, message: string): Rollback => ({
    deployment: current,
    note: { type: 'Warning', reason: `DeploymentRollback${reason}`, message },
  });
  const revision = BigInt(asked) === 0n ? lastRevision(replicaSets) : BigInt(asked);
  if (revision === 0n) return refuse('RevisionNotFound', 'Unable to find last revision.');
  const wanted = replicaSets.find((one) => revisionOf(one) === revision);
  if (wanted === undefined) return refuse('RevisionNotFound', 'Unable to find the revision to rollback to.');
  const { name } = deployment.metadata;
  if (equalTemplates(wanted.spec.template, deployment.spec.template)) {
    const message = `The rollback revision contains the same template as current deployment "${name}"`;
    return refuse('TemplateUnchanged', message);
  }
  return {
    deployment: {
      ...current,
      metadata: {
        ...current.metadata,
        annotations: { ...keptAnnotations(annotations), ...copiedAnnotations(wanted.metadata.annotations) },
      },
      spec: { ...current.spec, template: withoutHash(wanted.spec.template) },
    },
    note: {
      type: 'Normal',
      reason: 'DeploymentRollback',
      message: `Rolled back deployment "${name}" to revision ${revision}`,
    },
  };
}

/** The highest but one. */
function lastRevision(replicaSets: readonly ReplicaSet[]): bigint {
  const [, last = 0n] = replicaSets.map(revisionOf).toSorted((a, b) => (a < b ? 1 : -1));
  return last;
}
