/** Makes and keeps the ControllerRevisions of an owner. */
import { isApiError } from '../api/api-error.ts';
import type { ControllerRevision } from '../api/groups/apps.v1.ts';
import { ControllerRevisions } from '../api/resources.ts';
import type { Run } from './controller.ts';
import { planRevision, type RevisionOwner } from './revision-history.ts';
import { canonical } from './template-hash.ts';

/** The revision of the owner's template, or `collision` when its name is another's: then the next hash must differ. */
export async function ensureRevision(
  { client }: Run,
  owner: RevisionOwner,
  revisions: readonly ControllerRevision[],
): Promise<ControllerRevision | 'collision'> {
  const plan = planRevision(owner, revisions);
  if (plan.type === 'exists') return plan.revision;
  if (plan.type === 'renumber') return client.update(ControllerRevisions, plan.revision);
  try {
    return await client.create(ControllerRevisions, plan.revision);
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
    const existing = await client.get(ControllerRevisions, plan.revision.metadata);
    return canonical(existing.data) === canonical(plan.revision.data) ? existing : 'collision';
  }
}

export async function removeRevisions({ client }: Run, revisions: readonly ControllerRevision[]): Promise<void> {
  for (const { metadata } of revisions) {
    try {
      await client.delete(ControllerRevisions, metadata, { uid: metadata.uid });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
