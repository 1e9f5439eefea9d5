/** Volumes of a pod: each has a name and exactly one source. */
import { duplicate, forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type { CSIVolumeSource, EphemeralVolumeSource, PodSpec, Volume } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { volumeClaimTemplateErrors } from '../storage/claim-template-errors.ts';
import { downwardItemsErrors, keyItemsErrors, modeErrors, projectedErrors } from './projected-volumes.ts';
import { pullPolicyErrors } from './pull-policy.ts';
import { nanosOf } from './resources.ts';
import { localPathErrors } from './volume-mounts.ts';
import {
  azureDiskErrors,
  blockStoreErrors,
  diskErrors,
  driverNameErrors,
  fibreChannelErrors,
  flexErrors,
  flockerErrors,
  givenErrors,
  hostPathErrors,
  iscsiErrors,
  isLongInitiator,
  longInitiatorText,
  nfsErrors,
  oneSourceErrors,
  quobyteErrors,
  storageOsErrors,
} from './volume-sources.ts';

export interface CheckedVolumes {
  readonly errors: readonly FieldError[];
  /** By name: only those without an error can be mounted. */
  readonly volumes: ReadonlyMap<string, Volume>;
}

/** `podName`: undefined for the spec of a template. */
export function checkVolumes(spec: PodSpec, podName: string | undefined, field: string): CheckedVolumes {
  const errors: FieldError[] = [];
  const volumes = new Map<string, Volume>();
  const all = spec.volumes ?? [];
  const made = new Set(podName ? all.filter(isEphemeral).map(({ name }) => `${podName}-${name}`) : []);
  for (const [index, volume] of all.entries()) {
    const item = `${field}[${index}]`;
    const { name, persistentVolumeClaim } = volume;
    const found = [...sourceErrors(volume, podName, item), ...nameErrors(name, `${item}.name`)];
    if (volumes.has(name)) found.push(duplicate(`${item}.name`, name));
    if (found.length === 0) volumes.set(name, volume);
    errors.push(...found);
    if (persistentVolumeClaim != null && made.has(persistentVolumeClaim.claimName)) {
      const detail = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(invalid(`${item}.persistentVolumeClaim.claimName`, persistentVolumeClaim.claimName, detail));
    }
  }
  return { errors, volumes };
}

const isEphemeral = ({ ephemeral }: Volume): boolean => ephemeral != null;

function nameErrors(name: string, field: string): readonly FieldError[] {
  return name === '' ? [requiredField(field)] : dnsLabelErrors(name).map((text) => invalid(field, name, text));
}

type SourceName = Exclude<keyof Volume, 'name'>;
type Check<Source> = (source: Source, field: string) => readonly FieldError[];

/** In the order in which a second source is found. */
const checks: { readonly [Name in SourceName]-?: Check<NonNullable<Volume[Name]>> } = {
  emptyDir: ({ sizeLimit }, field) =>
    sizeLimit != null && nanosOf(sizeLimit) < 0n
      ? [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
      : [],
  hostPath: hostPathErrors,
  gitRepo: (source, field) => [
    ...givenErrors(source, ['repository'], field),
    ...localPathErrors(source.directory ?? '', `${field}.directory`),
  ],
  gcePersistentDisk: diskErrors,
  awsElasticBlockStore: blockStoreErrors,
  secret: (source, field) => [
    ...givenErrors(source, ['secretName'], field),
    ...modeErrors(source.defaultMode, `${field}.defaultMode`),
    ...keyItemsErrors(source.items ?? [], field),
  ],
  nfs: nfsErrors,
  iscsi: iscsiErrors,
  glusterfs: (source, field) => givenErrors(source, ['endpoints', 'path'], field),
  flocker: flockerErrors,
  persistentVolumeClaim: (source, field) => givenErrors(source, ['claimName'], field),
  rbd: (source, field) => givenErrors(source, ['monitors', 'image'], field),
  cinder: (source, field) => [
    ...givenErrors(source, ['volumeID'], field),
    ...(source.secretRef == null ? [] : givenErrors(source.secretRef, ['name'], `${field}.secretRef`)),
  ],
  cephfs: (source, field) => givenErrors(source, ['monitors'], field),
  quobyte: quobyteErrors,
  downwardAPI: (source, field) => [
    ...modeErrors(source.defaultMode, `${field}.defaultMode`),
    ...downwardItemsErrors(source.items ?? [], field),
  ],
  fc: fibreChannelErrors,
  flexVolume: flexErrors,
  configMap: (source, field) => [
    ...givenErrors(source, ['name'], field),
    ...modeErrors(source.defaultMode, `${field}.defaultMode`),
    ...keyItemsErrors(source.items ?? [], field),
  ],
  azureFile: (source, field) => givenErrors(source, ['secretName', 'shareName'], field),
  vsphereVolume: (source, field) => givenErrors(source, ['volumePath'], field),
  photonPersistentDisk: (source, field) => givenErrors(source, ['pdID'], field),
  portworxVolume: (source, field) => givenErrors(source, ['volumeID'], field),
  azureDisk: azureDiskErrors,
  storageos: (source, field) => storageOsErrors(source, ['name'], field),
  projected: projectedErrors,
  scaleIO: (source, field) => givenErrors(source, ['gateway', 'system', 'volumeName'], field),
  csi: csiErrors,
  ephemeral: ephemeralErrors,
  image: () => [],
};

const sourceOrder = Object.keys(checks) as readonly SourceName[];
/** Where errors stand that the original tells of another field than that of the source. */
const placesOfErrors: Partial<Record<SourceName, string>> = { gcePersistentDisk: 'persistentDisk' };
const placesOfSecond: Partial<Record<SourceName, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function sourceErrors(volume: Volume, podName: string | undefined, item: string): readonly FieldError[] {
  const present = sourceOrder.filter((name) => volume[name] != null);
  if (present.length === 0) return [requiredField(item, 'must specify a volume type')];
  return oneSourceErrors(
    present,
    (name) => [
      ...(checks[name] as Check<unknown>)(volume[name], `${item}.${placesOfErrors[name] ?? name}`),
      ...volumeErrors(volume, name, podName, item),
    ],
    (name) => `${item}.${placesOfSecond[name] ?? name}`,
  );
}

/** What depends on more than the source. */
function volumeErrors(
  { name, iscsi, image }: Volume,
  source: SourceName,
  podName: string | undefined,
  item: string,
): readonly FieldError[] {
  if (source === 'iscsi' && iscsi != null && isLongInitiator(name, iscsi)) {
    return [invalid(`${item}.name`, name, longInitiatorText)];
  }
  if (source === 'ephemeral' && podName && name !== '') {
    const claim = `${podName}-${name}`;
    return dnsSubdomainErrors(claim).map((text) => invalid(`${item}.name`, name, `PVC name "${claim}": ${text}`));
  }
  // A template may leave the image to whoever makes the pod.
  if (source === 'image') {
    const missing = podName !== undefined && !image?.reference;
    return [
      ...(missing ? [requiredField(`${item}.image.reference`)] : []),
      ...pullPolicyErrors(image?.pullPolicy ?? '', `${item}.image.pullPolicy`),
    ];
  }
  return [];
}

function csiErrors({ driver, nodePublishSecretRef }: CSIVolumeSource, field: string): readonly FieldError[] {
  const errors = driverNameErrors(driver, `${field}.driver`);
  if (nodePublishSecretRef == null) return errors;
  const { name } = nodePublishSecretRef;
  return name
    ? [...errors, ...dnsSubdomainErrors(name).map((text) => invalid(`${field}.name`, name, text))]
    : [...errors, requiredField(`${field}.nodePublishSecretRef.name`)];
}

function ephemeralErrors({ volumeClaimTemplate }: EphemeralVolumeSource, field: string): readonly FieldError[] {
  const at = `${field}.volumeClaimTemplate`;
  return volumeClaimTemplate == null ? [requiredField(at)] : volumeClaimTemplateErrors(volumeClaimTemplate, at);
}
