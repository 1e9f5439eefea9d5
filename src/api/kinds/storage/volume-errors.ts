import { normalize } from 'node:path/posix';
import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import {
  PersistentVolumeSource,
  VolumeNodeAffinity,
  type PersistentVolume,
  type PersistentVolumeSpec,
} from '../../groups/core.v1.ts';
import { sameValue } from '../../equality.ts';
import { dnsSubdomainErrors } from '../../name-rules.ts';
import { goShape } from '../go-shape.ts';
import { lineDifference } from '../line-difference.ts';
import { nodeSelectorErrors } from '../pod/affinity.ts';
import { nanosOf } from '../pod/resources.ts';
import { amountErrors } from './amount-errors.ts';
import { accessModeErrors, volumeModeErrors } from './claim-errors.ts';
import { persistentSourceErrors } from './persistent-sources.ts';

const policies = ['Delete', 'Recycle', 'Retain'];
const inline = 'in the context of inline volumes';

export function volumeErrors(volume: PersistentVolume): readonly FieldError[] {
  return specErrors(volume, ownRules);
}

export const mountAnnotation = 'volume.beta.kubernetes.io/mount-options';
/** Sources whose options of mounting could be said in an annotation before there was a field for them. */
const mountable = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
] as const;

/** Told after all that is wrong with the volume itself. */
export function mountAnnotationErrors({ metadata, spec }: PersistentVolume): readonly FieldError[] {
  if (metadata.annotations?.[mountAnnotation] === undefined) return [];
  return mountable.some((name) => spec[name] != null)
    ? []
    : [forbidden(`metadata.annotations.${mountAnnotation}`, 'may not specify mount options for this volume type')];
}

/** A volume written inside another object: a driver's, that nobody claims. `field`: where it stands. */
export function inlineVolumeErrors(spec: PersistentVolumeSpec, field: string): readonly FieldError[] {
  const volume = { metadata: { name: '' }, spec } as PersistentVolume;
  return [
    ...(spec.claimRef == null ? [] : [forbidden('spec.claimRef', `may not be specified ${inline}`)]),
    ...(Object.keys(spec.capacity ?? {}).length === 0
      ? []
      : [forbidden('spec.capacity', `may not be specified ${inline}`)]),
    ...(spec.csi == null ? [requiredField('spec.csi', `has to be specified ${inline}`)] : []),
    ...specErrors(volume, inlineRules),
  ].map((error) => ({ ...error, field: error.field.replace(/^spec/, field) }));
}

/** What is asked of a volume of its own and of one inside another object, each told in its place. */
interface Rules {
  readonly capacity: Rule;
  readonly policy: Rule;
  readonly affinity: Rule;
  readonly className: Rule;
  readonly mode: Rule;
  readonly attributes: Rule;
}
type Rule = (spec: PersistentVolumeSpec) => readonly FieldError[];

const ownRules: Rules = {
  capacity: ({ capacity }) => capacityErrors(capacity),
  policy: ({ persistentVolumeReclaimPolicy: policy }) =>
    policy && !policies.includes(policy) ? [notSupported('spec.persistentVolumeReclaimPolicy', policy, policies)] : [],
  affinity: affinityErrors,
  className: ({ storageClassName: name }) =>
    name ? dnsSubdomainErrors(name).map((text) => invalid('spec.storageClassName', name, text)) : [],
  mode: ({ volumeMode }) => volumeModeErrors(volumeMode, 'spec.volumeMode'),
  attributes: attributesErrors,
};

const inlineRules: Rules = {
  capacity: () => [],
  policy: ({ persistentVolumeReclaimPolicy: policy }) =>
    policy && policy !== 'Retain'
      ? [forbidden('spec.persistentVolumeReclaimPolicy', `may only be Retain ${inline}`)]
      : [],
  affinity: ({ nodeAffinity }) =>
    nodeAffinity == null ? [] : [forbidden('spec.nodeAffinity', `may not be specified ${inline}`)],
  className: ({ storageClassName }) =>
    storageClassName ? [forbidden('spec.storageClassName', `may not be specified ${inline}`)] : [],
  mode: ({ volumeMode }) =>
    volumeMode == null || volumeMode === 'Filesystem'
      ? []
      : [forbidden('spec.volumeMode', `may not specify volumeMode other than Filesystem ${inline}`)],
  attributes: () => [],
};

