/** Events: one store, two forms. The form of events.k8s.io checks more. */
import type { Cell, Descriptor, TableColumns } from '../../descriptor.ts';
import type { Event } from '../../groups/core.v1.ts';
import type { Event as EventV1 } from '../../groups/events.v1.ts';
import { pathSegmentErrors } from '../../name-rules.ts';
import { Events, EventsV1 } from '../../resources.ts';
import { age } from '../cells.ts';
import { column, nameColumn, table, wideColumn } from '../columns.ts';
import { coreEventErrors, eventErrors, eventUpdateErrors } from './event-errors.ts';
import { selectable } from '../selectable.ts';

/** What both forms say, under the names of the old one. */
interface Told extends Pick<
  Event,
  'metadata' | 'reason' | 'type' | 'message' | 'count' | 'eventTime' | 'series' | 'source'
> {
  readonly about: Event['involvedObject'];
  readonly first?: string | null | undefined;
  readonly last?: string | null | undefined;
  readonly controller?: string | undefined;
  readonly instance?: string | undefined;
}

export const eventDescriptor: Descriptor<Event> = {
  resource: Events,
  metadataInUpdate: 'none',
  nameErrors: pathSegmentErrors,
  createOnUpdate: true,
  validateCreate: (event) => coreEventErrors(event),
  validateUpdate: (event) => coreEventErrors(event),
  ...selectable<Event>({
    'involvedObject.kind': (event) => event.involvedObject.kind ?? '',
    'involvedObject.namespace': (event) => event.involvedObject.namespace ?? '',
    'involvedObject.name': (event) => event.involvedObject.name ?? '',
    'involvedObject.uid': (event) => event.involvedObject.uid ?? '',
    'involvedObject.apiVersion': (event) => event.involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': (event) => event.involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': (event) => event.involvedObject.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingComponent: (event) => event.reportingComponent ?? '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: (event) => event.type ?? '',
  }),
  table: eventTable((event) => ({
    ...event,
    about: event.involvedObject,
    first: event.firstTimestamp,
    last: event.lastTimestamp,
    controller: event.reportingComponent,
    instance: event.reportingInstance,
  })),
};

export const eventV1Descriptor: Descriptor<EventV1> = {
  resource: EventsV1,
  errorGroup: '',
  nameErrors: pathSegmentErrors,
  createOnUpdate: true,
  validateCreate: (event) => eventErrors(event),
  validateUpdate: (event, old) => eventUpdateErrors(event, old),
  ...selectable<EventV1>({
    'regarding.kind': (event) => event.regarding?.kind ?? '',
    'regarding.namespace': (event) => event.regarding?.namespace ?? '',
    'regarding.name': (event) => event.regarding?.name ?? '',
    'regarding.uid': (event) => event.regarding?.uid ?? '',
    'regarding.apiVersion': (event) => event.regarding?.apiVersion ?? '',
    'regarding.resourceVersion': (event) => event.regarding?.resourceVersion ?? '',
    'regarding.fieldPath': (event) => event.regarding?.fieldPath ?? '',
    reason: (event) => event.reason ?? '',
    reportingController: (event) => event.reportingController ?? '',
    type: (event) => event.type ?? '',
  }),
  table: eventTable((event) => ({
    metadata: event.metadata,
    reason: event.reason,
    type: event.type,
    message: event.note,
    count: event.deprecatedCount,
    eventTime: event.eventTime,
    series: event.series,
    source: event.deprecatedSource ?? {},
    about: event.regarding ?? {},
    first: event.deprecatedFirstTimestamp,
    last: event.deprecatedLastTimestamp,
    controller: event.reportingController,
    instance: event.reportingInstance,
  })),
};

function eventTable<T>(told: (event: T) => Told): TableColumns<T> {
  const firstSeen = (event: Told, nowMs: number): string => age(event.first || event.eventTime, nowMs);
  const lastSeen = (event: Told, nowMs: number): string => {
    if (event.series != null) return age(event.series.lastObservedTime, nowMs);
    return event.last ? age(event.last, nowMs) : firstSeen(event, nowMs);
  };
  const cell =
    (get: (event: Told, nowMs: number) => Cell) =>
    (event: T, nowMs: number): Cell =>
      get(told(event), nowMs);
  return table<T>([
    column('Last Seen', cell(lastSeen)),
    column(
      'Type',
      cell(({ type }) => type ?? ''),
    ),
    column(
      'Reason',
      cell(({ reason }) => reason ?? ''),
    ),
    column(
      'Object',
      cell(({ about }) => objectText(about)),
    ),
    wideColumn(
      'Subobject',
      cell(({ about }) => about.fieldPath ?? ''),
    ),
    wideColumn('Source', cell(sourceText)),
    column(
      'Message',
      cell(({ message }) => (message ?? '').trim()),
    ),
    wideColumn('First Seen', cell(firstSeen)),
    wideColumn(
      'Count',
      cell(({ series, count }) => (series == null ? count || 1 : (series.count ?? 0))),
    ),
    { ...nameColumn, priority: 1, cell: cell(({ metadata }) => metadata.name) },
  ]);
}

function objectText({ kind = '', name }: Event['involvedObject']): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

function sourceText({ source, controller, instance }: Told): string {
  const component = source?.component || controller || '';
  const host = source?.host || instance || '';
  return host === '' ? component : `${component}, ${host}`;
}
