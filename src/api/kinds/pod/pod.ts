/**
 * Pods. What may change after creation is little: see update.ts. A pod that runs somewhere is deleted with grace: its
 * node ends it first.
 */
import { joined } from '../../joined.ts';
import type { Descriptor, Draft, WriteContext } from '../../descriptor.ts';
import { objectMetaErrors } from '../../object-meta.ts';
import { sameValue } from '../../equality.ts';
import { forbidden, type FieldError } from '../../field-error.ts';
import type { Pod, PodSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors } from '../../name-rules.ts';
import { Pods } from '../../resources.ts';
import { dropClosedFields, dropClosedStatus } from './closed-fields.ts';
import { dropOldAnnotations, podOnlyDefaults, podSpecDefaults } from './defaults.ts';
import { podQosClass } from './qos.ts';
import { resizedSpec } from './resize.ts';
import { podStatusErrors } from './status-update.ts';
import { podTable } from './table.ts';
import { podUpdateErrors, wholePodErrors } from './update.ts';
import { podWarnings } from './warnings.ts';
import { selectable } from '../selectable.ts';
import { timestampOf } from '../timestamp.ts';
import { appArmorMatchErrors, syncAppArmor } from './app-armor.ts';
import { addressWarnings } from '../ip-warnings.ts';
import { seccompMatchErrors } from './annotations.ts';
import { isGated } from './gated-update.ts';
import { mergeLabelKeys } from './label-keys.ts';

export const podDescriptor: Descriptor<Pod> = {
  resource: Pods,
  deleteAnswersObject: true,
  defaults(draft) {
    dropOldAnnotations(draft.metadata);
    podSpecDefaults(draft.spec);
    podOnlyDefaults(draft.spec);
    podAddresses(draft);
  },
  prepareForCreate(draft, { nowMs, warn }) {
    draft.metadata.generation = 1;
    dropClosedFields(draft.spec);
    mergeLabelKeys(draft);
    for (const text of syncAppArmor(draft)) warn?.(text);
    draft.status = { phase: 'Pending', qosClass: podQosClass(draft.spec as Pod['spec']) };
    if (isGated(draft.spec as PodSpec)) {
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
  validateCreate: (pod) => joined(wholePodErrors(pod), newPodErrors(pod)),
  validateUpdate: (pod, old, { subresource }) => {
    if (subresource === 'binding') return [];
    if (subresource === 'status') return podStatusErrors(pod, old);
    // The original checks an updated pod as if it were new, and then what changed.
    const metadataErrors = objectMetaErrors(pod.metadata, { namespaced: true });
    return [...metadataErrors, ...podUpdateErrors(pod, old, subresource)];
  },
  warnings: (pod, old, { subresource }) => {
    if (subresource === 'status') return statusWarnings(pod);
    // People seldom change pods by hand.
    if (old !== undefined) return [];
    const texts = dnsLabelErrors(pod.metadata.name);
    return [
      ...(texts.length > 0
        ? [
            `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${texts.join(' ')}]`,
          ]
        : []),
      ...podWarnings(pod, ''),
    ];
  },
  gracePeriodSeconds,
  ...selectable<Pod>({
    'spec.nodeName': ({ spec }) => spec.nodeName,
    // The name of old for the same.
    'spec.host': ({ spec }) => spec.nodeName,
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy,
    'spec.schedulerName': ({ spec }) => spec.schedulerName,
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName,
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase,
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? status.podIP,
    // A name that is known but never filled.
    'status.podIPs': () => '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName,
  }),
  resetFields: {
    '': [['status']],
    status: [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']],
  },
  onlyFields: {
    ephemeralcontainers: [['spec', 'ephemeralContainers']],
    resize: ['containers', 'initContainers'].flatMap((list) =>
      ['resources', 'resizePolicy'].map((name) => ['spec', list, '*', name]),
    ),
  },
  table: podTable,
};

const specType = Pods.kind.fields['spec']?.type ?? Pods.kind;

function prepareForUpdate(draft: Draft<Pod>, old: Pod, { subresource }: WriteContext): void {
  const before = old as Draft<Pod>;
  if (subresource === 'status') {
    draft.spec = before.spec;
    draft.metadata.ownerReferences = before.metadata.ownerReferences;
    const { qosClass: kept } = old.status;
    if (!draft.status.qosClass && kept !== undefined) draft.status.qosClass = kept;
    keepObserved(draft, old);
    dropClosedStatus(draft.status, old.status);
    return;
  }
  // A binding says in the status that the pod is scheduled.
  if (subresource !== 'binding') draft.status = before.status;
  if (subresource === 'resize')
    draft.spec = structuredClone(resizedSpec(draft.spec as PodSpec, old.spec)) as Draft<PodSpec>;
  if (subresource === 'resize' || subresource === 'ephemeralcontainers') keepMetadata(draft, old);
  if (subresource === 'ephemeralcontainers') {
    const added = draft.spec.ephemeralContainers;
    draft.spec = structuredClone(before.spec);
    if (added === undefined) delete draft.spec.ephemeralContainers;
    else draft.spec.ephemeralContainers = added;
  }
  dropClosedFields(draft.spec, old.spec);
  if (subresource !== 'binding' && !sameValue(specType, draft.spec, old.spec))
    draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** These endpoints change a part of the spec and nothing of what people say of the pod. */
function keepMetadata(draft: Draft<Pod>, old: Pod): void {
  for (const name of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    Object.assign(draft.metadata, { [name]: structuredClone(old.metadata[name]) });
  }
}

/** A client that knows nothing of generations does not forget those that were observed. */
function keepObserved({ status }: Draft<Pod>, old: Pod): void {
  if (!status.observedGeneration && old.status.observedGeneration) {
    status.observedGeneration = old.status.observedGeneration;
  }
  const before = [...(old.status.conditions ?? [])];
  for (const condition of status.conditions ?? []) {
    const index = before.findIndex(({ type }) => type === condition.type);
    const [same] = index < 0 ? [] : before.splice(index, 1);
    if (!condition.observedGeneration && same?.observedGeneration) {
      condition.observedGeneration = same.observedGeneration;
    }
  }
}

function statusWarnings({ status }: Pod): readonly string[] {
  return (['podIPs', 'hostIPs'] as const).flatMap((list) =>
    (status[list] ?? []).flatMap(({ ip }, index) => addressWarnings(ip, `status.${list}[${index}].ip`)),
  );
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

/** What is asked of a new pod only. */
function newPodErrors({ metadata, spec }: Pod): readonly FieldError[] {
  const errors: FieldError[] = [];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (isGated(spec) && spec.nodeName) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return joined(
    errors,
    seccompMatchErrors(metadata.annotations, spec, 'spec'),
    appArmorMatchErrors(metadata.annotations, spec, 'spec'),
  );
}

/** Nobody waits for a pod that runs nowhere, or not any more. */
function gracePeriodSeconds({ spec, status }: Pod, asked: number | undefined): number {
  const period = asked ?? spec.terminationGracePeriodSeconds ?? 0;
  if (!spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded') return 0;
  return period < 0 ? 1 : period;
}
