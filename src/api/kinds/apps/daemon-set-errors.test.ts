import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors } from '../../testing/checked.ts';
import { daemonSetDescriptor } from './daemon-set.ts';

const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const at = 'spec.updateStrategy.rollingUpdate';

function errors(rollingUpdate: object): readonly string[] {
  const spec = { selector: { matchLabels: { app: 'x' } }, template, updateStrategy: { rollingUpdate } };
  return createErrors(daemonSetDescriptor, { spec }).map((text) =>
    text.replace(/a valid percent string .*/, 'a valid percent'),
  );
}

test('daemonSetErrors() looks at the form of both numbers before their bounds', () => {
  assert.deepEqual(errors({ maxUnavailable: '200%', maxSurge: 'x' }), [
    `${at}.maxSurge: Invalid value: "x": a valid percent`,
    `${at}.maxUnavailable: Invalid value: "200%": must not be greater than 100%`,
  ]);
});

test('daemonSetErrors() counts a text without percent sign as its number', () => {
  assert.deepEqual(errors({ maxUnavailable: '2', maxSurge: 1 }), [
    `${at}.maxUnavailable: Invalid value: "2": a valid percent`,
    `${at}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`,
  ]);
});

test('daemonSetErrors() shows an unknown strategy with the numbers that were not given', () => {
  const spec = { selector: { matchLabels: { app: 'x' } }, template, updateStrategy: { type: 'X', rollingUpdate: {} } };
  assert.deepEqual(createErrors(daemonSetDescriptor, { spec }), [
    'spec.updateStrategy: Unsupported value: {"Type":"X","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":0}}: supported values: "RollingUpdate", "OnDelete"',
  ]);
});
