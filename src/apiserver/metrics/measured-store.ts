/** The store with its requests measured, under the names that Kubernetes has for those to etcd. */
import { performance } from 'node:perf_hooks';
import type { Condition, Operation, Store } from '../../store/store.ts';
import type { Histogram, HistogramFamily, Metric, MetricFamily, Registry } from '../../base/metrics.ts';

const buckets = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

type StoreOperation = 'get' | 'list' | 'count' | 'create' | 'update' | 'delete';

export function measuredStore(store: Store, registry: Registry): Store {
  const measure = createMeasure(registry);
  return {
    get revision() {
      return store.revision;
    },
    get fault() {
      return store.fault;
    },
    get compactRevision() {
      return store.compactRevision;
    },
    range(key, options) {
      const operation = options?.countOnly === true ? 'count' : options?.end === undefined ? 'get' : 'list';
      return measure(operation, key, store.range(key, options));
    },
    transact(conditions, operations) {
      const [first] = operations;
      const done = store.transact(conditions, operations);
      return first === undefined ? done : measure(operationOf(conditions, first), first.key, done);
    },
    watch: (key, options, sink) => store.watch(key, options, sink),
    grantLease: (ttlSeconds, id) => store.grantLease(ttlSeconds, id),
    keepLeaseAlive: (id) => store.keepLeaseAlive(id),
    revokeLease: (id) => store.revokeLease(id),
    compact: (revision) => store.compact(revision),
    ...(store.sync === undefined ? {} : { sync: () => store.sync?.() ?? Promise.resolve() }),
    ...(store.size === undefined ? {} : { size: () => store.size?.() ?? Promise.resolve({ bytes: 0 }) }),
    close: () => store.close(),
  };
}

/** Resources are told apart by their place in the store: /registry/[group/]resource/… */
function operationOf(conditions: readonly Condition[], { type }: Operation): StoreOperation {
  if (type === 'delete') return 'delete';
  return conditions.some(({ modRevision }) => modRevision === 0) ? 'create' : 'update';
}

interface Figures {
  readonly total: Metric;
  readonly errors: Metric;
  readonly seconds: Histogram;
}

type Measure = <T>(operation: StoreOperation, key: string, work: Promise<T>) => Promise<T>;

function createMeasure(registry: Registry): Measure {
  const labels = ['operation', 'resource'];
  const total: MetricFamily = registry.counter({ name: 'etcd_requests_total', help: 'Requests to the store', labels });
  const errors: MetricFamily = registry.counter({
    name: 'etcd_request_errors_total',
    help: 'Requests to the store that failed',
    labels,
  });
  const seconds: HistogramFamily = registry.histogram({
    name: 'etcd_request_duration_seconds',
    help: 'Time of requests to the store, until a write is on disk',
    labels,
    buckets,
  });
  const known = new Map<string, Figures>();
  const figuresOf = (operation: StoreOperation, key: string): Figures => {
    const resource = resourceOf(key);
    const name = `${operation} ${resource}`;
    let figures = known.get(name);
    if (figures === undefined) {
      const values = [operation, resource];
      figures = { total: total.of(...values), errors: errors.of(...values), seconds: seconds.of(...values) };
      known.set(name, figures);
    }
    return figures;
  };
  return async (operation, key, work) => {
    const figures = figuresOf(operation, key);
    const begunMs = performance.now();
    figures.total.value++;
    try {
      return await work;
    } catch (error) {
      figures.errors.value++;
      throw error;
    } finally {
      figures.seconds.observe((performance.now() - begunMs) / 1000);
    }
  };
}

function resourceOf(key: string): string {
  const start = key.indexOf('/', 1) + 1;
  const end = key.indexOf('/', start);
  return end < 0 ? key.slice(start) : key.slice(start, end);
}
