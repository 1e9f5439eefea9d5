/** Devices that pods claim: classes of devices, what nodes have, claims and templates of claims. */
import type { Descriptor, Draft } from '../../descriptor.ts';
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from '../../groups/resource.v1.ts';
import { DeviceClasses, ResourceClaims, ResourceClaimTemplates, ResourceSlices } from '../../resources.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { ageColumn, column, nameColumn, table } from '../columns.ts';
import { prepareWithGeneration, prepareWithStatus } from '../prepare.ts';
import { selectable } from '../selectable.ts';
import {
  resourceClaimErrors,
  claimTemplateErrors,
  claimTemplateUpdateErrors,
  resourceClaimUpdateErrors,
  deviceClassErrors,
} from './claim-errors.ts';
import { dropGoneDevices } from './claim-status-errors.ts';
import { dropClosedDeviceFields } from './closed-fields.ts';
import { dateTaints } from './device-taints.ts';
import { sliceErrors } from './slice-errors.ts';

export const deviceClassDescriptor: Descriptor<DeviceClass> = {
  resource: DeviceClasses,
  deleteAnswersObject: true,
  // The name that is made is checked, not what it is made from.
  nameErrors: (name, prefix) => (prefix ? [] : dnsSubdomainErrors(name)),
  ...prepareWithGeneration<DeviceClass>(DeviceClasses),
  validateCreate: deviceClassErrors,
  validateUpdate: (deviceClass, _old, context) => deviceClassErrors(deviceClass, context),
  table: table<DeviceClass>([nameColumn, ageColumn]),
};

const preparedClaim = prepareWithStatus<ResourceClaim>(ResourceClaims, {
  withoutGeneration: true,
  statusKeeps: 'metadata',
});

export const resourceClaimDescriptor: Descriptor<ResourceClaim> = {
  resource: ResourceClaims,
  deleteAnswersObject: true,
  ...preparedClaim,
  prepareForUpdate(draft, old, context) {
    preparedClaim.prepareForUpdate(draft, old, context);
    if (context.subresource === 'status') dropGoneDevices(draft, old);
  },
  // Metadata is kept without being left to others.
  resetFields: { '': [['status']], status: [['spec']] },
  defaults: ({ spec }) => claimDefaults(spec),
  validateCreate: resourceClaimErrors,
  validateUpdate: resourceClaimUpdateErrors,
  table: table<ResourceClaim>([
    nameColumn,
    column('State', ({ metadata, status }) => {
      const states = [
        ...(metadata.deletionTimestamp ? ['deleted'] : []),
        ...(status?.allocation == null ? [] : ['allocated']),
        ...((status?.reservedFor ?? []).length > 0 ? ['reserved'] : []),
      ];
      return states.length === 0 ? 'pending' : states.join(',');
    }),
    ageColumn,
  ]),
};

export const resourceClaimTemplateDescriptor: Descriptor<ResourceClaimTemplate> = {
  resource: ResourceClaimTemplates,
  deleteAnswersObject: true,
  defaults: ({ spec }) => claimDefaults(spec.spec),
  validateCreate: claimTemplateErrors,
  validateUpdate: claimTemplateUpdateErrors,
  table: table<ResourceClaimTemplate>([nameColumn, ageColumn]),
};

const preparedSlice = prepareWithGeneration<ResourceSlice>(ResourceSlices);

export const resourceSliceDescriptor: Descriptor<ResourceSlice> = {
  resource: ResourceSlices,
  deleteAnswersObject: true,
  prepareForCreate(draft, context) {
    dateTaints(draft, context.nowMs);
    preparedSlice.prepareForCreate?.(draft, context);
    dropClosedDeviceFields(draft);
  },
  prepareForUpdate(draft, old, context) {
    dateTaints(draft, context.nowMs);
    preparedSlice.prepareForUpdate?.(draft, old, context);
    dropClosedDeviceFields(draft, old);
  },
  ...selectable<ResourceSlice>({
    'spec.nodeName': ({ spec }) => spec.nodeName,
    'spec.driver': ({ spec }) => spec.driver,
  }),
  warnings: ({ spec: { driver } }) =>
    driver === driver.toLowerCase()
      ? []
      : [`spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`],
  validateCreate: (slice) => sliceErrors(slice),
  validateUpdate: (slice, old) => sliceErrors(slice, old),
  table: table<ResourceSlice>([
    nameColumn,
    column('Node', ({ spec }) => spec.nodeName ?? ''),
    column('Driver', ({ spec }) => spec.driver),
    column('Pool', ({ spec }) => spec.pool.name),
    ageColumn,
  ]),
};

function claimDefaults(spec: Draft<ResourceClaim['spec']>): void {
  for (const request of spec?.devices?.requests ?? []) {
    const { exactly } = request;
    if (exactly != null) {
      if (!exactly.allocationMode) exactly.allocationMode = 'ExactCount';
      if (exactly.allocationMode === 'ExactCount' && !exactly.count) exactly.count = 1;
    }
    for (const option of request.firstAvailable ?? []) {
      if (!option.allocationMode) option.allocationMode = 'ExactCount';
      if (option.allocationMode === 'ExactCount' && !option.count) option.count = 1;
    }
  }
}
