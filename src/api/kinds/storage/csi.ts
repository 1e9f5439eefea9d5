/** What CSI drivers tell the cluster: the driver, its presence on nodes, its capacity. */
import type { Descriptor } from '../../descriptor.ts';
import type { CSIDriver, CSINode, CSIStorageCapacity } from '../../groups/storage.v1.ts';
import { objectMetaErrors } from '../../object-meta.ts';
import { CSIDrivers, CSINodes, CSIStorageCapacities } from '../../resources.ts';
import { orNone } from '../cells.ts';
import { ageColumn, column, countColumn, createdAtTable, nameColumn, table } from '../columns.ts';
import {
  capacityErrors,
  capacityUpdateErrors,
  driverErrors,
  driverUpdateErrors,
  nodeDriversErrors,
  nodeDriversUpdateErrors,
} from './csi-errors.ts';
import { countChange, partsOf } from '../prepare.ts';

export const csiDriverDescriptor: Descriptor<CSIDriver> = {
  resource: CSIDrivers,
  unconditionalUpdate: false,
  deleteAnswersObject: true,
  // The gate VolumeLimitScaling is off in v1.36.
  prepareForCreate: ({ spec }) => {
    delete spec.preventPodSchedulingIfMissing;
  },
  prepareForUpdate: (draft, old) => {
    if (old.spec.preventPodSchedulingIfMissing == null) delete draft.spec.preventPodSchedulingIfMissing;
    countChange(CSIDrivers, partsOf(draft), partsOf(old));
  },
  validateCreate: driverErrors,
  validateUpdate: driverUpdateErrors,
  warnings: ({ spec }) =>
    (spec.tokenRequests ?? []).length > 0 && spec.serviceAccountTokenInSecrets == null
      ? [
          'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes',
        ]
      : [],
  defaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
    if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
  },
  table: table<CSIDriver>([
    nameColumn,
    column('AttachRequired', ({ spec }) => spec.attachRequired ?? true, {
      type: 'boolean',
    }),
    column('PodInfoOnMount', ({ spec }) => spec.podInfoOnMount ?? false, {
      type: 'boolean',
    }),
    column('StorageCapacity', ({ spec }) => spec.storageCapacity ?? false, {
      type: 'boolean',
    }),
    column('TokenRequests', ({ spec }) =>
      spec.tokenRequests === undefined ? '<unset>' : spec.tokenRequests.map(({ audience }) => audience).join(','),
    ),
    column('RequiresRepublish', ({ spec }) => spec.requiresRepublish ?? false, {
      type: 'boolean',
    }),
    column('Modes', ({ spec }) => orNone(spec.volumeLifecycleModes?.join(','))),
    ageColumn,
  ]),
};

export const csiNodeDescriptor: Descriptor<CSINode> = {
  resource: CSINodes,
  unconditionalUpdate: false,
  deleteAnswersObject: true,
  validateCreate: nodeDriversErrors,
  metadataInUpdate: 'whole',
  // The original looks at the whole twice.
  validateUpdate: (node, old) => [
    ...nodeDriversErrors(node),
    ...objectMetaErrors(node.metadata, { namespaced: false }),
    ...nodeDriversUpdateErrors(node, old),
  ],
  table: table<CSINode>([nameColumn, countColumn('Drivers', ({ spec }) => (spec.drivers ?? []).length), ageColumn]),
};

export const csiStorageCapacityDescriptor: Descriptor<CSIStorageCapacity> = {
  resource: CSIStorageCapacities,
  unconditionalUpdate: false,
  validateCreate: capacityErrors,
  metadataInUpdate: 'both',
  validateUpdate: capacityUpdateErrors,
  table: createdAtTable,
};
