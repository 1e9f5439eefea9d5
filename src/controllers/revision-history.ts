/**
 * The templates that a DaemonSet or StatefulSet had, as ControllerRevisions: pods carry the name of theirs, and kubectl's
 * rollout history and undo read them.
 */
import type { ControllerRevision } from '../api/groups/apps.v1.ts';
import type { PodTemplateSpec } from '../api/groups/core.v1.ts';
import type { OwnerReference } from '../api/groups/meta.v1.ts';
import type { JsonObject } from '../api/schema.ts';
import { canonical, templateHash } from './template-hash.ts';

export const revisionLabel = 'controller-revision-hash';

export interface RevisionOwner {
  readonly name: string;
  readonly namespace: string;
  readonly template: PodTemplateSpec;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly reference: OwnerReference;
  readonly collisionCount: number | undefined;
}

export interface NewRevision {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly OwnerReference[];
  };
  readonly data: JsonObject;
  readonly revision: number;
}

/** The revision of the template as it is now: there already, there but to be renumbered as the latest, or to be made. */
export type CurrentRevision =
  | { readonly type: 'exists'; readonly revision: ControllerRevision }
  | { readonly type: 'renumber'; readonly revision: ControllerRevision }
  | { readonly type: 'create'; readonly revision: NewRevision };

export function planRevision(owner: RevisionOwner, revisions: readonly ControllerRevision[]): CurrentRevision {
  const data = revisionData(owner.template);
  const latest = revisions.reduce((highest, { revision }) => Math.max(highest, revision), 0);
  const equal = revisions
    .filter((one) => canonical(one.data) === canonical(data))
    .toSorted((a, b) => a.revision - b.revision)
    .at(-1);
  if (equal?.revision === latest) return { type: 'exists', revision: equal };
  if (equal !== undefined) return { type: 'renumber', revision: { ...equal, revision: latest + 1 } };
  const hash = templateHash(owner.template, owner.collisionCount);
  const { name, namespace, reference, template } = owner;
  const labels = { ...template.metadata.labels, [revisionLabel]: hash };
  const metadata = {
    name: `${name}-${hash}`,
    namespace,
    labels,
    annotations: { ...owner.annotations },
    ownerReferences: [reference],
  };
  return { type: 'create', revision: { metadata, data, revision: latest + 1 } };
}

/** What kubectl applies to go back: the whole template. */
function revisionData(template: PodTemplateSpec): JsonObject {
  return { spec: { template: { ...(template as unknown as JsonObject), $patch: 'replace' } } };
}

/** History beyond the limit that no pod has any more, the oldest first. */
export function planTruncation(
  revisions: readonly ControllerRevision[],
  isLive: (revision: ControllerRevision) => boolean,
  limit: number | undefined,
): readonly ControllerRevision[] {
  const old = revisions.filter((one) => !isLive(one)).toSorted((a, b) => a.revision - b.revision);
  return old.slice(0, Math.max(0, old.length - (limit ?? 10)));
}

export const hashOf = ({ metadata }: ControllerRevision): string => metadata.labels?.[revisionLabel] ?? '';
