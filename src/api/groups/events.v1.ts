/** The types of group events, version v1. */
import { namespaced } from '../kind.ts';
import { EventSource, ObjectReference } from './core.v1.ts';
import { always, int32, microTime, object, optional, pointer, required, string, time, type Static } from '../schema.ts';

export const EventSeries = object('io.k8s.api.events.v1.EventSeries', {
  count: required(1, int32),
  lastObservedTime: required(2, microTime),
});
export interface EventSeries extends Static<typeof EventSeries> {}

export const Event = namespaced('events.k8s.io/v1', 'io.k8s.api.events.v1.Event', {
  eventTime: required(2, microTime),
  series: pointer(3, EventSeries),
  reportingController: optional(4, string),
  reportingInstance: optional(5, string),
  action: optional(6, string),
  reason: optional(7, string),
  regarding: always(8, ObjectReference),
  related: pointer(9, ObjectReference),
  note: optional(10, string),
  type: optional(11, string),
  deprecatedSource: always(12, EventSource),
  deprecatedFirstTimestamp: optional(13, time, { nullable: true }),
  deprecatedLastTimestamp: optional(14, time, { nullable: true }),
  deprecatedCount: optional(15, int32),
});
export interface Event extends Static<typeof Event> {}
