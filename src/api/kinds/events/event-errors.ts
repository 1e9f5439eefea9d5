/**
 * Events. The errors of both forms name the fields of the old one, as the original does: it knows but one event inside.
 *
 * Rules for all events, whatever form they come in, stand first; the form of events.k8s.io adds its own, and lets hardly
 * anything change afterwards.
 */
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import { Event, EventSeries, EventSource, ObjectReference } from '../../groups/core.v1.ts';
import type { Event as EventV1 } from '../../groups/events.v1.ts';
import { sameValue, samePlain } from '../../equality.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { qualifiedNameErrors } from '../../names.ts';
import { goShape } from '../go-shape.ts';

const maxWord = 128;
const maxNote = 1024;

export function coreEventErrors(event: Event): readonly FieldError[] {
  return commonErrors(event, 'reportingComponent');
}

export function eventErrors(event: EventV1): readonly FieldError[] {
  const told = asCoreEvent(event);
  const errors: FieldError[] = [
    ...commonErrors(told, 'reportingController'),
    ...nameErrors(event.metadata),
    ...seriesErrors(told),
  ];
  if (!told.eventTime) errors.push(requiredField('eventTime'));
  if (told.type !== 'Normal' && told.type !== 'Warning') {
    errors.push(invalid('type', '', `has invalid value: ${told.type ?? ''}`));
  }
  const { firstTimestamp, lastTimestamp, count, source } = told;
  const old = { firstTimestamp, lastTimestamp, count, source: source?.component || source?.host };
  for (const [field, value] of Object.entries(old)) {
    if (value) errors.push(invalid(field, '', 'needs to be unset'));
  }
  return errors;
}

export function eventUpdateErrors(event: EventV1, before: EventV1): readonly FieldError[] {
  const told = asCoreEvent(event);
  const old = asCoreEvent(before);
  return [
    ...commonErrors(told, 'reportingController'),
    ...(sameValue(EventSeries, told.series, old.series) && (told.series == null) === (old.series == null)
      ? []
      : seriesErrors(told)),
    ...fixed
      .filter(({ name, type }) =>
        type === undefined ? !samePlain(told[name], old[name]) : !sameValue(type, told[name], old[name]),
      )
      .map(({ name, field = name, type }) => invalid(field, shown(told[name], type), 'field is immutable')),
  ];
}

/** This form wants names that the old one does not. */
function nameErrors({ name }: EventV1['metadata']): readonly FieldError[] {
  if (name === '' || pathSegmentErrors(name).length > 0) return [];
  return dnsSubdomainErrors(name).map((text) => invalid('metadata.name', name, text));
}

interface FixedField {
  readonly name: keyof Event;
  /** As the error calls it; default: its name. */
  readonly field?: string;
  /** Of a struct: it is compared and shown as such. */
  readonly type?: typeof ObjectReference | typeof EventSource;
}

/** What does not change, in the order of the original; it looks at the reason twice. */
const fixed: readonly FixedField[] = [
  { name: 'involvedObject', type: ObjectReference },
  { name: 'reason' },
  { name: 'message' },
  { name: 'source', type: EventSource },
  { name: 'firstTimestamp' },
  { name: 'lastTimestamp' },
  { name: 'count' },
  { name: 'reason' },
  { name: 'type' },
  { name: 'eventTime' },
  { name: 'action' },
  { name: 'related', type: ObjectReference },
  { name: 'reportingComponent', field: 'reportingController' },
  { name: 'reportingInstance' },
];

function shown(value: unknown, type: FixedField['type']): unknown {
  return type === undefined || value == null ? (value ?? null) : goShape(type, value);
}

function seriesErrors({ series }: Event): readonly FieldError[] {
  if (series == null) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [requiredField('series.lastObservedTime')]),
  ];
}

/** `controller`: what the form of the request calls who reports. */
function commonErrors(event: Event, controller: string): readonly FieldError[] {
  const { namespace } = event.metadata;
  return [
    ...(event.eventTime ? newErrors(event, controller) : oldPlaceErrors(event)),
    ...dnsSubdomainErrors(namespace).map((text) => invalid('namespace', namespace, text)),
  ];
}

const placeError = (namespace: string): FieldError =>
  invalid('involvedObject.namespace', namespace, 'does not match event.namespace');

/** An event lies beside what it is about; what has no namespace is told in `default`. */
function oldPlaceErrors({ involvedObject, metadata }: Event): readonly FieldError[] {
  const { namespace: about = '' } = involvedObject;
  return (about === '' ? 'default' : about) === metadata.namespace ? [] : [placeError(about)];
}

/** Events with a time of their own say who reports what was done, in short words. */
function newErrors(event: Event, controller: string): readonly FieldError[] {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const errors: FieldError[] = [];
  const about = event.involvedObject.namespace ?? '';
  if (about === '' && !['default', 'kube-system'].includes(event.metadata.namespace)) errors.push(placeError(about));
  if (reportingComponent === '') errors.push(requiredField(controller));
  errors.push(...qualifiedNameErrors(reportingComponent).map((text) => invalid(controller, reportingComponent, text)));
  const long = (field: string, text: string, max: number): void => {
    if (Buffer.byteLength(text) > max) errors.push(invalid(field, '', `can have at most ${max} characters`));
  };
  for (const [field, text] of Object.entries({ reportingInstance, action, reason })) {
    if (text === '') errors.push(requiredField(field));
    long(field, text, maxWord);
  }
  long('message', message, maxNote);
  return errors;
}

/** The event in the words of the old form. */
function asCoreEvent(event: EventV1): Event {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: event.metadata,
    involvedObject: event.regarding ?? {},
    reason: event.reason,
    message: event.note,
    source: event.deprecatedSource,
    firstTimestamp: event.deprecatedFirstTimestamp,
    lastTimestamp: event.deprecatedLastTimestamp,
    count: event.deprecatedCount,
    type: event.type,
    eventTime: event.eventTime,
    series: event.series,
    action: event.action,
    related: event.related,
    reportingComponent: event.reportingController,
    reportingInstance: event.reportingInstance,
  } as Event;
}
