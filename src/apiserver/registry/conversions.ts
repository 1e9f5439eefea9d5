/** Versions that are served but not stored: how they become the stored one and back. */
import type { KubeObject } from '../../api/kind.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { scalers } from './scaler-versions.ts';
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

const reversed = (names: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]));

/** events.k8s.io/v1 is the core Event under other field names. */
const events: Conversion = {
  toServed: (stored) => {
    const event = renamed(stored, 'events.k8s.io/v1', eventNames);
    // Always written in the core version, left out in this one when they are empty.
    for (const field of ['reportingController', 'reportingInstance']) if (event[field] === '') delete event[field];
    return event as unknown as KubeObject;
  },
  toStored: (served) => renamed(served, 'v1', reversed(eventNames)) as unknown as KubeObject,
};

/** By `plural.apiVersion`. */
export const conversions: Readonly<Record<string, Conversion>> = {
  'events.events.k8s.io/v1': events,
  'horizontalpodautoscalers.autoscaling/v1': scalers,
};
