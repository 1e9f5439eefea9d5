import type { JobSpec } from '../../groups/batch.v1.ts';
import { isNewGeneration, templateWarnings } from '../apps/workload-warnings.ts';

/** Beyond both, the indexes that are done can be too many to be written down. */
const manyCompletions = 100_000;
const manyAtOnce = 10_000;

type Owner = Parameters<typeof isNewGeneration>[0];

/** `field`: where the spec stands in its owner, a job or cron job. */
export function jobSpecWarnings(spec: JobSpec, field: string, owner: Owner, old: Owner | undefined): string[] {
  const { completionMode, completions, parallelism, template } = spec;
  const many = (completions ?? 0) > manyCompletions && (parallelism ?? 0) > manyAtOnce;
  const text =
    'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, ' +
    'Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  return [
    ...(isNewGeneration(owner, old) && completionMode === 'Indexed' && many ? [`${field}: ${text}`] : []),
    ...templateWarnings(template, `${field}.template`, owner, old),
  ];
}
