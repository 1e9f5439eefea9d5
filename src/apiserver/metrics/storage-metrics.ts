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

export function createStorageMetrics(registry: Registry, store: Store, resources: ServedResources): StorageMetrics {
  const gauge = (name: string, help: string, names: readonly string[] = labels) =>
    registry.gauge({ name, help, labels: names });
  const stored = gauge('apiserver_storage_objects', 'Stored objects', ['resource']);
  const objects = gauge('apiserver_resource_objects', 'Stored objects');
  const estimated = gauge('apiserver_resource_size_estimate_bytes', 'Bytes of all objects, by those that were listed');
  const versions = gauge('apiserver_watch_cache_resource_version', 'Version up to which the cache knows all changes');
  const averages = new WeakMap<Served, number>();
  registry.collect(() => {
    for (const family of [stored, objects, estimated, versions]) family.clear();
    for (const served of resources.all()) {
      const { group, plural } = served.resource;
      const { size } = served.cache;
      stored.of(group === '' ? plural : `${plural}.${group}`).set(size);
      objects.of(group, plural).set(size);
      versions.of(group, plural).set(store.revision);
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
  const lists = registry.counter({ name: 'apiserver_cache_list_total', help: 'Lists from the cache', labels });
  const listed = registry.counter({
    name: 'apiserver_cache_list_returned_objects_total',
    help: 'Objects in lists from the cache',
    labels,
  });
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
      const { length } = answer.list.entries;
      lists.of(group, plural).value++;
      listed.of(group, plural).value += length;
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
