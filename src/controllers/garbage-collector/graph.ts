/**
 * Who owns whom, by uid, over all resources:
 *
 *   Deployment ◀── ReplicaSet ◀── Pod         an arrow: an owner reference
 *
 * An owner may be named that is not in the graph: not yet seen, or gone. The graph only remembers; what is to be done about
 * an object is decided elsewhere (plan.ts), after asking the server.
 */
import type { OwnerReference } from '../../api/groups/meta.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { splitApiVersion } from '../../api/message.ts';
import type { AnyResource } from '../../api/resource.ts';

export interface GraphNode {
  readonly resource: AnyResource;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
}

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

export function nodeOf(resource: AnyResource, { metadata }: KubeObject): GraphNode {
  return {
    resource,
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    owners: metadata.ownerReferences ?? [],
    deleting: metadata.deletionTimestamp !== undefined,
    finalizers: metadata.finalizers ?? [],
  };
}

/** Deleted in the foreground: it goes after its dependents. */
export const deletesDependents = ({ deleting, finalizers }: GraphNode): boolean =>
  deleting && finalizers.includes(foregroundFinalizer);

export const orphansDependents = ({ deleting, finalizers }: GraphNode): boolean =>
  deleting && finalizers.includes(orphanFinalizer);

export class Graph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  dependentsOf(uid: string): readonly GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((each) => this.#nodes.get(each) ?? []);
  }

  /** Answers what stood there before. */
  set(node: GraphNode): GraphNode | undefined {
    const before = this.#nodes.get(node.uid);
    if (before !== undefined) this.#unlink(before);
    this.#nodes.set(node.uid, node);
    for (const { uid } of node.owners) {
      const dependents = this.#dependents.get(uid) ?? new Set();
      this.#dependents.set(uid, dependents.add(node.uid));
    }
    return before;
  }

  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    this.#unlink(node);
    this.#nodes.delete(uid);
  }

  #unlink({ uid, owners }: GraphNode): void {
    for (const owner of owners) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }
}

/** The reference means this object: a uid alone may have been copied from an object of another kind or namespace. */
export function isMeant(owner: GraphNode, { kind, name, apiVersion }: OwnerReference, dependent: GraphNode): boolean {
  const sameKind = owner.resource.kind.kind === kind && owner.resource.group === splitApiVersion(apiVersion).group;
  return sameKind && owner.name === name && (owner.namespace === undefined || owner.namespace === dependent.namespace);
}

/** The uids that must be looked at because one object is now as it is. */
export function concerned(graph: Graph, before: GraphNode | undefined, now: GraphNode): readonly string[] {
  const uids = new Set<string>();
  if (deletesDependents(now) || orphansDependents(now)) {
    uids.add(now.uid);
    if (before === undefined || !before.deleting) for (const { uid } of graph.dependentsOf(now.uid)) uids.add(uid);
  }
  for (const reference of now.owners) {
    const owner = graph.get(reference.uid);
    if (owner === undefined || owner.deleting || !isMeant(owner, reference, now)) uids.add(now.uid);
  }
  for (const { uid, blockOwnerDeletion } of before?.owners ?? []) {
    if (blockOwnerDeletion !== true) continue;
    const stillBlocks = now.owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true);
    if (!stillBlocks) uids.add(uid);
  }
  return [...uids];
}

/** The uids that must be looked at because one object is gone: what it owned, and owners that waited for it. */
export function concernedByLoss(graph: Graph, gone: GraphNode): readonly string[] {
  const waiting = gone.owners.map(({ uid }) => graph.get(uid)).filter((owner) => owner?.deleting === true);
  return [...graph.dependentsOf(gone.uid), ...waiting].flatMap((node) => (node === undefined ? [] : [node.uid]));
}
