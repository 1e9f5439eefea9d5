import type { Descriptor, Draft } from '../../descriptor.ts';
import type { CronJob } from '../../groups/batch.v1.ts';
import { CronJobs } from '../../resources.ts';
import { age, booleanText, containerImages, containerNames, selectorText } from '../cells.ts';
import { ageColumn, column, countColumn, nameColumn, table, wideColumn } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { templateWarnings } from '../pod/warnings.ts';
import { prepareWithStatus } from '../prepare.ts';
import { cronJobErrors, cronJobNameErrors } from './cron-job-errors.ts';

const templateField = 'spec.jobTemplate.spec.template';

export const cronJobDescriptor: Descriptor<CronJob> = {
  resource: CronJobs,
  ...prepareWithStatus<CronJob>(CronJobs),
  defaults,
  validateCreate: (job) => [...cronJobNameErrors(job.metadata.name), ...cronJobErrors(job)],
  validateUpdate: (job, old, { subresource }) => (subresource === 'status' ? [] : cronJobErrors(job, old)),
  warnings: ({ spec }, old) =>
    templateWarnings(spec.jobTemplate.spec.template, templateField, old?.spec.jobTemplate.spec.template),
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
