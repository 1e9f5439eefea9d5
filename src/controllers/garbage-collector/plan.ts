/**
 * What becomes of one object, given the state of its owners:
 *
 *   an owner lives                  the object stays; references to owners that are gone, or going with theirs, are taken off
 *   all owners are gone             it is deleted, in the way that its own finalizers ask for
 *   one goes with its dependents    it is deleted before that one may go
 *
 * and of one that is being deleted itself: in the foreground it goes after those dependents that block it; orphaning, after
 * its dependents have forgotten it.
 */
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import { deletesDependents, foregroundFinalizer, orphanFinalizer, orphansDependents, type GraphNode } from './graph.ts';

export type OwnerState =
  | 'alive'
  | 'gone'
  /** Being deleted in the foreground: waits for its dependents. */
  | 'waiting';

export interface Observed {
  /** As the server has it now. */
  readonly object: GraphNode;
  readonly owners: readonly { readonly reference: OwnerReference; readonly state: OwnerState }[];
  readonly dependents: readonly GraphNode[];
}

export type Policy = 'Background' | 'Foreground' | 'Orphan';

export type Action =
  | { readonly type: 'delete'; readonly policy: Policy }
  /** Takes references to these owners off the object. */
  | { readonly type: 'disown'; readonly uids: readonly string[] }
  /** Lets an owner go that waits for this object, though this object cannot go before it. */
  | { readonly type: 'unblock' }
  /** Takes references to the object off its dependents. */
  | { readonly type: 'orphan'; readonly dependents: readonly GraphNode[] }
  | { readonly type: 'finalize'; readonly finalizer: string }
  /** Looks at these too. */
  | { readonly type: 'visit'; readonly uids: readonly string[] };

export function planObject(observed: Observed): readonly Action[] {
  const { object, dependents } = observed;
  if (orphansDependents(object)) {
    return [
      { type: 'orphan', dependents },
      { type: 'finalize', finalizer: orphanFinalizer },
    ];
  }
  if (deletesDependents(object)) return planForeground(object, dependents);
  return object.deleting ? [] : planByOwners(observed);
}

function planForeground(object: GraphNode, dependents: readonly GraphNode[]): readonly Action[] {
  const blocking = dependents.filter(({ owners }) =>
    owners.some(({ uid, blockOwnerDeletion }) => uid === object.uid && blockOwnerDeletion === true),
  );
  if (blocking.length === 0) return [{ type: 'finalize', finalizer: foregroundFinalizer }];
  return [{ type: 'visit', uids: blocking.filter(({ deleting }) => !deleting).map(({ uid }) => uid) }];
}

function planByOwners({ object, owners, dependents }: Observed): readonly Action[] {
  if (owners.length === 0) return [];
  const dead = owners.filter(({ state }) => state !== 'alive');
  if (dead.length === 0) return [];
  if (dead.length < owners.length) return [{ type: 'disown', uids: dead.map(({ reference }) => reference.uid) }];
  if (dead.some(({ state }) => state === 'waiting') && dependents.length > 0) {
    // A dependent that goes in the foreground too may close a circle in which everyone waits for everyone.
    const circular = dependents.some(deletesDependents);
    return [...(circular ? [{ type: 'unblock' } as const] : []), { type: 'delete', policy: 'Foreground' }];
  }
  return [{ type: 'delete', policy: policyOf(object.finalizers) }];
}

function policyOf(finalizers: readonly string[]): Policy {
  if (finalizers.includes(orphanFinalizer)) return 'Orphan';
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
}
