/**
 * What is counted of each request, under Kubernetes' names. All children of one route (verb, resource, …) are looked up
 * together by one text, so that a request costs one look-up and some additions.
 */
import type { ApiRequest } from '../request.ts';
import type { Histogram, HistogramFamily, Metric, MetricFamily, Registry } from '../../base/metrics.ts';

const durations = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const responseSizes = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const validationBuckets = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const bodySizes = Array.from({ length: 31 }, (_, index) => 50_000 + index * 100_000);

const target = ['group', 'version', 'resource', 'subresource'];
const route = ['verb', ...target, 'scope', 'component'];
const dryRoute = ['verb', 'dry_run', ...target, 'scope', 'component'];

interface RouteMetrics {
  readonly codes: Map<number, Metric>;
  readonly labels: readonly string[];
  readonly duration: Histogram;
  readonly sliDuration: Histogram | undefined;
  readonly responseSize: Histogram | undefined;
  readonly longRunning: Metric;
  readonly bodySize: Histogram;
  /** Of writes that may be checked for unknown fields. */
  readonly fieldValidation: Histogram | undefined;
}

export interface RequestMetrics {
  /** The figures of the requests that ask for the same; what is not served is not told apart. */
  route(request: ApiRequest, served: boolean): RouteMetrics;
  finished(route: RouteMetrics, code: number, seconds: number, bytes: number | undefined): void;
  /** The server ended it before its handler answered: too many, or too late. */
  terminated(route: RouteMetrics, code: number): void;
  /** Its client went, or it failed inside. */
  aborted(route: RouteMetrics): void;
  readonly postTimeout: MetricFamily;
  /** Deprecated APIs that somebody has asked for: 1 each. */
  readonly deprecated: MetricFamily;
}

export function createRequestMetrics(registry: Registry): RequestMetrics {
  const total = registry.counter({
    name: 'apiserver_request_total',
    help: 'Requests by what they asked for and how they were answered',
    labels: [...dryRoute, 'code'],
  });
  const terminations = registry.counter({
    name: 'apiserver_request_terminations_total',
    help: 'Requests that the server ended to protect itself',
    labels: ['verb', ...target, 'scope', 'component', 'code'],
  });
  const aborts = registry.counter({
    name: 'apiserver_request_aborts_total',
    help: 'Requests that ended without an answer',
    labels: ['verb', ...target, 'scope'],
  });
  const makeRoute = routeMaker(registry);
  const routes = new Map<string, RouteMetrics>();
  return {
    route(request, served) {
      const key = keyOf(request, served);
      let found = routes.get(key);
      if (found === undefined) {
        found = makeRoute(labelsOf(request, served), request);
        routes.set(key, found);
      }
      return found;
    },
    finished(of, code, seconds, bytes) {
      let counter = of.codes.get(code);
      if (counter === undefined) {
        counter = total.of(...of.labels, String(code));
        of.codes.set(code, counter);
      }
      counter.value++;
      of.duration.observe(seconds);
      of.sliDuration?.observe(seconds);
      of.fieldValidation?.observe(seconds);
      if (bytes !== undefined) of.responseSize?.observe(bytes);
    },
    terminated: ({ labels }, code) => terminations.of(...undry(labels), String(code)).add(),
    aborted: ({ labels }) => aborts.of(...undry(labels).slice(0, -1)).add(),
    deprecated: registry.gauge({
      name: 'apiserver_requested_deprecated_apis',
      help: 'Deprecated APIs that were asked for',
      labels: [...target, 'removed_release'],
    }),
    postTimeout: registry.counter({
      name: 'apiserver_request_post_timeout_total',
      help: 'What became of requests after their time was over',
      labels: ['source', 'status'],
    }),
  };
}

