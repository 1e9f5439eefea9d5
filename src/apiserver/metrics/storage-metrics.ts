/** What is stored and watched, by resource: read off when metrics are read, but for what watchers are sent. */
import type { Store } from '../../store/store.ts';
import type { StoredAmount } from '../fairness/work-estimate.ts';
import type { Answer, ApiRequest } from '../request.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { scopeOf, type Served } from '../registry/served.ts';
import type { Registry } from '../../base/metrics.ts';

const eventSizes = Array.from({ length: 8 }, (_, index) => 1024 * 2 ** index);
const labels = ['group', 'resource'];

export interface StorageMetrics {
  /** Counts an event of so many bytes that a watcher of the resource was sent. */
  watchEvents(served: Served): (bytes: number) => void;
  /** Learns from a list that was sent how large objects are. */
  listed(answer: Answer, bytes: number | undefined): void;
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
  const countLists = { cache: listCounters(registry, 'cache'), storage: listCounters(registry, 'storage') };
  return {
    watchEvents({ resource: { group, version, plural } }) {
      const count = events.of(group, version, plural);
      const size = sizes.of(group, version, plural);
      return (bytes) => {
        count.value++;
        size.observe(bytes);
      };
    },
    listed(answer, bytes) {
      if (answer.type !== 'list' || bytes === undefined) return;
      const { group, plural } = answer.served.resource;
      const { entries, looked, fromStore } = answer.list;
      const { length } = entries;
      countLists[fromStore === true ? 'storage' : 'cache'](group, plural, looked ?? length, length);
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
