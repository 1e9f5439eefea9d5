import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob } from '../../groups/batch.v1.ts';
import { cronJobErrors } from './cron-job-errors.ts';

const jobTemplate = {
  spec: {
    template: {
      spec: {
        restartPolicy: 'Never',
        dnsPolicy: 'ClusterFirst',
        containers: [
          { name: 'c', image: 'i', imagePullPolicy: 'Always', terminationMessagePolicy: 'File', resources: {} },
        ],
      },
    },
  },
};

function cronJob(change: object): CronJob {
  const spec = { schedule: '* * * * *', concurrencyPolicy: 'Allow', jobTemplate, ...change };
  return { metadata: { name: 'c' }, spec } as unknown as CronJob;
}

function errors(change: object, old?: object): readonly string[] {
  const found = cronJobErrors(cronJob(change), old === undefined ? undefined : cronJob(old));
  return found
    .filter(({ field }) => !field.startsWith('spec.jobTemplate'))
    .map(({ field, message }) => `${field}: ${message}`);
}

test('cronJobErrors() refuses a zone in the schedule unless the old one had one', () => {
  const schedule = 'TZ=UTC 0 * * * *';
  const shown = `spec.schedule: Invalid value: "${schedule}"`;
  assert.deepEqual(errors({ schedule }), [
    `${shown}: cannot use TZ or CRON_TZ in schedule, use timeZone field instead`,
  ]);
  const old = { schedule: 'CRON_TZ=UTC 5 * * * *' };
  assert.deepEqual(errors({ schedule }, old), []);
  assert.deepEqual(errors({ schedule, timeZone: 'Europe/Zurich' }, old), [
    `${shown}: cannot use both timeZone field and TZ or CRON_TZ in schedule`,
  ]);
});

test('cronJobErrors() wants a zone that has a name of its own', () => {
  const at = 'spec.timeZone: Invalid value';
  const own = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  assert.deepEqual(errors({ timeZone: 'Asia/Tokyo' }), []);
  assert.deepEqual(errors({ timeZone: '' }), [`${at}: "": timeZone must be nil or non-empty string`]);
  assert.deepEqual(errors({ timeZone: 'Local' }), [`${at}: "Local": ${own}`]);
  assert.deepEqual(errors({ timeZone: 'local' }), [
    `${at}: "local": ${own}`,
    `${at}: "local": unknown time zone local`,
  ]);
  for (const timeZone of ['../UTC', 'No/Where', '-UTC', '/UTC', 'US//Pacific', 'utc', 'EUROPE/Berlin', 'gb']) {
    assert.deepEqual(errors({ timeZone }), [`${at}: "${timeZone}": unknown time zone ${timeZone}`]);
  }
});
