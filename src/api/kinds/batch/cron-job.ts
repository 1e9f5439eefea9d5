import type { Descriptor, Draft } from '../../descriptor.ts';
import type { CronJob } from '../../groups/batch.v1.ts';
import { CronJobs } from '../../resources.ts';
import { podNameWarnings } from '../apps/workload-warnings.ts';
import { age, booleanText, containerImages, containerNames, selectorText } from '../cells.ts';
import { ageColumn, column, countColumn, nameColumn, table, wideColumn } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from '../apps/prepare-templated.ts';
import { cronJobErrors, cronJobNameErrors } from './cron-job-errors.ts';
import { jobSpecWarnings } from './job-warnings.ts';

/** The field is called so by the original. */
const zoneText =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see ' +
  'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details';

export const cronJobDescriptor: Descriptor<CronJob> = {
  resource: CronJobs,
  ...prepareTemplated<CronJob>(CronJobs, ({ spec }) => spec.jobTemplate.spec.template),
  defaults,
  validateCreate: (job) => [...cronJobErrors(job), ...cronJobNameErrors(job.metadata.name)],
  validateUpdate: (job, old, { subresource }) => (subresource === 'status' ? [] : cronJobErrors(job, old)),
  warnings: (job, old, { subresource }) => [
    ...podNameWarnings(job, old),
    ...jobSpecWarnings(job.spec.jobTemplate.spec, 'spec.jobTemplate.spec', job, old),
    ...(subresource === '' && job.spec.schedule.includes('TZ') ? [zoneText] : []),
  ],
  table: table<CronJob>([
    nameColumn,
    column('Schedule', ({ spec }) => spec.schedule),
    column('Timezone', ({ spec }) => spec.timeZone || '<none>'),
    column('Suspend', ({ spec }) => booleanText(spec.suspend), { type: 'boolean' }),
    countColumn('Active', ({ status }) => (status.active ?? []).length),
    column('Last Schedule', ({ status }, nowMs) =>
      status.lastScheduleTime ? age(status.lastScheduleTime, nowMs) : '<none>',
    ),
    ageColumn,
    wideColumn('Containers', ({ spec }) => containerNames(spec.jobTemplate.spec?.template?.spec?.containers)),
    wideColumn('Images', ({ spec }) => containerImages(spec.jobTemplate.spec?.template?.spec?.containers)),
    wideColumn('Selector', ({ spec }) => selectorText(spec.jobTemplate.spec?.selector)),
  ]),
};

function defaults({ spec }: Draft<CronJob>): void {
  if (!spec.concurrencyPolicy) spec.concurrencyPolicy = 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  podTemplateDefaults(spec.jobTemplate.spec.template);
}
