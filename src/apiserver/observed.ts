/**
 * The pipeline with all that watches over it: audit, fairness, limits, figures, health. One value, made when the server
 * starts and closed when it ends.
 */
import { performance } from 'node:perf_hooks';
import { ApiError, isApiError } from '../api/api-error.ts';
import { APIServices } from '../api/resources.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/store.ts';
import type { Api } from './api.ts';
import { auditCounters, auditIdOf, type Audit } from './audit/audit.ts';
import { configureAudit, type AuditConfiguration } from './audit/configure.ts';
import type { Credentials } from './authentication/authenticator.ts';
import type { MaybeLater } from '../base/maybe-later.ts';
import { Deadlines } from './deadline.ts';
import { Fairness } from './fairness/fairness.ts';
import { TimedRatio } from './fairness/timed-ratio.ts';
import { followConfiguration } from './fairness/follow-configuration.ts';
import type { Health, HealthCheck } from './health.ts';
import { createInFlight, type InFlight, type InFlightListener } from './in-flight.ts';
import { createAccessMetrics, type AccessMetrics, type AuthenticationResult } from './metrics/access-metrics.ts';
import { createFilterMetrics } from './metrics/filter-metrics.ts';
import { countedChecks } from './metrics/health-metrics.ts';
import { registerProcessFigures } from './metrics/process-figures.ts';
import { registerProcessMetrics } from './metrics/process-metrics.ts';
import { Registry } from '../base/metrics.ts';
import { createRequestMetrics } from './metrics/request-metrics.ts';
import { createStorageMetrics, type StorageMetrics } from './metrics/storage-metrics.ts';
import { createPathHandler } from './paths.ts';
import { createPipeline, type Handle } from './pipeline.ts';
import type { RequestLimits } from './request-limits.ts';
import type { ApiRequest } from './request.ts';
import type { User } from './user.ts';

/** How far the server has come. */
export interface Start {
  bootstrapped: boolean;
  stopping: boolean;
}

interface ObservedOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: Store;
  readonly audit?: AuditConfiguration;
  readonly flags?: Readonly<Record<string, string>>;
}

interface Inside {
  readonly api: Api;
  readonly registry: Registry;
  readonly limits: RequestLimits;
  readonly start: Start;
}

export interface Observed {
  readonly handle: Handle;
  authenticate(credentials: Credentials, unknown: () => ApiRequest): MaybeLater<User>;
  inTime<T>(work: Promise<T>): Promise<T>;
  readonly watch: StorageMetrics['watch'];
  close(): Promise<void>;
}

/** @throws PolicyError when the audit policy is wrong. */
export function createObserved(options: ObservedOptions, { api, registry, limits, start }: Inside): Observed {
  const { clock, log, store } = options;
  const audit = options.audit && configureAudit(options.audit, { clock, registry, log: log.named('audit') });
  if (audit === undefined) auditCounters(registry);
  const storage = createStorageMetrics(registry, store, api.resources);
  const fairness = limits.fairness ? createFairness({ api, registry, limits }, storage) : undefined;
  const followed = fairness && followConfiguration(api, fairness);
  const filters = createFilterMetrics(registry);
  const access = createAccessMetrics(registry, filters);
  const refusals = registry.counter({
    name: 'apiserver_dropped_requests_total',
    help: 'Requests that were refused for being too many at once, where there is no fairness',
    labels: ['request_kind'],
  });
  const inFlight = createInFlight(limits, {
    changed: readsAndWrites(clock, fairness),
    refused: (kind) => refusals.of(kind === 'reads' ? 'readOnly' : 'mutating').add(),
  });
  const deadlines = new Deadlines(clock);
  registerProcessMetrics(registry);
  registerProcessFigures(registry);
  registerInFlight(registry, inFlight, fairness);
  registerExtensions(registry, api);
  const healthMetrics = new Registry();
  const health = createHealth(api, start, countedChecks(healthMetrics));
  const paths = createPathHandler({
    health,
    metrics: registry,
    refreshMetrics: storage.refresh,
    healthMetrics,
    fairness,
    startedMs: clock.now(),
    flags: options.flags ?? {},
  });
  const metrics = createRequestMetrics(registry);
  return {
    handle: createPipeline({
      api,
      paths,
      limits,
      audit,
      fairness,
      inFlight,
      deadlines,
      metrics,
      filters,
      access,
      storage,
    }),
    authenticate(credentials, unknown) {
      const refused = (error: unknown): never => {
        if (isApiError(error)) tellUnknown(audit, api, unknown(), error);
        throw error;
      };
      return authenticate(api, access, credentials, refused);
    },
    inTime: (work) => deadlines.limit(limits.requestTimeoutMs, work, () => new ApiError('Timeout', bodyTimeout, {})),
    watch: storage.watch,
    async close() {
      deadlines.close();
      await followed?.close();
      fairness?.close();
      await audit?.close();
    },
  };
}

