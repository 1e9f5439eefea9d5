/**
 * What is told of a namespace while its content is being deleted, and when it may go. Its content counts as gone only when a
 * listing of every resource says so: what waits for finalizers or for containers to stop holds the namespace.
 */
import type { Namespace, NamespaceCondition } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import { formatTime } from '../../api/time.ts';
import { findCondition } from '../condition.ts';

export interface Remainder {
  readonly resource: AnyResource;
  readonly objects: readonly KubeObject[];
}

export interface Observed {
  readonly namespace: Namespace;
  readonly remaining: readonly Remainder[];
  /** Groups that could not be discovered. */
  readonly unavailable: readonly string[];
  /** Why deletions failed. */
  readonly failures: readonly string[];
  readonly nowMs: number;
}

/** What Kubernetes waits for objects with finalizers before it looks again. */
const finalizerEstimateMs = 15_000;

export function nothingRemains({ remaining, unavailable, failures }: Observed): boolean {
  return unavailable.length === 0 && failures.length === 0 && remaining.every(({ objects }) => objects.length === 0);
}

/** After half the estimated time: pods take as long as their grace period, other objects as their finalizers. */
export function lookAgainAfterMs({ remaining }: Observed): number {
  const objects = remaining.flatMap((one) => one.objects);
  const graces = objects.map(({ metadata }) => (metadata.deletionGracePeriodSeconds ?? 0) * 1000);
  const finalizing = objects.some(({ metadata }) => (metadata.finalizers ?? []).length > 0);
  const estimateMs = Math.max(finalizing ? finalizerEstimateMs : 0, ...graces);
  return Math.min(estimateMs / 2 + 1000, 20_000);
}

export function planNamespaceConditions(observed: Observed): readonly NamespaceCondition[] {
  const { namespace, nowMs } = observed;
  const time = formatTime(nowMs);
  return facts(observed).map(({ type, bad, ok }) => {
    const status = bad === undefined ? 'False' : 'True';
    const { reason, message } = bad ?? ok;
    const before = findCondition(namespace.status.conditions, type);
    const since = before?.status === status ? before.lastTransitionTime : time;
    return { type, status, lastTransitionTime: since, reason, message };
  });
}

interface Finding {
  readonly reason: string;
  readonly message: string;
}

interface Fact {
  readonly type: string;
  readonly bad: Finding | undefined;
  readonly ok: Finding;
}

function facts({ remaining, unavailable, failures }: Observed): readonly Fact[] {
  const counts = remaining
    .filter(({ objects }) => objects.length > 0)
    .map(({ resource, objects }) => `${resource.plural}.${resource.group} has ${objects.length} resource instances`)
    .toSorted();
  const finalizers = countFinalizers(remaining);
  const groups = `Discovery failed for some groups, ${unavailable.length} failing: unable to retrieve the complete list of server APIs: ${unavailable.join(', ')}`;
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      bad: unavailable.length === 0 ? undefined : { reason: 'DiscoveryFailed', message: groups },
      ok: { reason: 'ResourcesDiscovered', message: 'All resources successfully discovered' },
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      bad: undefined,
      ok: { reason: 'ParsedGroupVersions', message: 'All legacy kube types successfully parsed' },
    },
    {
      type: 'NamespaceDeletionContentFailure',
      bad: finding(
        failures,
        'ContentDeletionFailed',
        `Failed to delete all resource types, ${failures.length} remaining: `,
      ),
      ok: {
        reason: 'ContentDeleted',
        message: 'All content successfully deleted, may be waiting on finalization',
      },
    },
    {
      type: 'NamespaceContentRemaining',
      bad: finding(counts, 'SomeResourcesRemain', 'Some resources are remaining: '),
      ok: { reason: 'ContentRemoved', message: 'All content successfully removed' },
    },
    {
      type: 'NamespaceFinalizersRemaining',
      bad: finding(finalizers, 'SomeFinalizersRemain', 'Some content in the namespace has finalizers remaining: '),
      ok: { reason: 'ContentHasNoFinalizers', message: 'All content-preserving finalizers finished' },
    },
  ];
}

function countFinalizers(remaining: readonly Remainder[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { metadata } of remaining.flatMap(({ objects }) => objects)) {
    for (const finalizer of metadata.finalizers ?? []) counts.set(finalizer, (counts.get(finalizer) ?? 0) + 1);
  }
  return [...counts].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).toSorted();
}

function finding(list: readonly string[], reason: string, lead: string): Finding | undefined {
  return list.length === 0 ? undefined : { reason, message: lead + list.join(', ') };
}
