import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors, updateErrors } from '../../testing/checked.ts';
import { eventDescriptor, eventV1Descriptor } from './events.ts';

const eventTime = '2020-01-01T00:00:00.000000Z';
const time = '2020-01-01T00:00:00Z';
const said = { reason: 'R', action: 'A', type: 'Normal', reportingInstance: 'i', eventTime };
const event = (change: object = {}): object => ({
  ...said,
  regarding: { namespace: 'n' },
  note: 'm',
  reportingController: 'a.io/b',
  ...change,
});
const misplaced = (namespace: string): string =>
  `involvedObject.namespace: Invalid value: "${namespace}": does not match event.namespace`;

test('coreEventErrors() wants an event beside what it is about', () => {
  const errors = (involvedObject: object, namespace = 'n'): readonly string[] =>
    createErrors(eventDescriptor, { metadata: { namespace }, involvedObject });
  assert.deepEqual(errors({ namespace: 'n' }), []);
  assert.deepEqual(errors({ namespace: 'o' }), [misplaced('o')]);
  assert.deepEqual(errors({}), [misplaced('')]);
  assert.deepEqual(errors({}, 'default'), []);
  assert.deepEqual(errors({}, 'kube-system'), [misplaced('')]);
});

test('coreEventErrors() wants more of an event with a time of its own', () => {
  const errors = createErrors(eventDescriptor, {
    metadata: { namespace: 'kube-system' },
    involvedObject: {},
    eventTime,
  });
  assert.deepEqual(
    errors.map((text) => text.split(': ').slice(0, 2).join(': ')),
    [
      'reportingComponent: Required value',
      'reportingComponent: Invalid value',
      'reportingComponent: Invalid value',
      'reportingInstance: Required value',
      'action: Required value',
      'reason: Required value',
    ],
  );
});

test('eventErrors() refuses the fields of the old form', () => {
  assert.deepEqual(createErrors(eventV1Descriptor, event()), []);
  const old = {
    deprecatedCount: 1,
    deprecatedSource: { host: 'h' },
    deprecatedFirstTimestamp: time,
    deprecatedLastTimestamp: time,
  };
  assert.deepEqual(createErrors(eventV1Descriptor, event({ ...old, type: 'X', series: { count: 1 } })), [
    'series.count: Invalid value: "": should be at least 2',
    'series.lastObservedTime: Required value',
    'type: Invalid value: "": has invalid value: X',
    ...['firstTimestamp', 'lastTimestamp', 'count', 'source'].map(
      (field) => `${field}: Invalid value: "": needs to be unset`,
    ),
  ]);
});

test('eventUpdateErrors() tells a changed reason twice, and structs by the names of Go', () => {
  const changed = event({ reason: 'Q', regarding: { name: 'p', namespace: 'n' }, deprecatedCount: 2 });
  assert.deepEqual(updateErrors(eventV1Descriptor, changed, event()), [
    'involvedObject: Invalid value: {"Kind":"","Namespace":"n","Name":"p","UID":"","APIVersion":"","ResourceVersion":"","FieldPath":""}: field is immutable',
    'reason: Invalid value: "Q": field is immutable',
    'count: Invalid value: 2: field is immutable',
    'reason: Invalid value: "Q": field is immutable',
  ]);
  assert.deepEqual(
    updateErrors(eventV1Descriptor, event({ series: { count: 1, lastObservedTime: eventTime } }), event()),
    ['series.count: Invalid value: "": should be at least 2'],
  );
});
