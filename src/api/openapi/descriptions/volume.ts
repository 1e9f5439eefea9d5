import type { Descriptions } from './table.ts';

const fsType = 'File system, such as ext4, which the node can mount. Default: the driver’s.';
const readOnly = 'Mount without writing. Default false.';
const items =
  'Which keys become files, and where. Default: all, each under its own name; a listed key that is missing stops the pod unless optional.';
const defaultMode = 'Permissions of the files. Default 0644; YAML takes 0644, JSON only decimal 420.';

/** Drivers that once were part of Kubernetes: their fields are taken, and a CSI driver does the work or nobody. */
const former = (what: string): string => `${what}, by a driver that was part of Kubernetes once; use a CSI driver.`;

const formerVolumes = {
  gcePersistentDisk: former('A Google Compute Engine disk'),
  awsElasticBlockStore: former('An AWS EBS disk'),
  glusterfs: former('A GlusterFS volume'),
  rbd: former('A Ceph block device'),
  cinder: former('An OpenStack Cinder disk'),
  cephfs: former('A CephFS directory'),
  flocker: former('A Flocker volume'),
  flexVolume: former('A volume of an exec driver on the node'),
  azureFile: former('An Azure file share'),
  azureDisk: former('An Azure disk'),
  vsphereVolume: former('A vSphere disk'),
  quobyte: former('A Quobyte volume'),
  photonPersistentDisk: former('A Photon disk'),
  portworxVolume: former('A Portworx volume'),
  scaleIO: former('A ScaleIO volume'),
  storageos: former('A StorageOS volume'),
} as const;

const iscsi = {
  targetPortal: 'Address of the target, with port unless that is 3260.',
  iqn: 'Name of the target.',
  lun: 'Number of the unit.',
  iscsiInterface: 'Interface to use. Default "default", which is tcp.',
  fsType,
  readOnly,
  portals: 'Further addresses of the target, for more than one path.',
  chapAuthDiscovery: 'Authenticate by CHAP when looking for targets.',
  chapAuthSession: 'Authenticate by CHAP in the session.',
  secretRef: 'Secret with the CHAP passwords.',
  initiatorName: 'Own name of the initiator, instead of the node’s.',
} as const;

const csi = {
  driver: 'Name of the CSI driver, such as hostpath.csi.k8s.io; it must be on the node.',
  readOnly,
  fsType,
  volumeAttributes: 'Settings for the driver.',
} as const;

