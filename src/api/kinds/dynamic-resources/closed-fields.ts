/** Fields of slices that belong to features which are off by default in this version: only slices that have them keep them. */
import type { Draft } from '../../descriptor.ts';
import type { Device, DeviceAttribute, ResourceSlice } from '../../groups/resource.v1.ts';

const lists = ['bools', 'ints', 'strings', 'versions'] as const;

/** `old`: before an update. */
export function dropClosedDeviceFields({ spec }: Draft<ResourceSlice>, old?: ResourceSlice): void {
  const before = old?.spec.devices ?? [];
  const drafts = spec.devices ?? [];
  if (!before.some((device) => Object.keys(device.nodeAllocatableResourceMappings ?? {}).length > 0)) {
    for (const device of drafts) delete device.nodeAllocatableResourceMappings;
  }
  if (before.some((device) => attributesOf(device).some(hasList))) return;
  for (const device of drafts) {
    for (const attribute of Object.values(device.attributes ?? {})) for (const list of lists) delete attribute[list];
  }
}

const attributesOf = ({ attributes }: Device): readonly DeviceAttribute[] => Object.values(attributes ?? {});

const hasList = (attribute: DeviceAttribute): boolean => lists.some((list) => attribute[list] != null);
