import { conditionFields, type Descriptions } from './table.ts';

const selector =
  'Which pods belong to it. Must match the template’s labels and cannot be changed; must not match pods of others.';
const minReadySeconds = 'Seconds a new pod must have been ready before it counts as available. Default 0.';
const revisionHistoryLimit = 'How many old revisions to keep for kubectl rollout undo. Default 10.';
const observedGeneration = 'The metadata.generation this status is about.';
const collisionCount = 'Raised to find another hash when a name was taken.';

export const appsDescriptions: Descriptions = {
  'io.k8s.api.apps.v1.Deployment': {
    '': 'Keeps a number of equal pods running and replaces them step by step when the template changes. Works through ReplicaSets.',
    spec: 'How many pods, of what kind, and how to replace them.',
    status: 'How far it has come.',
  },
  'io.k8s.api.apps.v1.DeploymentSpec': {
    replicas: 'How many pods. Default 1; leave it out where an autoscaler decides.',
    selector,
    template: 'What the pods are like. Every change of it starts a rollout. Its restartPolicy can only be Always.',
    strategy: 'How old pods are replaced by new ones.',
    minReadySeconds,
    revisionHistoryLimit,
    paused: 'True: changes of the template wait until it is false again. Scaling goes on. Default false.',
    progressDeadlineSeconds:
      'Without progress for this long the rollout counts as failed (condition Progressing False); it is not undone by itself. Default 600.',
  },
  'io.k8s.api.apps.v1.DeploymentStrategy': {
    type: 'RollingUpdate (default), or Recreate: end all old ones first, with an outage.',
    rollingUpdate: 'Bounds for RollingUpdate.',
  },
  'io.k8s.api.apps.v1.RollingUpdateDeployment': {
    '': 'Bounds while pods are replaced. Both 0 is not possible.',
    maxUnavailable: 'How many may be missing: a number or a percentage, rounded down. Default 25%.',
    maxSurge: 'How many there may be beyond replicas: a number or a percentage, rounded up. Default 25%.',
  },
  'io.k8s.api.apps.v1.DeploymentStatus': {
    observedGeneration,
    replicas: 'Pods there are, old and new, without those that are ending.',
    updatedReplicas: 'Pods of the present template.',
    readyReplicas: 'Pods that are ready.',
    availableReplicas: 'Pods that have been ready for minReadySeconds.',
    unavailableReplicas: 'Pods still missing to the wanted number.',
    terminatingReplicas: 'Pods that are ending.',
    conditions: 'Available, Progressing and ReplicaFailure.',
    collisionCount,
  },
  'io.k8s.api.apps.v1.DeploymentCondition': {
    '': 'One aspect of a Deployment’s state.',
    ...conditionFields,
    lastUpdateTime: 'When the condition was last written.',
  },
  'io.k8s.api.apps.v1.ReplicaSet': {
    '': 'Keeps a number of equal pods running. Mostly owned by a Deployment; change that one instead.',
    spec: 'How many pods and of what kind.',
    status: 'How many there are.',
  },
  'io.k8s.api.apps.v1.ReplicaSetSpec': {
    replicas: 'How many pods. Default 1.',
    minReadySeconds,
    selector,
    template: 'What new pods are like. Pods that exist are not changed.',
  },
  'io.k8s.api.apps.v1.ReplicaSetStatus': {
    replicas: 'Pods there are, without those that are ending.',
    fullyLabeledReplicas: 'Pods with all labels of the template.',
    readyReplicas: 'Pods that are ready.',
    availableReplicas: 'Pods that have been ready for minReadySeconds.',
    terminatingReplicas: 'Pods that are ending.',
    observedGeneration,
    conditions: 'ReplicaFailure when pods cannot be made or deleted, for instance because of a quota.',
  },
  'io.k8s.api.apps.v1.ReplicaSetCondition': { '': 'One aspect of a ReplicaSet’s state.', ...conditionFields },
  'io.k8s.api.apps.v1.StatefulSet': {
    '': 'Pods with lasting names (NAME-0, NAME-1, …) and each with volumes of its own, for databases and the like.',
    spec: 'How many pods, of what kind, and with which storage.',
    status: 'How far it has come.',
  },
  'io.k8s.api.apps.v1.StatefulSetSpec': {
    '': 'Once created, only replicas, template, strategy, history, ordinals, minReadySeconds and claim retention can be changed.',
    replicas: 'How many pods. Default 1.',
    selector,
    template: 'What the pods are like. Pod N is found at NAME-N.SERVICE.NAMESPACE.svc.',
    volumeClaimTemplates:
      'Each pod gets a claim TEMPLATE-POD for each of these, and keeps it when it is replaced. The pods mount it by the template’s name.',
    serviceName: 'The headless service that gives the pods their DNS names. You make it.',
    podManagementPolicy:
      'OrderedReady (default): one after another, each when the one before is ready. Parallel: all at once. Not for updates.',
    updateStrategy: 'How pods get a new template.',
    revisionHistoryLimit,
    minReadySeconds,
    persistentVolumeClaimRetentionPolicy: 'What becomes of the claims. Default: they stay, so no data is lost.',
    ordinals: 'Where the numbers begin.',
  },
  'io.k8s.api.apps.v1.StatefulSetUpdateStrategy': {
    type: 'RollingUpdate (default): from the last to the first. OnDelete: when you delete a pod.',
    rollingUpdate: 'Bounds for RollingUpdate.',
  },
  'io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy': {
    '': 'Bounds while pods are replaced.',
    partition: 'Only pods numbered from here on are replaced; the others keep the old template. Default 0.',
    maxUnavailable: 'How many may be missing at a time. Default 1.',
  },
  'io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    whenDeleted: 'When the set is deleted: Retain (default) or Delete.',
    whenScaled: 'When there are to be fewer pods: Retain (default) or Delete.',
  },
  'io.k8s.api.apps.v1.StatefulSetOrdinals': { '': 'Numbering of the pods.', start: 'Number of the first. Default 0.' },
  'io.k8s.api.apps.v1.StatefulSetStatus': {
    observedGeneration,
    replicas: 'Pods there are.',
    readyReplicas: 'Pods that are ready.',
    currentReplicas: 'Pods of currentRevision.',
    updatedReplicas: 'Pods of updateRevision.',
    currentRevision: 'The revision that is being left.',
    updateRevision: 'The revision that is being gone to. Equal to currentRevision: the rollout is over.',
    collisionCount,
    conditions: 'Finer states; the built-in controller reports none.',
    availableReplicas: 'Pods that have been ready for minReadySeconds.',
  },
  'io.k8s.api.apps.v1.StatefulSetCondition': { '': 'One aspect of a StatefulSet’s state.', ...conditionFields },
  'io.k8s.api.apps.v1.DaemonSet': {
    '': 'One pod on every node, or on every node that fits: for log collectors, storage and network agents.',
    spec: 'What the pods are like and how they are replaced.',
    status: 'On how many nodes they run.',
  },
  'io.k8s.api.apps.v1.DaemonSetSpec': {
    selector,
    template: 'What the pods are like. Its nodeSelector, affinity and tolerations choose the nodes.',
    updateStrategy: 'How pods get a new template.',
    minReadySeconds,
    revisionHistoryLimit,
  },
  'io.k8s.api.apps.v1.DaemonSetUpdateStrategy': {
    type: 'RollingUpdate (default), or OnDelete: when you delete a pod.',
    rollingUpdate: 'Bounds for RollingUpdate.',
  },
  'io.k8s.api.apps.v1.RollingUpdateDaemonSet': {
    '': 'Bounds while pods are replaced. Exactly one of them may be 0.',
    maxUnavailable: 'On how many nodes the pod may be missing: a number or a percentage. Default 1.',
    maxSurge: 'On how many nodes the new pod may start beside the old one. Default 0; pods with host ports cannot.',
  },
  'io.k8s.api.apps.v1.DaemonSetStatus': {
    currentNumberScheduled: 'Nodes that should have a pod and do.',
    numberMisscheduled: 'Nodes that should have none and do.',
    desiredNumberScheduled: 'Nodes that should have a pod.',
    numberReady: 'Nodes where the pod is ready.',
    observedGeneration,
    updatedNumberScheduled: 'Nodes where the pod is of the present template.',
    numberAvailable: 'Nodes where the pod has been ready for minReadySeconds.',
    numberUnavailable: 'Nodes that should have a pod where none has been ready for minReadySeconds.',
    collisionCount,
    conditions: 'Finer states; the built-in controller reports none.',
  },
  'io.k8s.api.apps.v1.DaemonSetCondition': { '': 'One aspect of a DaemonSet’s state.', ...conditionFields },
  'io.k8s.api.apps.v1.ControllerRevision': {
    '': 'A former template of a StatefulSet or DaemonSet, kept for going back. Written by controllers alone; cannot be changed.',
    data: 'The template.',
    revision: 'Its number; higher is newer.',
  },
  'io.k8s.api.core.v1.ReplicationController': {
    '': 'The forerunner of ReplicaSet. Use a Deployment.',
    spec: 'How many pods and of what kind.',
    status: 'How many there are.',
  },
  'io.k8s.api.core.v1.ReplicationControllerSpec': {
    replicas: 'How many pods. Default 1.',
    minReadySeconds,
    selector: 'Labels of its pods. Default: those of the template.',
    template: 'What new pods are like.',
  },
  'io.k8s.api.core.v1.ReplicationControllerStatus': {
    replicas: 'Pods there are.',
    fullyLabeledReplicas: 'Pods with all labels of the template.',
    readyReplicas: 'Pods that are ready.',
    availableReplicas: 'Pods that have been ready for minReadySeconds.',
    observedGeneration,
    conditions: 'ReplicaFailure when pods cannot be made or deleted.',
  },
  'io.k8s.api.core.v1.ReplicationControllerCondition': { '': 'One aspect of its state.', ...conditionFields },
};