function specErrors(volume: PersistentVolume, rules: Rules): readonly FieldError[] {
  const { spec } = volume;
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(requiredField('spec.accessModes'));
  errors.push(...accessModeErrors(modes, 'spec.accessModes'), ...rules.capacity(spec), ...rules.policy(spec));
  errors.push(...rules.affinity(spec), ...persistentSourceErrors(volume));
  const { hostPath, persistentVolumeReclaimPolicy: policy } = spec;
  if (hostPath != null && /^\/+$/.test(normalize(hostPath.path)) && policy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', detail));
  }
  return [...errors, ...rules.className(spec), ...rules.mode(spec), ...rules.attributes(spec)];
}

function capacityErrors(capacity: Readonly<Record<string, string>> | undefined): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = Object.keys(capacity ?? {});
  if (names.length === 0) errors.push(requiredField('spec.capacity'));
  if (names.length !== 1 || names[0] !== 'storage')
    errors.push(notSupported('spec.capacity', capacity ?? null, ['storage']));
  for (const [resource, size] of Object.entries(capacity ?? {}).toSorted()) {
    const field = `spec.capacity[${resource}]`;
    errors.push(...amountErrors(size, field));
    if (nanosOf(size) <= 0n) errors.push(invalid(field, size, 'must be greater than zero'));
  }
  return errors;
}

function affinityErrors({ nodeAffinity }: PersistentVolumeSpec): readonly FieldError[] {
  if (nodeAffinity == null) return [];
  return nodeAffinity.required == null
    ? [requiredField('spec.nodeAffinity.required', 'must specify required node constraints')]
    : nodeSelectorErrors(nodeAffinity.required, 'spec.nodeAffinity.required');
}

/** Attributes beyond those of the storage class, of drivers only. */
function attributesErrors({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec): readonly FieldError[] {
  if (name == null) return [];
  const field = 'spec.volumeAttributesClassName';
  return [
    ...(name === ''
      ? [requiredField(field, 'an empty string is disallowed')]
      : dnsSubdomainErrors(name).map((text) => invalid(field, name, text))),
    ...(csi == null ? [requiredField('spec.csi', 'has to be specified when using volumeAttributesClassName')] : []),
  ];
}

export function volumeUpdateErrors(volume: PersistentVolume, old: PersistentVolume): readonly FieldError[] {
  const errors = [...volumeErrors(volume)];
  const wanted = withoutFirstSecret(volume.spec, old.spec);
  if (!sameValue(PersistentVolumeSource, wanted, old.spec)) {
    const difference = lineDifference(shownSource(old.spec), shownSource(wanted));
    const detail = `spec.persistentvolumesource is immutable after creation\n${difference}`;
    errors.push(forbidden('spec.persistentvolumesource', detail));
  }
  if ((volume.spec.volumeMode ?? '') !== (old.spec.volumeMode ?? '')) {
    errors.push(invalid('volumeMode', volume.spec.volumeMode ?? null, 'field is immutable'));
  }
  const before = old.spec.nodeAffinity;
  const after = volume.spec.nodeAffinity;
  if (before != null && !sameValue(VolumeNodeAffinity, after, withNewLabels(before, after))) {
    const shown = after == null ? null : goShape(VolumeNodeAffinity, after);
    errors.push(invalid('nodeAffinity', shown, 'field is immutable, except for updating from beta label to GA'));
  }
  if (old.spec.volumeAttributesClassName != null && volume.spec.volumeAttributesClassName == null) {
    errors.push(forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'));
  }
  return errors;
}

/** A driver may learn later which secret it needs to expand the volume. */
function withoutFirstSecret(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): PersistentVolumeSpec {
  if (spec.csi?.controllerExpandSecretRef == null || old.csi == null || old.csi.controllerExpandSecretRef != null) {
    return spec;
  }
  const { controllerExpandSecretRef: _, ...csi } = spec.csi;
  return { ...spec, csi };
}

const stableLabels: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
};

/** The old affinity with those keys renamed to which the new one has moved. */
function withNewLabels(old: VolumeNodeAffinity, wanted: VolumeNodeAffinity | undefined): VolumeNodeAffinity {
  const terms = (old.required?.nodeSelectorTerms ?? []).map((term, index) => {
    const after = wanted?.required?.nodeSelectorTerms?.[index];
    const expressions = term.matchExpressions?.map((expression, position) => {
      const key = after?.matchExpressions?.[position]?.key;
      return key !== undefined && stableLabels[expression.key] === key ? { ...expression, key } : expression;
    });
    return expressions === undefined ? term : { ...term, matchExpressions: expressions };
  });
  return old.required == null ? old : { ...old, required: { ...old.required, nodeSelectorTerms: terms } };
}

function shownSource(spec: PersistentVolumeSpec): string {
  return JSON.stringify(goShape(PersistentVolumeSource, spec), null, 1);
}
