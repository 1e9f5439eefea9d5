import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createErrors } from '../../testing/checked.ts';
import { jobDescriptor } from './job.ts';

const job = (change: object, labels: object = { app: 'x' }): object => ({
  spec: {
    template: { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } },
    ...change,
  },
});
test('jobErrors() refuses other values for the labels that name the job', () => {
  const [error, ...more] = createErrors(jobDescriptor, job({}, { 'job-name': 'other' }));
  assert.match(
    error ?? '',
    /^spec\.template\.metadata\.labels\[job-name\]: Invalid value: \{.*"job-name":"other".*\}: must be 'a'$/,
  );
  assert.deepEqual(more, []);
});

test('jobErrors() refuses a selector of its own unless it is asked for', () => {
  const selector = { matchLabels: { app: 'x' } };
  const [error, ...more] = createErrors(jobDescriptor, job({ selector }));
  assert.match(error ?? '', /^spec\.selector: Invalid value: .*: `selector` not auto-generated$/);
  assert.deepEqual(more, []);
  assert.deepEqual(createErrors(jobDescriptor, job({ selector, manualSelector: true })), []);
  assert.deepEqual(createErrors(jobDescriptor, job({ manualSelector: true })), [
    'spec.selector: Required value',
    'spec.template.metadata.labels: Invalid value: {"app":"x"}: `selector` does not match template `labels`',
  ]);
});

test('jobErrors() wants a manager with a domain', () => {
  assert.deepEqual(createErrors(jobDescriptor, job({ managedBy: '' })), ['spec.managedBy: Required value']);
  assert.deepEqual(createErrors(jobDescriptor, job({ managedBy: 'me' })), [
    'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
  ]);
  const paths = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
  assert.deepEqual(createErrors(jobDescriptor, job({ managedBy: 'a.io/b c' })), [
    `spec.managedBy: Invalid value: "b c": Invalid path (regex used for validation is '${paths}')`,
  ]);
});
