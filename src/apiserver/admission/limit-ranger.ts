/** LimitRanger: gives containers the default amounts of their namespace, and refuses what is outside its bounds. */
import type { Draft } from '../../api/descriptor.ts';
import type { Container, LimitRange, PersistentVolumeClaim, Pod } from '../../api/groups/core.v1.ts';
import { readAmounts } from './amounts.ts';
import { containerDemand, podDemand } from './pod-demand.ts';
import { PersistentVolumeClaims, Pods } from '../../api/resources.ts';
import { scopeOf, type Served } from '../registry/served.ts';
import type { AdmissionPlugin, Admitted } from './admission.ts';
import { claimLimitErrors, limitErrors } from './limits.ts';
import { objectOf, refusal } from './refusal.ts';

const annotation = 'kubernetes.io/limit-ranger';

export function createLimitRanger(limitRanges: Served): AdmissionPlugin {
  const { cache } = limitRanges;
  const each = ({ namespace = '' }: Admitted, apply: (range: LimitRange) => void): Promise<void> | void => {
    const all = (): void => {
      for (const { object } of cache.list(scopeOf(limitRanges, namespace))) apply(object as unknown as LimitRange);
    };
    return cache.loaded ? all() : cache.ready().then(all);
  };
  return {
    name: 'LimitRanger',
    about: [Pods, PersistentVolumeClaims],
    mutate(request) {
      const pod = podOf(request);
      if (pod !== undefined && !isGoing(request)) return each(request, (range) => applyDefaults(pod, range));
    },
    validate(request) {
      if (isGoing(request)) return;
      const pod = podOf(request);
      const claim = objectOf<PersistentVolumeClaim>(request, PersistentVolumeClaims, 'CREATE', 'UPDATE');
      if (pod === undefined && claim === undefined) return;
      return each(request, (range) => {
        const errors =
          pod === undefined ? claimErrors(claim as PersistentVolumeClaim, range) : podErrors(pod as Pod, range);
        if (errors.length > 0) throw refusal(request, aggregated(errors));
      });
    },
  };
}

/** A pod that is made, or whose containers are given other amounts. */
function podOf(request: Admitted): Draft<Pod> | undefined {
  const { served, subresource, operation, object } = request;
  const resizes = served.resource === Pods && subresource === 'resize' && operation === 'UPDATE';
  return resizes ? (object as unknown as Draft<Pod>) : objectOf<Pod>(request, Pods, 'CREATE');
}

const isGoing = ({ old }: Admitted): boolean => old?.metadata.deletionTimestamp !== undefined;

/** Several errors as one text. */
function aggregated(errors: readonly string[]): string {
  const different = [...new Set(errors)];
  return different.length === 1 ? `${different[0]}` : `[${different.join(', ')}]`;
}

function applyDefaults(pod: Draft<Pod>, range: LimitRange): void {
  const items = itemsOf(range).filter(({ type }) => type === 'Container');
  const limits = Object.assign({}, ...items.map((item) => item.default ?? {})) as Record<string, string>;
  const requests = Object.assign({}, ...items.map((item) => item.defaultRequest ?? {})) as Record<string, string>;
  const notes = [
    ...(pod.spec.containers ?? []).flatMap((container) => fillIn(container, 'container', limits, requests)),
    ...(pod.spec.initContainers ?? []).flatMap((container) => fillIn(container, 'init container', limits, requests)),
  ];
  if (notes.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [annotation]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
}

/** Adds the amounts that the container does not name; answers what was added, in words. */
function fillIn(
  container: Draft<Container>,
  what: string,
  limits: Readonly<Record<string, string>>,
  requests: Readonly<Record<string, string>>,
): string[] {
  const missing = (defaults: object, given: object | undefined): string[] =>
    Object.keys(defaults)
      .filter((name) => !Object.hasOwn(given ?? {}, name))
      .toSorted();
  const { resources = {} } = container;
  const addedLimits = missing(limits, resources.limits);
  const addedRequests = missing(requests, resources.requests);
  if (addedLimits.length > 0) resources.limits = { ...limits, ...resources.limits };
  if (addedRequests.length > 0) resources.requests = { ...requests, ...resources.requests };
  if (addedLimits.length + addedRequests.length > 0) container.resources = resources;
  const note = (added: readonly string[], part: string): string[] =>
    added.length === 0 ? [] : [`${added.join(', ')} ${part} for ${what} ${container.name}`];
  return [...note(addedRequests, 'request'), ...note(addedLimits, 'limit')];
}

/** A range may bound nothing: its list is null then. */
const itemsOf = ({ spec }: LimitRange): LimitRange['spec']['limits'] =>
  (spec.limits as typeof spec.limits | null) ?? [];

function podErrors({ spec }: Pod, range: LimitRange): string[] {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return itemsOf(range).flatMap((item) => {
    if (item.type === 'Container') return containers.flatMap((one) => limitErrors(item, containerDemand(one)));
    return item.type === 'Pod' ? limitErrors(item, podDemand(spec, false)) : [];
  });
}

function claimErrors({ spec }: PersistentVolumeClaim, range: LimitRange): string[] {
  const requests = readAmounts(spec.resources?.requests);
  return itemsOf(range).flatMap((item) =>
    item.type === 'PersistentVolumeClaim' ? claimLimitErrors(item, requests) : [],
  );
}
