/** Bounds of a namespace: for each object (LimitRange) and for all together (ResourceQuota). */
import type { Descriptor, Draft } from '../../descriptor.ts';
import type { LimitRange, ResourceQuota } from '../../groups/core.v1.ts';
import { LimitRanges, ResourceQuotas } from '../../resources.ts';
import { ageColumn, column, createdAtTable, nameColumn, table } from '../columns.ts';
import { prepareWithStatus } from '../prepare.ts';
import { limitRangeErrors } from './limit-range-errors.ts';
import { quotaErrors, quotaUpdateErrors } from './quota-errors.ts';

export const limitRangeDescriptor: Descriptor<LimitRange> = {
  resource: LimitRanges,
  metadataInUpdate: 'whole',
  createOnUpdate: true,
  defaults,
  validateCreate: limitRangeErrors,
  validateUpdate: limitRangeErrors,
  table: createdAtTable,
};

export const resourceQuotaDescriptor: Descriptor<ResourceQuota> = {
  resource: ResourceQuotas,
  deleteAnswersObject: true,
  ...prepareWithStatus<ResourceQuota>(ResourceQuotas, { withoutGeneration: true }),
  validateCreate: quotaErrors,
  validateUpdate: quotaUpdateErrors,
  table: table<ResourceQuota>([
    nameColumn,
    column('Request', (quota) => usageText(quota, (resource) => !resource.startsWith('limits.'))),
    column('Limit', (quota) => usageText(quota, (resource) => resource.startsWith('limits.'))),
    ageColumn,
  ]),
};

/** Of a container: the maximum is the default limit, the default limit is the default request. */
function defaults({ spec }: Draft<LimitRange>): void {
  for (const item of spec.limits ?? []) {
    if (item.type !== 'Container') continue;
    const limits = { ...item.max, ...item.default };
    const requests = { ...item.min, ...limits, ...item.defaultRequest };
    for (const [resource, min] of Object.entries(item.min ?? {})) {
      if (!Object.hasOwn(item.defaultRequest ?? {}, resource) && !Object.hasOwn(limits, resource)) {
        requests[resource] = min;
      }
    }
    item.default = limits;
    item.defaultRequest = requests;
  }
}

function usageText({ status }: ResourceQuota, wanted: (resource: string) => boolean): string {
  return Object.entries(status.hard ?? {})
    .filter(([resource]) => wanted(resource))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, hard]) => `${resource}: ${status.used?.[resource] ?? '0'}/${hard}`)
    .join(', ');
}