function routeMaker(registry: Registry): (labels: readonly string[], request: ApiRequest) => RouteMetrics {
  const histogram = (name: string, help: string, labels: readonly string[], buckets: readonly number[]) =>
    registry.histogram({ name: `apiserver_${name}`, help, labels, buckets });
  const duration = histogram('request_duration_seconds', 'Time until the answer was sent', dryRoute, durations);
  const sli = histogram(
    'request_sli_duration_seconds',
    'Time until the answer was sent, of requests that do not run long',
    route,
    durations,
  );
  const sizes = histogram('response_sizes', 'Bytes of answers to reads', route, responseSizes);
  const bodies: HistogramFamily = histogram(
    'request_body_size_bytes',
    'Bytes of request bodies',
    ['resource', 'verb'],
    bodySizes,
  );
  const validation = registry.histogram({
    name: 'field_validation_request_duration_seconds',
    help: 'Time of writes by what is done about fields that do not exist',
    labels: ['field_validation'],
    buckets: validationBuckets,
  });
  const longRunning = registry.gauge({
    name: 'apiserver_longrunning_requests',
    help: 'Requests that run long, such as watches, now',
    labels: route,
  });
  return (labels, request) => {
    const [verb = ''] = labels;
    const plain = undry(labels);
    const resource = plain[3] ?? '';
    return {
      codes: new Map(),
      labels,
      duration: duration.of(...labels),
      sliDuration: verb === 'WATCH' || verb === 'CONNECT' ? undefined : sli.of(...plain),
      responseSize: verb === 'GET' || verb === 'LIST' ? sizes.of(...plain) : undefined,
      longRunning: longRunning.of(...plain),
      bodySize: bodies.of(resource, verb.toLowerCase()),
      fieldValidation: validated.has(verb) ? validation.of(fieldValidationOf(request)) : undefined,
    };
  };
}

const validated = new Set(['POST', 'PUT', 'PATCH', 'APPLY']);

function fieldValidationOf({ query }: ApiRequest): string {
  const asked = query.get('fieldValidation') ?? '';
  return ['', 'Ignore', 'Warn', 'Strict'].includes(asked) ? asked : 'invalid';
}

const undry = ([verb = '', , ...rest]: readonly string[]): string[] => [verb, ...rest];

function keyOf(request: ApiRequest, served: boolean): string {
  const { info, method, contentType, query } = request;
  const { verb, resource, path } = info;
  if (resource === undefined || !served) return `${method} ${counted.has(path) ? path : ''}`;
  const { group, version, name, namespace, subresource } = resource;
  const scope = name !== undefined ? 'o' : namespace !== undefined ? 'n' : 'c';
  const applies = verb === 'patch' && contentType === applyType ? '!' : '';
  const dry = query.size > 0 && query.has('dryRun') ? '?' : '';
  const checks = query.size > 0 && query.has('fieldValidation') ? fieldValidationOf(request) : '';
  return `${verb}${applies}${dry}${checks}${scope}/${group}/${version}/${resource.resource}/${subresource}`;
}

/** Paths that are no resources and are told apart. */
const counted = new Set(['/healthz', '/livez', '/readyz', '/metrics', '/version']);
const applyType = 'application/apply-patch+yaml';
const connects = new Set(['exec', 'attach', 'portforward', 'proxy']);

const verbs: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function labelsOf(request: ApiRequest, served: boolean): string[] {
  const { info, method, contentType, query } = request;
  const { verb, resource, path } = info;
  const component = 'apiserver';
  if (resource === undefined || !served) {
    const told = methods.has(method) ? method : 'other';
    return [told, '', '', '', '', counted.has(path) ? path : '', '', component];
  }
  const { group, version, name, namespace, subresource } = resource;
  const shown = connects.has(subresource) ? 'CONNECT' : (verbs[verb] ?? 'other');
  const scope =
    name !== undefined || verb === 'create' ? 'resource' : namespace !== undefined ? 'namespace' : 'cluster';
  const dryRun = query.has('dryRun') ? 'All' : '';
  const applies = verb === 'patch' && contentType === applyType;
  return [applies ? 'APPLY' : shown, dryRun, group, version, resource.resource, subresource, scope, component];
}
