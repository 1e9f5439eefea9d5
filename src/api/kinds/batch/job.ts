import type { Descriptor, Draft } from '../../descriptor.ts';
import type { Job } from '../../groups/batch.v1.ts';
import { labelValueErrors } from '../../names.ts';
import { Jobs } from '../../resources.ts';
import { durationText } from '../cells.ts';
import { templatedColumns } from '../apps/replica-template.ts';
import { podNameWarnings } from '../apps/workload-warnings.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { prepareTemplated } from '../apps/prepare-templated.ts';
import { jobErrors, prefix } from './job-errors.ts';
import { jobStatusErrors } from './job-status-errors.ts';
import { jobUpdateErrors } from './job-update-errors.ts';
import { jobSpecWarnings } from './job-warnings.ts';
import { selectable } from '../selectable.ts';

/** Both names of each label are kept: the old ones are still what clients look for. */
const uidLabels = [`${prefix}controller-uid`, 'controller-uid'];
const nameLabels = [`${prefix}job-name`, 'job-name'];

const prepared = prepareTemplated<Job>(Jobs, ({ spec }) => spec.template);

export const jobDescriptor: Descriptor<Job> = {
  resource: Jobs,
  ...prepared,
  orphansByDefault: {
    warning:
      'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or ' +
      'set propagationPolicy=Orphan to suppress this warning',
  },
  defaults,
  prepareForCreate(draft, context) {
    prepared.prepareForCreate(draft, context);
    const own = Object.keys(draft.spec.template.metadata?.labels ?? {}).length > 0;
    if (draft.spec.manualSelector !== true) selectOwnPods(draft);
    // A name that is no label is told once, with the labels of the pods, unless the job has had their labels from the start.
    if (own || labelValueErrors(draft.metadata.name ?? '').length === 0) takeTemplateLabels(draft);
  },
  prepareForUpdate(draft, old, context) {
    prepared.prepareForUpdate(draft, old, context);
    if (context.subresource === '') takeTemplateLabels(draft);
  },
  validateCreate: (job) => jobErrors(job),
  validateUpdate: (job, old, { subresource }) =>
    subresource === 'status' ? jobStatusErrors(job, old) : jobUpdateErrors(job, old),
  warnings: (job, old) => [...podNameWarnings(job, old), ...jobSpecWarnings(job.spec, 'spec', job, old)],
  ...selectable<Job>({ 'status.successful': ({ status }) => String(status.succeeded ?? 0) }),
  table: table<Job>([
    nameColumn,
    column('Status', statusText),
    column('Completions', completionsText),
    column('Duration', ({ status }, nowMs) => {
      if (!status.startTime) return '';
      const end = status.completionTime ? Date.parse(status.completionTime) : nowMs;
      return durationText(end - Date.parse(status.startTime));
    }),
    ageColumn,
    ...templatedColumns,
  ]),
};

function defaults({ spec }: Draft<Job>): void {
  if (spec.completions == null && spec.parallelism == null) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex == null ? 6 : 2_147_483_647;
  if (!spec.completionMode) spec.completionMode = 'NonIndexed';
  spec.suspend ??= false;
  if (!spec.podReplacementPolicy) {
    spec.podReplacementPolicy = spec.podFailurePolicy == null ? 'TerminatingOrFailed' : 'Failed';
  }
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of onPodConditions ?? []) if (!pattern.status) pattern.status = 'True';
  }
  spec.manualSelector ??= false;
  podTemplateDefaults(spec.template);
}

function takeTemplateLabels({ spec, metadata }: Draft<Job>): void {
  const labels = spec.template.metadata?.labels ?? {};
  if (Object.keys(metadata.labels ?? {}).length === 0 && Object.keys(labels).length > 0)
    metadata.labels = { ...labels };
}

/** A job finds its pods by its own uid, which goes to the labels of its template. Labels that are given stay, and are refused later. */
function selectOwnPods(draft: Draft<Job>): void {
  const { spec, metadata } = draft;
  const uid = metadata.uid ?? '';
  spec.template.metadata ??= {};
  const labels = { ...spec.template.metadata.labels };
  for (const label of nameLabels) labels[label] ??= metadata.name ?? '';
  for (const label of uidLabels) labels[label] ??= uid;
  spec.template.metadata.labels = labels;
  const [uidLabel = ''] = uidLabels;
  spec.selector = { ...spec.selector, matchLabels: { [uidLabel]: uid, ...spec.selector?.matchLabels } };
}

function statusText({ metadata, status }: Job): string {
  const holds = (wanted: string): boolean =>
    (status.conditions ?? []).some((condition) => condition.type === wanted && condition.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (holds('Suspended')) return 'Suspended';
  if (holds('FailureTarget')) return 'FailureTarget';
  if (holds('SuccessCriteriaMet')) return 'SuccessCriteriaMet';
  return 'Running';
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions != null) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}
