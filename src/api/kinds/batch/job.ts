import type { Descriptor, Draft } from '../../descriptor.ts';
import type { Job } from '../../groups/batch.v1.ts';
import { Jobs } from '../../resources.ts';
import { durationText } from '../cells.ts';
import { templatedColumns } from '../apps/replica-template.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { podTemplateDefaults } from '../pod/defaults.ts';
import { templateWarnings } from '../pod/warnings.ts';
import { prepareWithStatus } from '../prepare.ts';
import { jobErrors, jobUpdateErrors } from './job-errors.ts';
import { jobStatusErrors } from './job-status-errors.ts';
import { selectable } from '../selectable.ts';

/** Both names of each label are kept: the old ones are still what clients look for. */
const uidLabels = ['batch.kubernetes.io/controller-uid', 'controller-uid'];
const nameLabels = ['batch.kubernetes.io/job-name', 'job-name'];

const maxLabelLength = 63;

const prepared = prepareWithStatus<Job>(Jobs);

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
    if (draft.spec.manualSelector !== true) selectOwnPods(draft);
    // A name too long for a label is told once, with the labels of the pods.
    if ((draft.metadata.name ?? '').length <= maxLabelLength) takeTemplateLabels(draft);
  },
  validateCreate: (job) => jobErrors(job),
  validateUpdate: (job, old, { subresource }) =>
    subresource === 'status' ? jobStatusErrors(job, old) : jobUpdateErrors(job, old),
  warnings: ({ spec }, old) => templateWarnings(spec.template, 'spec.template', old?.spec.template),
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

/** A job finds its pods by its own uid, which goes to the labels of its template. */
function selectOwnPods(draft: Draft<Job>): void {
  const { spec, metadata } = draft;
  const uid = metadata.uid ?? '';
  spec.template.metadata ??= {};
  const labels = { ...spec.template.metadata.labels };
  for (const label of nameLabels) labels[label] = metadata.name ?? '';
  for (const label of uidLabels) labels[label] = uid;
  spec.template.metadata.labels = labels;
  spec.selector = { matchLabels: { ...spec.selector?.matchLabels, 'batch.kubernetes.io/controller-uid': uid } };
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
