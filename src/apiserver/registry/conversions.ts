/** Versions that are served but not stored: how they become the stored one and back. */
import { autoscalers } from '../../api/kinds/autoscaling/version-one.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import type { Conversion } from './served.ts';

type Fields = Record<string, Json>;

const renamed = (object: KubeObject, apiVersion: string, names: Readonly<Record<string, string>>): Fields => {
  const result: Fields = {};
  for (const [field, value] of Object.entries(object as unknown as JsonObject)) result[names[field] ?? field] = value;
  result['apiVersion'] = apiVersion;
  return result;
};

const eventNames: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};

const reporters = ['reportingController', 'reportingInstance'];

const reversed = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]));

/** events.k8s.io/v1 is the core Event under other field names; it leaves out who reported where nobody did. */
const events: Conversion = {
  toServed(stored) {
    const event = renamed(stored, 'events.k8s.io/v1', eventNames);
    for (const name of reporters) if (event[name] === '') delete event[name];
    return event as unknown as KubeObject;
  },
  toStored(served) {
    const event = renamed(served, 'v1', reversed(eventNames));
    event['reportingComponent'] ??= '';
    event['reportingInstance'] ??= '';
    return event as unknown as KubeObject;
  },
};

/** By `plural.apiVersion`. */
export const conversions: Readonly<Record<string, Conversion>> = {
  'events.events.k8s.io/v1': events,
  'horizontalpodautoscalers.autoscaling/v1': autoscalers,
};

const templateGeneration = 'deprecated.daemonset.template.generation';

function withoutTemplateGeneration(daemonSet: KubeObject): KubeObject {
  const { annotations, ...metadata } = daemonSet.metadata;
  if (annotations?.[templateGeneration] === undefined) return daemonSet;
  const { [templateGeneration]: _, ...others } = annotations;
  const left = Object.keys(others).length === 0 ? {} : { annotations: others };
  return { ...daemonSet, metadata: { ...metadata, ...left } };
}

/** By `plural.apiVersion`: from the served form to the internal one, where annotations stand for fields. */
export const internalForms: Readonly<Record<string, (served: KubeObject) => KubeObject>> = {
  'daemonsets.apps/v1': withoutTemplateGeneration,
  'horizontalpodautoscalers.autoscaling/v1': autoscalers.toStored,
};
