/**
 * Readings of the three metrics APIs, which other servers serve behind this one: metrics.k8s.io for pods and containers,
 * custom.metrics.k8s.io for objects of the cluster, external.metrics.k8s.io for everything else.
 * https://github.com/kubernetes/metrics
 */
import type { CrossVersionObjectReference } from '../../api/groups/autoscaling.v2.ts';
import { parseDuration } from '../../api/duration.ts';
import { parseQuantity, quantityToMilli } from '../../api/quantity.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { Client } from '../../client/client.ts';
import { queryText } from '../../client/request-query.ts';
import { timeMs } from '../time.ts';
import { failureText } from './failure-text.ts';
import { MetricError, type Sample, type Samples } from './replicas.ts';

/** Of metrics that do not say what time they speak of. */
const defaultWindowMs = 60_000;

interface PodMetrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly timestamp?: string;
  readonly window?: string;
  readonly containers?: readonly { readonly name: string; readonly usage?: Readonly<Record<string, string>> }[];
}

interface MetricValue {
  readonly describedObject?: { readonly name?: string };
  readonly timestamp?: string;
  readonly windowSeconds?: number | null;
  /** custom.metrics.k8s.io/v1beta1 calls it so. */
  readonly window?: number | null;
  readonly value: string;
}

interface ExternalValue {
  readonly value: string;
}

/** Pods of a namespace by a selector's text. */
export interface PodsQuery {
  readonly namespace: string;
  readonly selector: string;
}

/** @throws MetricError */
export async function readResource(
  client: Client,
  { namespace, selector }: PodsQuery,
  resource: string,
  container: string | undefined,
): Promise<Samples> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  const items = await fetchItems<PodMetrics>(client, {
    api: 'resource metrics API',
    path: path + queryText({ labelSelector: selector }),
    of: 'pods.metrics.k8s.io',
  });
  const samples = new Map<string, Sample>();
  for (const item of items) {
    const milli = container === undefined ? wholePod(item, resource) : oneContainer(item, resource, container);
    if (milli === undefined) continue;
    const windowMs = item.window === undefined ? 0 : parseDuration(item.window);
    samples.set(item.metadata.name, { milli, atMs: timeMs(item.timestamp) ?? 0, windowMs });
  }
  return samples;
}

/** Undefined unless every container has been measured. */
function wholePod({ containers = [] }: PodMetrics, resource: string): number | undefined {
  const amounts = containers.map(({ usage }) => usage?.[resource]);
  if (amounts.length === 0) return undefined;
  return amounts.reduce<number | undefined>(
    (total, amount) => (total === undefined || amount === undefined ? undefined : total + toMilli(amount)),
    0,
  );
}

function oneContainer({ metadata, containers = [] }: PodMetrics, resource: string, name: string): number | undefined {
  const container = containers.find((one) => one.name === name);
  if (container === undefined) {
    const pod = `${metadata.namespace ?? ''}/${metadata.name}`;
    throw new MetricError(`failed to get container metrics: container ${name} not present in metrics for pod ${pod}`);
  }
  const amount = container.usage?.[resource];
  return amount === undefined ? undefined : toMilli(amount);
}

/** A metric of custom.metrics.k8s.io, and the labels that narrow it down. */
export interface MetricQuery {
  readonly metric: string;
  /** '' = all. */
  readonly metricSelector: string;
}

/** @throws MetricError */
export async function readPods(client: Client, pods: PodsQuery, of: MetricQuery): Promise<Samples> {
  const { metric, metricSelector } = of;
  const items = await fetchCustom(client, `namespaces/${pods.namespace}/pods/*/${encodeURIComponent(metric)}`, {
    labelSelector: pods.selector,
    metricLabelSelector: metricSelector,
  });
  const samples = items.map(
    ({ describedObject, timestamp, windowSeconds, window, value }): readonly [string, Sample] => {
      const seconds = windowSeconds ?? window;
      const windowMs = seconds == null ? defaultWindowMs : seconds * 1000;
      return [describedObject?.name ?? '', { milli: toMilli(value), atMs: timeMs(timestamp) ?? 0, windowMs }];
    },
  );
  return new Map(samples);
}

/** `resource`: that of the object's kind. @throws MetricError */
export async function readObjectMetric(
  client: Client,
  namespace: string,
  object: CrossVersionObjectReference & { readonly resource: AnyResource },
  { metric, metricSelector }: MetricQuery,
): Promise<number> {
  const { plural, group } = object.resource;
  const of = group === '' ? plural : `${plural}.${group}`;
  // A reference never leads out of the autoscaler's own namespace, so neither does one to a Namespace.
  const path =
    of === 'namespaces'
      ? `namespaces/${namespace}/metrics/${encodeURIComponent(metric)}`
      : `namespaces/${namespace}/${of}/${encodeURIComponent(object.name)}/${encodeURIComponent(metric)}`;
  const [first] = await fetchCustom(client, path, { metricLabelSelector: metricSelector });
  return toMilli(first?.value ?? '0');
}

/** The values that match, in thousandths. @throws MetricError */
export async function readExternal(
  client: Client,
  namespace: string,
  { metric, metricSelector }: MetricQuery,
): Promise<readonly number[]> {
  const path = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${encodeURIComponent(metric)}`;
  const items = await fetchItems<ExternalValue>(client, {
    api: 'external metrics API',
    path: path + queryText({ labelSelector: metricSelector }),
    of: `${metric}.external.metrics.k8s.io`,
  });
  return items.map(({ value }) => toMilli(value));
}

async function fetchCustom(
  client: Client,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): Promise<readonly MetricValue[]> {
  const api = 'custom metrics API';
  const group = await client.request({ method: 'GET', path: '/apis/custom.metrics.k8s.io' });
  if (group.status !== 200)
    throw new MetricError(`unable to fetch metrics from ${api}: no known available metric versions found`);
  const { preferredVersion } = read(group.body) as { readonly preferredVersion?: { readonly version?: string } };
  const version = preferredVersion?.version ?? 'v1beta2';
  const [, , of = '', ...rest] = path.split('/');
  return fetchItems<MetricValue>(client, {
    api,
    path: `/apis/custom.metrics.k8s.io/${version}/${path}${queryText(query)}`,
    of: `${of}.custom.metrics.k8s.io`,
    name: rest[0],
  });
}

interface Fetch {
  /** As messages call it. */
  readonly api: string;
  readonly path: string;
  /** The resource, as client-go names it when the server gives no reason. */
  readonly of: string;
  readonly name?: string | undefined;
}

async function fetchItems<T>(client: Client, { api, path, of, name }: Fetch): Promise<readonly T[]> {
  const { status, body } = await client.request({ method: 'GET', path, accept: 'application/json' });
  if (status !== 200) {
    throw new MetricError(`unable to fetch metrics from ${api}: ${failureText(status, body, { of, name })}`);
  }
  const { items } = read(body) as { readonly items?: readonly T[] | null };
  if (items == null || items.length === 0) throw new MetricError(`no metrics returned from ${api}`);
  return items;
}

const read = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body));

const toMilli = (text: string): number => quantityToMilli(parseQuantity(text));