export const volumeDescriptions: Descriptions = {
  'io.k8s.api.core.v1.Volume': {
    '': 'A directory or device for the containers of a pod. Exactly one source besides the name; without source it is an emptyDir.',
    name: 'Name by which volumeMounts refer to it.',
    hostPath:
      'A file or directory of the node itself. Gives the pod a grip on the node; the pod sees something else on every node.',
    emptyDir: 'An empty directory that lives as long as the pod is on its node, across restarts of containers.',
    secret: 'Keys of a Secret as files, kept in memory.',
    configMap: 'Keys of a ConfigMap as files. Changes arrive within about a minute, except under subPath.',
    persistentVolumeClaim: 'The volume bound to a claim of the same namespace. This is how a pod keeps data.',
    projected: 'Several sources in one directory: Secrets, ConfigMaps, pod fields, tokens.',
    downwardAPI: 'Fields of the pod as files.',
    ephemeral: 'A claim made for this pod and deleted with it.',
    csi: 'A volume that a CSI driver makes on the spot for this pod.',
    image: 'The files of an image, read-only.',
    nfs: 'A directory of an NFS server.',
    iscsi: 'An iSCSI disk.',
    fc: 'A Fibre Channel disk.',
    gitRepo: 'No longer supported; clone in an init container into an emptyDir.',
    ...formerVolumes,
  },
  'io.k8s.api.core.v1.HostPathVolumeSource': {
    path: 'The path; links are followed.',
    type: 'What must be there: Directory, File, Socket, CharDevice, BlockDevice, or …OrCreate to make it. Default: no check.',
  },
  'io.k8s.api.core.v1.EmptyDirVolumeSource': {
    medium: 'Empty for the node’s disk (default); Memory for tmpfs, which counts as the containers’ memory; HugePages.',
    sizeLimit: 'The pod is evicted when it has written more. Default: no limit; with Memory the pod’s memory limit.',
  },
  'io.k8s.api.core.v1.SecretVolumeSource': {
    secretName: 'Which Secret; it must be in the pod’s namespace.',
    items,
    defaultMode,
    optional: 'True: the Secret may be missing. Default false: the pod waits for it.',
  },
  'io.k8s.api.core.v1.ConfigMapVolumeSource': {
    name: 'Which ConfigMap; it must be in the pod’s namespace.',
    items,
    defaultMode,
    optional: 'True: the ConfigMap may be missing. Default false: the pod waits for it.',
  },
  'io.k8s.api.core.v1.KeyToPath': {
    '': 'A key that becomes a file.',
    key: 'The key.',
    path: 'Path of the file in the volume; relative, without "..".',
    mode: 'Permissions. Default: the volume’s defaultMode.',
  },
  'io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource': {
    claimName: 'Name of the claim. The pod waits until it is there and bound.',
    readOnly,
  },
  'io.k8s.api.core.v1.ProjectedVolumeSource': {
    sources: 'The sources. Two of them must not make the same file.',
    defaultMode,
  },
  'io.k8s.api.core.v1.VolumeProjection': {
    '': 'One source of a projected volume: exactly one of these.',
    secret: 'Keys of a Secret.',
    downwardAPI: 'Fields of the pod, each as a file.',
    configMap: 'Keys of a ConfigMap.',
    serviceAccountToken: 'A token of the pod’s service account, renewed before it runs out.',
    clusterTrustBundle: 'Certificates to trust, of ClusterTrustBundles.',
    podCertificate: 'A key and a certificate for this pod, renewed by the kubelet.',
  },
  'io.k8s.api.core.v1.SecretProjection': {
    name: 'Name of the Secret.',
    items,
    optional: 'True: it may be missing. Default false.',
  },
  'io.k8s.api.core.v1.ConfigMapProjection': {
    name: 'Name of the ConfigMap.',
    items,
    optional: 'True: it may be missing. Default false.',
  },
  'io.k8s.api.core.v1.ServiceAccountTokenProjection': {
    audience: 'For whom the token is; others must refuse it. Default: the API server.',
    expirationSeconds: 'How long it is good; renewed after 80 % of that. Default 3600, at least 600.',
    path: 'Path of the file in the volume.',
  },
  'io.k8s.api.core.v1.ClusterTrustBundleProjection': {
    name: 'One bundle by name. Not with signerName.',
    signerName: 'All bundles of this signer that labelSelector chooses.',
    labelSelector: 'Which of the signer’s bundles. Absent: none, {}: all.',
    optional: 'True: none need be there. Default false.',
    path: 'Path of the file in the volume.',
  },
  'io.k8s.api.core.v1.PodCertificateProjection': {
    '': 'A key pair and a certificate for it.',
    signerName: 'Who signs.',
    keyType: 'RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.',
    maxExpirationSeconds: 'Longest life to ask for. Default one day; the signer may give less.',
    credentialBundlePath: 'File for key and certificates together. Easier to renew than two files.',
    keyPath: 'File for the key alone.',
    certificateChainPath: 'File for the certificates alone.',
    userAnnotations: 'Told to the signer with the request.',
  },
  'io.k8s.api.core.v1.DownwardAPIVolumeSource': { items: 'The files.', defaultMode },
  'io.k8s.api.core.v1.DownwardAPIProjection': { items: 'The files.' },
  'io.k8s.api.core.v1.DownwardAPIVolumeFile': {
    '': 'A file with one field of the pod: fieldRef or resourceFieldRef.',
    path: 'Path of the file in the volume; relative, without "..".',
    fieldRef: 'Such as metadata.labels, which follows changes.',
    resourceFieldRef: 'A request or limit of a container.',
    mode: 'Permissions. Default: the volume’s defaultMode.',
  },
  'io.k8s.api.core.v1.EphemeralVolumeSource': {
    volumeClaimTemplate:
      'The claim to make; its name becomes POD-VOLUME. A foreign claim of that name keeps the pod from starting.',
  },
  'io.k8s.api.core.v1.PersistentVolumeClaimTemplate': {
    '': 'Pattern of a claim.',
    metadata: 'Labels and annotations for the claim; nothing else.',
    spec: 'As in a claim.',
  },
  'io.k8s.api.core.v1.CSIVolumeSource': {
    ...csi,
    nodePublishSecretRef: 'Secret that the driver gets when mounting.',
  },
  'io.k8s.api.core.v1.ImageVolumeSource': {
    reference: 'The image.',
    pullPolicy: 'Always, IfNotPresent or Never; default as for containers.',
  },
  'io.k8s.api.core.v1.NFSVolumeSource': {
    server: 'Name or address of the server, as the node reaches it.',
    path: 'The exported path.',
    readOnly,
  },
  'io.k8s.api.core.v1.ISCSIVolumeSource': { ...iscsi },
  'io.k8s.api.core.v1.FCVolumeSource': {
    '': 'Named by targetWWNs and lun, or by wwids.',
    targetWWNs: 'Names of the targets.',
    lun: 'Number of the unit.',
    fsType,
    readOnly,
    wwids: 'Names of the disk.',
  },
  'io.k8s.api.core.v1.LocalObjectReference': { '': 'An object of the same namespace.', name: 'Its name.' },
  'io.k8s.api.core.v1.SecretReference': {
    '': 'A Secret in any namespace.',
    name: 'Its name.',
    namespace: 'Its namespace.',
  },

  'io.k8s.api.core.v1.PersistentVolume': {
    '': 'A piece of storage in the cluster, made by hand or by a provisioner. Pods use it through a claim.',
    spec: 'What and where the storage is. The source cannot be changed.',
    status: 'Whether it is taken.',
  },
  'io.k8s.api.core.v1.PersistentVolumeSpec': {
    '': 'Exactly one of the sources must be given.',
    capacity: 'Its size: storage: 10Gi.',
    accessModes:
      'How it can be mounted: ReadWriteOnce (one node), ReadOnlyMany, ReadWriteMany, ReadWriteOncePod (one pod).',
    claimRef: 'The claim it is bound to. Set by hand it reserves the volume; take it out to free a Released volume.',
    persistentVolumeReclaimPolicy:
      'What becomes of it when the claim goes: Retain (default when made by hand) or Delete (when provisioned, as its class says). Recycle is out of use.',
    storageClassName: 'Its class. Only claims of the same class bind; empty is a class, too.',
    mountOptions: 'Options for mount, such as hard. Not checked; a wrong one fails the mount.',
    volumeMode: 'Filesystem (default) or Block, a raw device.',
    nodeAffinity: 'Nodes that can reach it. Pods that use it are placed there alone.',
    volumeAttributesClassName: 'Its class of performance.',
    hostPath: 'A directory of the node, for trying things on one node.',
    nfs: 'A directory of an NFS server.',
    iscsi: 'An iSCSI disk.',
    fc: 'A Fibre Channel disk.',
    local: 'A disk or directory of one node; needs nodeAffinity.',
    csi: 'A volume of a CSI driver.',
    ...formerVolumes,
  },
  'io.k8s.api.core.v1.PersistentVolumeStatus': {
    phase: 'Available, Bound, Released (claim gone, data still there; will not bind again by itself) or Failed.',
    message: 'For people: why it is so.',
    reason: 'One CamelCase word for why the volume is in this phase.',
    lastPhaseTransitionTime: 'When the phase last changed.',
  },
  'io.k8s.api.core.v1.VolumeNodeAffinity': { '': 'From which nodes a volume can be reached.', required: 'The nodes.' },
  'io.k8s.api.core.v1.LocalVolumeSource': {
    path: 'Directory or block device on the node.',
    fsType: 'For a block device: its file system. Default: found out.',
  },
  'io.k8s.api.core.v1.ISCSIPersistentVolumeSource': { ...iscsi },
  'io.k8s.api.core.v1.CSIPersistentVolumeSource': {
    ...csi,
    volumeHandle: 'The driver’s own name for the volume. Cannot be changed.',
    controllerPublishSecretRef: 'Secret for attaching to a node.',
    nodeStageSecretRef: 'Secret for the first mount on a node.',
    nodePublishSecretRef: 'Secret for mounting into a pod.',
    controllerExpandSecretRef: 'Secret for growing the volume.',
    nodeExpandSecretRef: 'Secret for growing the file system on the node.',
  },

  'io.k8s.api.core.v1.PersistentVolumeClaim': {
    '': 'A request for storage that a pod can mount. Bound to one volume, which stays until the claim is deleted.',
    spec: 'What is asked for. Once bound, only the size can grow.',
    status: 'Whether a volume is bound, its real size, and how far a change of it has come.',
  },
  'io.k8s.api.core.v1.PersistentVolumeClaimSpec': {
    accessModes: 'How it must be possible to mount it: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod.',
    selector: 'Only volumes with such labels. No volume is made for a claim that has one.',
    resources: 'The size: requests: {storage: 1Gi}. A larger volume may be bound.',
    volumeName: 'Bind exactly this volume.',
    storageClassName:
      'The class that makes the volume. Absent: the default class; "": only volumes without class, nothing is made.',
    volumeMode: 'Filesystem (default) or Block.',
    dataSource: 'Start with the content of a snapshot or another claim. Prefer dataSourceRef.',
    dataSourceRef: 'Start with the content of any object that a populator knows.',
    volumeAttributesClassName: 'Wanted class of performance; may be changed later.',
  },
  'io.k8s.api.core.v1.VolumeResourceRequirements': {
    '': 'Sizes.',
    limits: 'The largest size; rarely of use for volumes.',
    requests: 'The smallest size: storage: 1Gi. Raise it to grow the volume, where its class allows; never back.',
  },
  'io.k8s.api.core.v1.PersistentVolumeClaimStatus': {
    phase: 'Pending, Bound, or Lost when its volume is gone.',
    accessModes: 'What the volume can do.',
    capacity: 'Real size of the volume.',
    conditions: 'Resizing, FileSystemResizePending and others.',
    allocatedResources: 'Size that growing aims at; may be more than capacity.',
    allocatedResourceStatuses: 'How far growing has come.',
    currentVolumeAttributesClassName: 'Class of performance in force.',
    modifyVolumeStatus: 'How far a change of that class has come.',
  },
  'io.k8s.api.core.v1.PersistentVolumeClaimCondition': {
    '': 'One aspect of a claim’s state.',
    type: 'Such as Resizing or FileSystemResizePending.',
    status: 'True, False or Unknown.',
    lastProbeTime: 'When it was last looked at.',
    lastTransitionTime: 'When the status last changed.',
    reason: 'One CamelCase word for why.',
    message: 'Details for people.',
  },
  'io.k8s.api.core.v1.ModifyVolumeStatus': {
    '': 'A change of a volume’s performance under way.',
    targetVolumeAttributesClassName: 'The class that is aimed at.',
    status: 'Pending (class not there), InProgress or Infeasible.',
  },
  'io.k8s.api.core.v1.TypedLocalObjectReference': {
    '': 'An object of any kind in the same namespace.',
    apiGroup: 'Its group; empty for core kinds.',
    kind: 'Its kind.',
    name: 'Its name.',
  },
  'io.k8s.api.core.v1.TypedObjectReference': {
    '': 'An object of any kind, possibly in another namespace.',
    apiGroup: 'Its group; empty for core kinds.',
    kind: 'Its kind.',
    name: 'Its name.',
    namespace: 'Its namespace, which must permit it by a ReferenceGrant. Default: the claim’s own.',
  },
  'io.k8s.api.storage.v1.StorageClass': {
    '': 'A way of making volumes on demand. Annotate one with storageclass.kubernetes.io/is-default-class: "true" for claims that name none.',
    provisioner: 'Who makes the volumes: name of a CSI driver, or kubernetes.io/no-provisioner.',
    parameters: 'Settings for the provisioner. Cannot be changed.',
    reclaimPolicy: 'For the volumes it makes: Delete (default) or Retain.',
    mountOptions: 'For the volumes it makes. Not checked.',
    allowVolumeExpansion: 'Whether claims may grow. Default: no.',
    volumeBindingMode:
      'Immediate (default), or WaitForFirstConsumer: bind when a pod is placed, so that volume and pod fit together.',
    allowedTopologies: 'Where volumes may be made. Default: anywhere.',
  },
  'io.k8s.api.core.v1.TopologySelectorTerm': {
    '': 'A part of the cluster; all conditions must hold.',
    matchLabelExpressions: 'Conditions on labels of nodes.',
  },
  'io.k8s.api.core.v1.TopologySelectorLabelRequirement': {
    '': 'One condition on one label.',
    key: 'The label’s key.',
    values: 'The label must have one of these.',
  },
};
