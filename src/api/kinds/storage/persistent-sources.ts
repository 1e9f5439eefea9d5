/** Sources of persistent volumes. They lie in no namespace: a reference to a secret must say in which one it is. */
import { forbidden, invalid, requiredField, type FieldError } from '../../field-error.ts';
import type {
  CSIPersistentVolumeSource,
  PersistentVolume,
  PersistentVolumeSource,
  SecretReference,
} from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { backstepErrors } from '../pod/volume-mounts.ts';
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
  onlyOneSource,
  quobyteErrors,
  storageOsErrors,
} from '../pod/volume-sources.ts';

type SourceName = keyof PersistentVolumeSource;
type Check<Source> = (source: Source, field: string, volume: PersistentVolume) => readonly FieldError[];

/** In the order in which a second source is found. */
const checks: { readonly [Name in SourceName]-?: Check<NonNullable<PersistentVolumeSource[Name]>> } = {
  hostPath: hostPathErrors,
  gcePersistentDisk: diskErrors,
  awsElasticBlockStore: blockStoreErrors,
  glusterfs: (source, field) => {
    const { endpointsNamespace: namespace } = source;
    const errors = givenErrors(source, ['endpoints', 'path'], field);
    if (namespace == null) return errors;
    const texts =
      namespace === ''
        ? ['if the endpointnamespace is set, it must be a valid namespace name']
        : dnsLabelErrors(namespace);
    return [...errors, ...texts.map((text) => invalid(`${field}.endpointsNamespace`, namespace, text))];
  },
  flocker: flockerErrors,
  nfs: nfsErrors,
  rbd: (source, field) => givenErrors(source, ['monitors', 'image'], field),
  quobyte: quobyteErrors,
  cephfs: (source, field) => givenErrors(source, ['monitors'], field),
  iscsi: (source, field, { metadata }) =>
    iscsiErrors(source, field, {
      schemeText: 'must be valid format',
      nameErrors: isLongInitiator(metadata.name, source)
        ? [invalid(`${field}.targetportal`, source.targetPortal, longInitiatorText)]
        : [],
    }),
  cinder: (source, field) => [
    ...givenErrors(source, ['volumeID'], field),
    ...(source.secretRef == null ? [] : givenErrors(source.secretRef, ['name', 'namespace'], `${field}.secretRef`)),
  ],
  fc: fibreChannelErrors,
  flexVolume: flexErrors,
  azureFile: (source, field) => [
    ...givenErrors(source, ['secretName', 'shareName'], field),
    ...(source.secretNamespace === '' ? [requiredField(`${field}.secretNamespace`)] : []),
  ],
  vsphereVolume: (source, field) => givenErrors(source, ['volumePath'], field),
  photonPersistentDisk: (source, field) => givenErrors(source, ['pdID'], field),
  portworxVolume: (source, field) => givenErrors(source, ['volumeID'], field),
  azureDisk: azureDiskErrors,
  scaleIO: (source, field) => givenErrors(source, ['gateway', 'system', 'volumeName'], field),
  local: ({ path }, field, { spec }) => [
    ...(path === '' ? [requiredField(`${field}.path`)] : backstepErrors(path, `${field}.path`)),
    ...(spec.nodeAffinity == null ? [requiredField('spec.nodeAffinity', 'Local volume requires node affinity')] : []),
  ],
  storageos: (source, field) => storageOsErrors(source, ['name', 'namespace'], field),
  csi: csiErrors,
};

const sourceOrder = Object.keys(checks) as readonly SourceName[];
const placesOfErrors: Partial<Record<SourceName, string>> = { gcePersistentDisk: 'persistentDisk' };
const placesOfSecond: Partial<Record<SourceName, string>> = { cephfs: 'cephFS' };

/** Exactly one source; a flexVolume is checked, and not refused, as a second one. */
export function persistentSourceErrors(volume: PersistentVolume): readonly FieldError[] {
  const present = sourceOrder.filter((name) => volume.spec[name] != null);
  if (present.length === 0) return [requiredField('spec', 'must specify a volume type')];
  return present.flatMap((name, index) =>
    index > 0 && name !== 'flexVolume'
      ? [forbidden(`spec.${placesOfSecond[name] ?? name}`, onlyOneSource)]
      : (checks[name] as Check<unknown>)(volume.spec[name], `spec.${placesOfErrors[name] ?? name}`, volume),
  );
}

const secretNames = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

function csiErrors(csi: CSIPersistentVolumeSource, field: string): readonly FieldError[] {
  return [
    ...driverNameErrors(csi.driver, `${field}.driver`),
    ...givenErrors(csi, ['volumeHandle'], field),
    ...secretNames.flatMap((name) => {
      const reference = csi[name];
      return reference == null ? [] : secretErrors(reference, `${field}.${name}`);
    }),
  ];
}

function secretErrors({ name, namespace }: SecretReference, field: string): readonly FieldError[] {
  const nameTexts = name ? dnsSubdomainErrors(name) : undefined;
  const namespaceTexts = namespace ? dnsLabelErrors(namespace) : undefined;
  return [
    ...(nameTexts?.map((text) => invalid(`${field}.name`, name, text)) ?? [requiredField(`${field}.name`)]),
    ...(namespaceTexts?.map((text) => invalid(`${field}.namespace`, namespace, text)) ?? [
      requiredField(`${field}.namespace`),
    ]),
  ];
}
