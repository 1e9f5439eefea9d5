import type { Descriptor, Draft } from '../../descriptor.ts';
import type { Node } from '../../groups/core.v1.ts';
import { Nodes } from '../../resources.ts';
import { orNone } from '../cells.ts';
import { ageColumn, column, nameColumn, table, wideColumn } from '../columns.ts';
import { rangeWarnings } from '../ip-warnings.ts';
import { nodeErrors, nodeUpdateErrors } from './node-errors.ts';
import { selectable } from '../selectable.ts';

const rolePrefix = 'node-role.kubernetes.io/';

export const nodeDescriptor: Descriptor<Node> = {
  resource: Nodes,
  metadataInUpdate: 'both',
  defaults({ spec, status }) {
    alignRanges(spec);
    if (status?.capacity !== undefined && status.allocatable === undefined) status.allocatable = { ...status.capacity };
  },
  prepareForUpdate(draft, old, { subresource }) {
    const before = old as Draft<Node>;
    if (subresource === 'status') draft.spec = before.spec;
    else draft.status = before.status;
    if (old.spec.configSource == null) delete draft.spec.configSource;
  },
  prepareForCreate(draft) {
    delete draft.spec.configSource;
  },
  resetFields: { '': [['status']], status: [['spec']] },
  validateCreate: nodeErrors,
  validateUpdate: (node, old, { subresource }) => {
    const errors = nodeUpdateErrors(node, old);
    if (subresource === 'status') return errors;
    // The original checks the whole node as if it were new, and then what changed.
    return [...nodeErrors(node), ...errors];
  },
  warnings: ({ spec }, _, { subresource }) => (subresource === 'status' ? [] : nodeWarnings(spec)),
  ...selectable<Node>({ 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) }),
  table: table<Node>([
    nameColumn,
    column('Status', statusText),
    column('Roles', ({ metadata }) => orNone(rolesOf(metadata.labels ?? {}).join(','))),
    ageColumn,
    column('Version', ({ status }) => status.nodeInfo?.kubeletVersion ?? ''),
    wideColumn('Internal-IP', (node) => addressOf(node, 'InternalIP')),
    wideColumn('External-IP', (node) => addressOf(node, 'ExternalIP')),
    wideColumn('OS-Image', ({ status }) => orUnknown(status.nodeInfo?.osImage)),
    wideColumn('Kernel-Version', ({ status }) => orUnknown(status.nodeInfo?.kernelVersion)),
    wideColumn('Container-Runtime', ({ status }) => orUnknown(status.nodeInfo?.containerRuntimeVersion)),
  ]),
};

function nodeWarnings({ configSource, externalID, podCIDRs }: Node['spec']): readonly string[] {
  return [
    ...(configSource == null ? [] : ['spec.configSource: the feature is removed']),
    ...(externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
    ...(podCIDRs ?? []).flatMap((range, index) => rangeWarnings(range, `spec.podCIDRs[${index}]`)),
  ];
}

function statusText({ spec, status }: Node): string {
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable === true ? `${text},SchedulingDisabled` : text;
}

function rolesOf(labels: Readonly<Record<string, string>>): readonly string[] {
  const roles = Object.entries(labels).map(([key, value]) =>
    key.startsWith(rolePrefix) ? key.slice(rolePrefix.length) : key === 'kubernetes.io/role' ? value : '',
  );
  return [...new Set(roles)].filter((role) => role !== '').toSorted();
}

function addressOf({ status }: Node, wanted: string): string {
  return status.addresses?.find(({ type }) => type === wanted)?.address ?? '<none>';
}

const orUnknown = (text: string | undefined): string => text || '<unknown>';

/** The old field for one range and the new one for many say the same. */
function alignRanges(spec: Draft<Node>['spec']): void {
  if (spec == null) return;
  const [first] = spec.podCIDRs ?? [];
  if (spec.podCIDR && spec.podCIDR !== first) spec.podCIDRs = [spec.podCIDR];
  else if (first !== undefined) spec.podCIDR = first;
}
