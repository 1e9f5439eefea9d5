/** Events. The errors of both forms name the fields of the old one, as the original does. */
import { invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { Event } from '../../groups/core.v1.ts';
import type { Event as EventV1 } from '../../groups/events.v1.ts';
import { samePlain } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { qualifiedNameErrors } from '../../names.ts';

const maxInstance = 128;
const maxAction = 128;
const maxReason = 128;
const maxNote = 1024;

export function coreEventErrors(event: Event): readonly FieldError[] {
  return placeErrors(event.involvedObject, event.metadata.namespace);
}

export function eventErrors(event: EventV1): readonly FieldError[] {
  const {
    eventTime,
    series,
    reportingController = '',
    reportingInstance = '',
    action = '',
    reason = '',
    note = '',
  } = event;
  const errors: FieldError[] = [];
  if (!eventTime) errors.push(requiredField('eventTime'));
  if (series != null) {
    if (series.count < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
    if (!series.lastObservedTime) errors.push(requiredField('series.lastObservedTime'));
  }
  if (reportingController === '') errors.push(requiredField('reportingController'));
  errors.push(
    ...qualifiedNameErrors(reportingController).map((text) =>
      invalid('reportingController', reportingController, text),
    ),
  );
  if (reportingInstance === '') errors.push(requiredField('reportingInstance'));
  const long = (field: string, text: string, max: number): void => {
    if (text.length > max) errors.push(invalid(field, '', `can have at most ${max} characters`));
  };
  long('reportingInstance', reportingInstance, maxInstance);
  if (action === '') errors.push(requiredField('action'));
  long('action', action, maxAction);
  if (reason === '') errors.push(requiredField('reason'));
  long('reason', reason, maxReason);
  long('message', note, maxNote);
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  }
  return [...errors, ...placeErrors(event.regarding ?? {}, event.metadata.namespace)];
}

export function eventUpdateErrors(event: EventV1, old: EventV1): readonly FieldError[] {
  const fixed: readonly (readonly [string, keyof EventV1])[] = [
    ['involvedObject', 'regarding'],
    ['reason', 'reason'],
    ['message', 'note'],
    ['source', 'deprecatedSource'],
    ['firstTimestamp', 'deprecatedFirstTimestamp'],
    ['lastTimestamp', 'deprecatedLastTimestamp'],
    ['count', 'deprecatedCount'],
    ['type', 'type'],
    ['eventTime', 'eventTime'],
    ['action', 'action'],
    ['related', 'related'],
    ['reportingController', 'reportingController'],
    ['reportingInstance', 'reportingInstance'],
  ];
  return [
    ...eventErrors(event),
    ...fixed
      .filter(([, name]) => !samePlain(event[name], old[name]))
      .map(([field, name]) => invalid(field, event[name] ?? null, 'field is immutable')),
  ];
}

/** An event lies beside what it is about; what has no namespace is told in `default`. */
function placeErrors(about: Event['involvedObject'], namespace: string): readonly FieldError[] {
  const { namespace: of = '' } = about;
  if (of === '') {
    const fine = namespace === 'default' || namespace === 'kube-system';
    return fine ? [] : [invalid('involvedObject.namespace', of, 'does not match event.namespace')];
  }
  const errors = of === namespace ? [] : [invalid('involvedObject.namespace', of, 'does not match event.namespace')];
  return errors.length > 0
    ? errors
    : dnsSubdomainErrors(namespace).map((text) => invalid('namespace', namespace, text));
}
