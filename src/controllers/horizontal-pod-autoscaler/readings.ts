/** Asks the metrics API that a metric of an autoscaler names. */
import type { MetricIdentifier, MetricSpec } from '../../api/groups/autoscaling.v2.ts';
import { formatLabelSelector, labelSelectorRequirements } from '../../api/label-selector.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { Client } from '../../client/client.ts';
import { goSelector } from '../../api/go-selector.ts';
import { readExternal, readObjectMetric, readPods, readResource, type PodsQuery } from './metrics-api.ts';
import type { Reading } from './proposal.ts';
import { MetricError } from './replicas.ts';

export interface Readers {
  readonly client: Client;
  readonly pods: PodsQuery;
  /** @throws MetricError when no resource is of that kind. */
  readonly resourceOf: (apiVersion: string, kind: string) => Promise<AnyResource>;
}

export async function readMetric(spec: MetricSpec, readers: Readers): Promise<Reading> {
  try {
    return await ask(spec, readers);
  } catch (error) {
    if (error instanceof MetricError) return { of: 'nothing', error: error.message };
    throw error;
  }
}

async function ask(spec: MetricSpec, { client, pods, resourceOf }: Readers): Promise<Reading> {
  const { resource, containerResource, object, external } = spec;
  const source = containerResource ?? resource;
  if (source != null) {
    const samples = await readResource(client, pods, source.name, containerResource?.container);
    return { of: 'pods', samples };
  }
  if (spec.pods != null) return { of: 'pods', samples: await readPods(client, pods, queryOf(spec.pods.metric)) };
  if (object != null) {
    const { kind, name, apiVersion = '' } = object.describedObject;
    const about = `on ${kind} ${pods.namespace}/${name}`;
    try {
      const of = { ...object.describedObject, resource: await resourceOf(apiVersion, kind) };
      return { of: 'values', values: [await readObjectMetric(client, pods.namespace, of, queryOf(object.metric))] };
    } catch (error) {
      throw error instanceof MetricError ? new MetricError(`${error.message} ${about}`) : error;
    }
  }
  if (external == null) return { of: 'nothing', error: '' };
  const { metric } = external;
  try {
    return { of: 'values', values: await readExternal(client, pods.namespace, queryOf(metric)) };
  } catch (error) {
    if (!(error instanceof MetricError)) throw error;
    const about = `${metric.name}/${goSelector(metric.selector)}`;
    throw new MetricError(`unable to get external metric ${pods.namespace}/${about}: ${error.message}`);
  }
}

function queryOf({ name, selector }: MetricIdentifier) {
  return { metric: name, metricSelector: formatLabelSelector(labelSelectorRequirements(selector) ?? []) };
}
