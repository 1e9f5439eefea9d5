/** What is stored and watched, by resource: read off when metrics are read, but for what watchers are sent. */
import { StoreError, type Store } from '../../store/store.ts';
import type { StoredAmount } from '../fairness/work-estimate.ts';
import type { Answer, ApiRequest } from '../request.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { scopeOf, type Served } from '../registry/served.ts';
import type { Registry } from '../../base/metrics.ts';

const eventSizes = Array.from({ length: 8 }, (_, index) => 1024 * 2 ** index);
const watchListSeconds = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 2, 4, 6, 8, 10, 15, 20, 30, 45, 60];
const labels = ['group', 'resource'];

/** What is counted of one watch. */
export interface WatchFigures {
  /** Events of so many bytes were sent. */
  sent(bytes: number): void;
  /** All that there was at the beginning was sent, to somebody who asked for it. */
  begun(seconds: number): void;
  /** It read too slowly and was ended. */
  dropped(): void;
}

export interface StorageMetrics {
  /** Asks what has to be asked for before the figures are read. */
  refresh(): Promise<void>;
  /** The figures of a watch that begins. */
  watch(request: ApiRequest, served: Served): WatchFigures;
  /** Learns from a list that was sent how large objects are. */
  listed(answer: Answer, bytes: number | undefined, request: ApiRequest): void;
  /** What there is of the resource that a request is about; undefined = it is not served here. */
  amountOf(request: ApiRequest): StoredAmount | undefined;
}

/** Lists from the cache name the index that found their objects; none of ours has a name. */
function listCounters(registry: Registry, source: 'cache' | 'storage') {
  const indexed = source === 'cache' ? [...labels, 'index'] : labels;
  const counter = (what: string, help: string, names: readonly string[]) =>
    registry.counter({ name: `apiserver_${source}_list_${what}total`, help, labels: names });
  const from = source === 'cache' ? 'the cache' : 'the store';
  const lists = counter('', `Lists from ${from}`, indexed);
  const fetched = counter('fetched_objects_', `Objects read from ${from} for lists`, indexed);
  const evaluated =
    source === 'cache' ? undefined : counter('evaluated_objects_', 'Objects that were tested for lists', labels);
  const returned = counter('returned_objects_', `Objects in lists from ${from}`, labels);
  return (group: string, resource: string, looked: number, length: number): void => {
    const which = source === 'cache' ? [group, resource, ''] : [group, resource];
    lists.of(...which).value++;
    fetched.of(...which).value += looked;
    if (evaluated !== undefined) evaluated.of(group, resource).value += looked;
    returned.of(group, resource).value += length;
  };
}

export function createStorageMetrics(registry: Registry, store: Store, resources: ServedResources): StorageMetrics {
  const gauge = (name: string, help: string, names: readonly string[] = labels) =>
    registry.gauge({ name, help, labels: names });
  const stored = gauge('apiserver_storage_objects', 'Stored objects', ['resource']);
  const objects = gauge('apiserver_resource_objects', 'Stored objects');
  const estimated = gauge('apiserver_resource_size_estimate_bytes', 'Bytes of all objects, by those that were listed');
  const versions = gauge('apiserver_watch_cache_resource_version', 'Version up to which the cache knows all changes');
  const counter = (name: string, help: string) => registry.counter({ name, help, labels });
  const received = counter('apiserver_storage_events_received_total', 'Changes that the store told');
  const cached = counter('apiserver_watch_cache_events_received_total', 'Changes that came into the cache');
  const dispatched = counter('apiserver_watch_cache_events_dispatched_total', 'Changes that watchers were offered');
  const loaded = counter('apiserver_watch_cache_initializations_total', 'How often the cache was filled');
  const capacity = gauge('watch_cache_capacity', 'Changes that the cache keeps at most');
  const consistent = registry.counter({
    name: 'apiserver_watch_cache_consistent_read_total',
    help: 'Lists of what is current that the cache answered',
    labels: [...labels, 'success', 'fallback'],
  });
  const size = gauge('apiserver_storage_size_bytes', 'What the store takes on disk', ['storage_cluster_id']);
  const averages = new WeakMap<Served, number>();
  registry.collect(() => {
    for (const family of [stored, objects, estimated, versions]) family.clear();
    for (const served of resources.all()) {
      const { group, plural } = served.resource;
      const { size } = served.cache;
      stored.of(group === '' ? plural : `${plural}.${group}`).set(size);
      objects.of(group, plural).set(size);
      versions.of(group, plural).set(store.revision);
      const { changesReceived, timesLoaded, changesKept } = served.cache;
      if (timesLoaded > 0) {
        received.of(group, plural).set(changesReceived);
        cached.of(group, plural).set(changesReceived);
        dispatched.of(group, plural).set(changesReceived);
        loaded.of(group, plural).set(timesLoaded);
        capacity.of(group, plural).set(changesKept);
      }
      const average = averages.get(served);
      if (average !== undefined) estimated.of(group, plural).set(Math.round(average * size));
    }
  });
  const watchLabels = ['group', 'version', 'resource'];
  const events = registry.counter({
    name: 'apiserver_watch_events_total',
    help: 'Events that watchers were sent',
    labels: watchLabels,
  });
  const sizes = registry.histogram({
    name: 'apiserver_watch_events_sizes',
    help: 'Bytes of events that watchers were sent',
    labels: watchLabels,
    buckets: eventSizes,
  });
  const initial = registry.histogram({
    name: 'apiserver_watch_list_duration_seconds',
    help: 'Time until watchers had all there was when they began',
    labels: [...watchLabels, 'scope'],
    buckets: watchListSeconds,
  });
  const terminated = counter(
    'apiserver_terminated_watchers_total',
    'Watchers that were ended because they read too slowly',
  );
  const countLists = { cache: listCounters(registry, 'cache'), storage: listCounters(registry, 'storage') };
  return {
    async refresh() {
      try {
        const taken = await store.size?.();
        if (taken !== undefined) size.of('etcd-0').set(taken.bytes);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
    },
    watch({ info }, { resource: { group, version, plural } }) {
      const count = events.of(group, version, plural);
      const size = sizes.of(group, version, plural);
      return {
        sent(bytes) {
          count.value++;
          size.observe(bytes);
        },
        begun(seconds) {
          const { name, namespace } = info.resource ?? {};
          const scope = name !== undefined ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
          initial.of(group, version, plural, scope).observe(seconds);
        },
        dropped: () => terminated.of(group, plural).add(),
      };
    },
    listed(answer, bytes, { query }) {
      if (answer.type !== 'list' || bytes === undefined) return;
      const { group, plural } = answer.served.resource;
      const { entries, looked, fromStore } = answer.list;
      const { length } = entries;
      countLists[fromStore === true ? 'storage' : 'cache'](group, plural, looked ?? length, length);
      if (fromStore !== true && !query.has('resourceVersion')) consistent.of(group, plural, 'true', 'false').value++;
      if (length > 0) averages.set(answer.served, bytes / length);
    },
    amountOf({ info: { resource: target } }) {
      const served = target && resources.find(target.group, target.version, target.resource);
      if (served === undefined) return undefined;
      const { cache } = served;
      const watchers = cache.watchersOf(scopeOf(served, target?.namespace));
      return { objects: cache.size, averageBytes: averages.get(served), watchers };
    },
  };
}
