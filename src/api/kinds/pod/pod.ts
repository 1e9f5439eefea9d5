/**
 * Pods. What may change after creation is little: see update.ts. A pod that runs somewhere is deleted with grace: its
 * node ends it first.
 */
import type { Descriptor, Draft, WriteContext } from '../../descriptor.ts';
import { objectMetaErrors } from '../../object-meta.ts';
import { sameValue } from '../../equality.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import type { Pod } from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { Pods } from '../../resources.ts';
import { podOnlyDefaults, podSpecDefaults } from './defaults.ts';
import { podQosClass } from './qos.ts';
import { podSpecErrors } from './spec.ts';
import { podTable } from './table.ts';
import { podStatusErrors, podUpdateErrors } from './update.ts';
import { podWarnings } from './warnings.ts';
import { selectable } from '../selectable.ts';
import { timestampOf } from '../timestamp.ts';
import { appArmorAnnotationErrors, appArmorWarnings, syncAppArmor } from './app-armor.ts';
import { mergeLabelKeys } from './label-keys.ts';

const mirrorAnnotation = 'kubernetes.io/config.mirror';

export const podDescriptor: Descriptor<Pod> = {
  resource: Pods,
  deleteAnswersObject: true,
  defaults(draft) {
    podSpecDefaults(draft.spec);
    podOnlyDefaults(draft.spec);
    podAddresses(draft);
  },
  prepareForCreate(draft, { nowMs, warn }) {
    draft.metadata.generation = 1;
    mergeLabelKeys(draft);
    syncAppArmor(draft);
    for (const text of appArmorWarnings(draft as Pod)) warn?.(text);
    draft.status = { phase: 'Pending', qosClass: podQosClass(draft.spec as Pod['spec']) };
    if ((draft.spec.schedulingGates ?? []).length > 0) {
      const conditions = [
        {
          type: 'PodScheduled',
          status: 'False',
          lastProbeTime: null,
          lastTransitionTime: timestampOf(nowMs),
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ];
      Object.assign(draft.status, { conditions });
    }
  },
  prepareForUpdate,
  validateCreate: (pod) => [
    ...mirrorErrors(pod),
    ...appArmorAnnotationErrors(pod),
    ...podSpecErrors(pod.spec, 'spec', pod.metadata.name),
    ...gatedNodeErrors(pod),
  ],
  validateUpdate: (pod, old, { subresource }) => {
    if (subresource === 'binding') return [];
    if (subresource === 'status') return podStatusErrors(pod, old);
    // The original checks an updated pod as if it were new, and then what changed.
    const metadataErrors = objectMetaErrors(pod.metadata, { namespaced: true });
    return [...metadataErrors, ...podUpdateErrors(pod, old, subresource)];
  },
  warnings: (pod, old, { subresource }) => {
    if (subresource === 'status' || subresource === 'binding') return [];
    if (old !== undefined && sameValue(specType, pod.spec, old.spec)) return [];
    const texts = dnsLabelErrors(pod.metadata.name);
    return [
      ...(texts.length > 0 && old === undefined
        ? [
            `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${texts.join(', ')}]`,
          ]
        : []),
      ...podWarnings(pod, ''),
    ];
  },
  gracePeriodSeconds,
  ...selectable<Pod>({
    'spec.nodeName': ({ spec }) => spec.nodeName,
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy,
    'spec.schedulerName': ({ spec }) => spec.schedulerName,
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName,
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase,
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? status.podIP,
    'status.podIPs': ({ status }) => status.podIPs?.[0]?.ip ?? status.podIP,
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName,
  }),
  resetFields: {
    '': [['status']],
    status: [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']],
    ephemeralcontainers: [['status']],
    resize: [['status']],
  },
  table: podTable,
};

const specType = Pods.kind.fields['spec']?.type ?? Pods.kind;

function mirrorErrors({ metadata, spec }: Pod): FieldError[] {
  const value = metadata.annotations?.[mirrorAnnotation];
  if (value === undefined || (spec.nodeName ?? '') !== '') return [];
  const field = `metadata.annotations[${mirrorAnnotation}]`;
  return [invalid(field, value, 'must set spec.nodeName if mirror pod annotation is set')];
}

function prepareForUpdate(draft: Draft<Pod>, old: Pod, { subresource }: WriteContext): void {
  const before = old as Draft<Pod>;
  if (subresource === 'status') {
    draft.spec = before.spec;
    const { qosClass: kept } = old.status;
    if (!draft.status.qosClass && kept !== undefined) draft.status.qosClass = kept;
    return;
  }
  // A binding says in the status that the pod is scheduled.
  if (subresource !== 'binding') draft.status = before.status;
  if (subresource === 'ephemeralcontainers') {
    const added = draft.spec.ephemeralContainers;
    draft.spec = structuredClone(before.spec);
    if (added === undefined) delete draft.spec.ephemeralContainers;
    else draft.spec.ephemeralContainers = added;
  }
  if (subresource !== 'binding' && !sameValue(specType, draft.spec, old.spec))
    draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** The old field for one address and the new one for many say the same. */
function podAddresses({ status }: Draft<Pod>): void {
  if (status == null) return;
  if (status.podIP && (status.podIPs ?? []).length === 0) status.podIPs = [{ ip: status.podIP }];
  else if (status.podIPs?.[0] !== undefined && status.podIP !== status.podIPs[0].ip) {
    if (status.podIP && status.podIPs.length === 1) status.podIPs = [{ ip: status.podIP }];
    else status.podIP = status.podIPs[0].ip;
  }
}

function gatedNodeErrors({ spec }: Pod): readonly FieldError[] {
  return (spec.schedulingGates ?? []).length > 0 && spec.nodeName
    ? [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
    : [];
}

/** Nobody waits for a pod that runs nowhere, or not any more. */
function gracePeriodSeconds({ spec, status }: Pod, asked: number | undefined): number {
  const period = asked ?? spec.terminationGracePeriodSeconds ?? 0;
  if (!spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded') return 0;
  return period < 0 ? 1 : period;
}