const bodyTimeout = 'Timeout: request did not complete within the allotted timeout';

/** Who could not say who they are is told of too. */
function tellUnknown(audit: Audit | undefined, api: Api, request: ApiRequest, error: ApiError): void {
  const { resource } = request.info;
  const served = resource && api.resources.find(resource.group, resource.version, resource.resource);
  const auditId = auditIdOf(request);
  request.header?.('audit-id', auditId);
  audit?.begin(request, served, auditId)?.complete(error.code, undefined, error);
}

function createFairness({ api, registry, limits }: Omit<Inside, 'start'>, storage: StorageMetrics): Fairness {
  return new Fairness({
    clock: api.clock,
    registry,
    concurrency: limits.maxInFlight + limits.maxMutatingInFlight,
    requestTimeoutMs: limits.requestTimeoutMs,
    amountOf: (request) => storage.amountOf(request),
  });
}

function authenticate(
  api: Api,
  access: AccessMetrics,
  credentials: Credentials,
  refused: (error: unknown) => never,
): MaybeLater<User> {
  const begunMs = performance.now();
  const count = (result: AuthenticationResult, name?: string): void =>
    access.authenticated(result, (performance.now() - begunMs) / 1000, name);
  const known = (user: User): User => {
    count('success', user.name);
    return user;
  };
  const unknown = (error: unknown): never => {
    count(isApiError(error) ? 'failure' : 'error');
    return refused(error);
  };
  try {
    const user = api.authentication.authenticate(credentials);
    return user instanceof Promise ? user.then(known, unknown) : known(user);
  } catch (error) {
    return unknown(error);
  }
}

function registerInFlight(registry: Registry, inFlight: InFlight, fairness: Fairness | undefined): void {
  const labels = ['request_kind'];
  const help = 'Requests at once';
  const current = registry.gauge({ name: 'apiserver_current_inflight_requests', help, labels });
  const queued = registry.gauge({ name: 'apiserver_current_inqueue_requests', help: 'Requests that wait', labels });
  registry.collect(() => {
    current.of('readOnly').set(inFlight.reads);
    current.of('mutating').set(inFlight.writes);
    const waiting = fairness?.waiting ?? { reads: 0, writes: 0 };
    queued.of('readOnly').set(waiting.reads);
    queued.of('mutating').set(waiting.writes);
  });
}

/** Tells the figures of fairness how full the server is of reads and of writes. */
function readsAndWrites(clock: Clock, fairness: Fairness | undefined): InFlightListener['changed'] {
  if (fairness === undefined) return () => undefined;
  const now = clock.now();
  const ratios = {
    reads: new TimedRatio(fairness.readVersusWrite.of('executing', 'readOnly'), now),
    writes: new TimedRatio(fairness.readVersusWrite.of('executing', 'mutating'), now),
  };
  return (kind, count, limit) => ratios[kind].set(limit === 0 ? count : count / limit, clock.now());
}

function registerExtensions(registry: Registry, { aggregation, resources }: Api): void {
  const { cache } = resources.of(APIServices);
  const unavailable = registry.gauge({
    name: 'aggregator_unavailable_apiservice',
    help: 'APIServices: 1 while they cannot be used',
    labels: ['name'],
  });
  registry.collect(() => {
    unavailable.clear();
    for (const { object } of cache.list(cache.prefix)) unavailable.of(object.metadata.name).set(0);
    for (const { name, available } of aggregation.all()) unavailable.of(name).set(available ? 0 : 1);
  });
}

/** The steps of the start that others may wait for, by the names that Kubernetes gives them. */
const startSteps = [
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/apiservice-registration-controller',
];

/** A server whose store is gone needs to be started anew; one that stops only wants no more requests. */
function createHealth(
  { store, encryption }: Api,
  start: Start,
  counted: (type: string, checks: readonly HealthCheck[]) => readonly HealthCheck[],
): Health {
  const well = (): undefined => undefined;
  const storeFault = (): string | undefined => store.fault?.message;
  const basic = [
    { name: 'ping', check: well },
    { name: 'log', check: well },
    { name: 'etcd', check: storeFault },
    ...(encryption?.checks() ?? []),
  ];
  const steps = startSteps.map((name) => ({ name, check: () => (start.bootstrapped ? undefined : 'not finished') }));
  const readyOnly = [
    { name: 'etcd-readiness', check: storeFault },
    { name: 'informer-sync', check: () => (start.bootstrapped ? undefined : 'not finished') },
  ];
  const shutdown = { name: 'shutdown', check: () => (start.stopping ? 'process is shutting down' : undefined) };
  return {
    healthz: counted('healthz', [...basic, ...steps]),
    livez: counted('livez', [...basic, ...steps]),
    readyz: counted('readyz', [...basic, ...readyOnly, ...steps, shutdown]),
  };
}
