import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf } from '../../testing/checked.ts';
import { cronJobDescriptor } from '../batch/cron-job.ts';
import { jobDescriptor } from '../batch/job.ts';
import { deploymentDescriptor } from './deployment.ts';

const env = [{ name: 'A' }, { name: 'A' }];
const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', env }] } };
const object = (name: string, generation: number, spec: object = { template }): object => ({
  metadata: { name, generation },
  spec,
});
const doubled = (field: string): string =>
  `${field}.spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply`;

test('podNameWarnings() advises of names that are no labels when the workload is made', () => {
  const spec = { template: { spec: { containers: [] } } };
  assert.deepEqual(warningsOf(deploymentDescriptor, object('a.b', 1, spec)), [
    'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
  ]);
  assert.deepEqual(warningsOf(deploymentDescriptor, object('a.b', 2, spec), object('a.b', 1, spec)), []);
});

test('templateWarnings() come again when the generation grows', () => {
  assert.deepEqual(warningsOf(jobDescriptor, object('a', 1)), [doubled('spec.template')]);
  assert.deepEqual(warningsOf(jobDescriptor, object('a', 2), object('a', 1)), [doubled('spec.template')]);
  assert.deepEqual(warningsOf(jobDescriptor, object('a', 1), object('a', 1)), []);
});

test('a cron job warns of a zone in its schedule and of its pods', () => {
  const spec = { schedule: 'TZ=UTC * * * * *', jobTemplate: { spec: { template } } };
  assert.deepEqual(warningsOf(cronJobDescriptor, object('a', 1, spec), object('a', 1, spec)), [
    'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
  ]);
  assert.equal(warningsOf(cronJobDescriptor, object('a', 1, spec))[0], doubled('spec.jobTemplate.spec.template'));
});

test('jobSpecWarnings() tells of indexed jobs whose indexes may be too many', () => {
  const spec = {
    completionMode: 'Indexed',
    completions: 100_001,
    parallelism: 10_001,
    template: { spec: { containers: [] } },
  };
  const [first, ...more] = warningsOf(jobDescriptor, object('a', 1, spec));
  assert.match(first ?? '', /^spec: In Indexed Jobs with a number of completions higher than 10\^5 /);
  assert.deepEqual(more, []);
});
