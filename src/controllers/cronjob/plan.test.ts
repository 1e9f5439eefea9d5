import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob, Job } from '../../api/groups/batch.v1.ts';
import { job, metadata, nowMs } from '../testing/objects.ts';
import { planCronJob } from './plan.ts';

const before = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString().replace('.000', '');

function cronJob(spec: Partial<CronJob['spec']> = {}, status: CronJob['status'] = {}): CronJob {
  const meta = metadata('tick', { creationTimestamp: before(4.5) });
  return {
    metadata: meta,
    spec: { schedule: '*/5 * * * *', jobTemplate: { metadata: {}, spec: job().spec }, ...spec },
    status,
  };
}

function run(name: string, ending: 'Complete' | 'Failed' | undefined, startTime: string): Job {
  const at = { lastProbeTime: startTime, lastTransitionTime: startTime };
  const conditions = ending === undefined ? [] : [{ type: ending, status: 'True', reason: '', message: '', ...at }];
  const completion = ending === 'Complete' ? { completionTime: startTime } : {};
  const annotations = { 'batch.kubernetes.io/cronjob-scheduled-timestamp': startTime };
  return { ...job({}, { conditions, startTime, ...completion }), metadata: metadata(name, { annotations }) };
}

function script(of: CronJob, jobs: readonly Job[] = []): readonly string[] {
  const plan = planCronJob({ cronJob: of, jobs, nowMs });
  return [
    ...(plan.create === undefined ? [] : [`create ${plan.create.metadata?.name}`]),
    ...plan.remove.map(({ metadata: { name } }) => `remove ${name}`),
    ...plan.notes.map(({ reason }) => reason),
  ];
}

const due = `create tick-${nowMs / 60_000}`;
const running = run('one', undefined, before(5));
const byHand = { ...running, metadata: metadata('by-hand') };
const recent = { lastScheduleTime: before(0) };

const tables: readonly { title: string; of: CronJob; jobs?: Job[]; script: string[] }[] = [
  { title: 'starts a Job that is due', of: cronJob(), script: [due] },
  { title: 'starts it once', of: cronJob({}, recent), script: [] },
  {
    title: 'starts only the last of those that were missed',
    of: cronJob({}, { lastScheduleTime: before(60) }),
    script: [due],
  },
  { title: 'starts nothing while suspended', of: cronJob({ suspend: true }), script: [] },
  {
    title: 'starts nothing beside another when that is forbidden',
    of: cronJob({ concurrencyPolicy: 'Forbid' }),
    jobs: [running],
    script: ['JobAlreadyActive'],
  },
  {
    title: 'starts beside others when that is allowed',
    of: cronJob({ concurrencyPolicy: 'Allow' }),
    jobs: [running],
    script: [due],
  },
  {
    title: 'puts it in the place of another',
    of: cronJob({ concurrencyPolicy: 'Replace' }),
    jobs: [running],
    script: [due, 'remove one'],
  },
  {
    title: 'misses what could not be started in time',
    of: cronJob({ schedule: '58 23 * * *', startingDeadlineSeconds: 60 }),
    script: [],
  },
  {
    title: 'says that a zone in the schedule is not supported, and heeds it',
    of: cronJob({ schedule: 'CRON_TZ=UTC 0 0 1 1 *' }, recent),
    script: ['UnsupportedSchedule'],
  },
  {
    title: 'says that it cannot read the schedule',
    of: cronJob({ schedule: 'often' }),
    script: ['UnparseableSchedule'],
  },
  {
    title: 'keeps as much history as it is told to',
    of: cronJob({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 }, recent),
    jobs: [run('a', 'Complete', before(15)), run('b', 'Complete', before(10)), run('c', 'Failed', before(5))],
    script: ['remove a', 'remove c'],
  },
  {
    title: 'says that a Job has finished',
    of: cronJob({}, { ...recent, active: [{ uid: 'uid-a' }] }),
    jobs: [run('a', 'Complete', before(5))],
    script: ['SawCompletedJob'],
  },
  {
    title: 'does not count as active what was not made on schedule',
    of: cronJob({ concurrencyPolicy: 'Forbid' }),
    jobs: [byHand],
    script: [due, 'UnexpectedJob'],
  },
  {
    title: 'says that a Job that ran is gone',
    of: cronJob({}, { ...recent, active: [{ uid: 'uid-a', name: 'a' }] }),
    script: ['MissingJob'],
  },
  {
    title: 'says that it does not know the time zone, even while suspended',
    of: cronJob({ timeZone: 'Nowhere/Land', suspend: true }),
    script: ['UnknownTimeZone'],
  },
];

for (const { title, of, jobs, script: expected } of tables) {
  test(`planCronJob() ${title}`, () => assert.deepEqual(script(of, jobs), expected));
}

test('planCronJob() tells which Jobs run, and when the next is due', () => {
  const plan = planCronJob({ cronJob: cronJob({}, recent), jobs: [running], nowMs });
  assert.deepEqual(
    plan.status.active?.map(({ name }) => name),
    ['one'],
  );
  assert.equal(plan.nextMs, nowMs + 300_000);
});

test('planCronJob() tells what happened in the words of Kubernetes', () => {
  const told = (of: CronJob, jobs: readonly Job[] = []) =>
    planCronJob({ cronJob: of, jobs, nowMs }).notes.map(({ type, message }) => `${type} ${message}`);
  assert.deepEqual(told(cronJob({ timeZone: 'Nowhere/Land' })), [
    'Warning invalid timeZone: "Nowhere/Land": unknown time zone Nowhere/Land',
  ]);
  assert.deepEqual(told(cronJob({}, recent), [byHand]), [
    'Warning Saw a job that the controller did not create or forgot: by-hand',
  ]);
  assert.deepEqual(told(cronJob({}, { ...recent, active: [{ uid: 'uid-a', name: 'a' }] })), [
    'Normal Active job went missing: a',
  ]);
});

test('planCronJob() puts nothing that it replaces among the active ones', () => {
  const plan = planCronJob({ cronJob: cronJob({ concurrencyPolicy: 'Replace' }), jobs: [running], nowMs });
  assert.deepEqual(plan.status.active, []);
});
