import { conditionFields, type Descriptions } from './table.ts';

export const configDescriptions: Descriptions = {
  'io.k8s.api.core.v1.ConfigMap': {
    '': 'Configuration as keys and values, for pods to read as files or environment variables. Not for secrets; 1 MiB at most.',
    data: 'Text by key. Keys may have letters, digits, - _ and a dot.',
    binaryData: 'Bytes by key, as base64. A key stands in data or here, not in both.',
    immutable: 'True: data cannot be changed any more, nor this undone; nodes need not watch it. Default false.',
  },
  'io.k8s.api.core.v1.Secret': {
    '': 'Passwords, keys and certificates. Base64 is no encryption: guard by access rights and encrypt the store. 1 MiB at most.',
    data: 'Bytes by key, as base64.',
    stringData:
      'Values by key as plain text, for writing alone: merged into data, over what is there, and never shown.',
    type: 'What it holds; the server checks the keys of known types, such as kubernetes.io/tls. Default Opaque; cannot be changed.',
    immutable: 'True: data cannot be changed any more, nor this undone. Default false.',
  },
  'io.k8s.api.core.v1.ServiceAccount': {
    '': 'Whom a pod is for the API. Every namespace has one named default.',
    secrets:
      'Secrets that pods of this account may mount, where that is enforced. No longer filled with tokens: use TokenRequest (kubectl create token).',
    imagePullSecrets: 'Passwords for registries, given to its pods that name none.',
    automountServiceAccountToken: 'False: its pods get no token unless they ask for it. Default true.',
  },
  'io.k8s.api.core.v1.Namespace': {
    '': 'A room for names: objects in it go with it when it is deleted. No wall: pods of all namespaces can reach each other unless a NetworkPolicy says otherwise.',
    spec: 'Who must clean up first.',
    status: 'Whether it is being deleted.',
  },
  'io.k8s.api.core.v1.NamespaceSpec': {
    finalizers: 'Usually kubernetes: taken out when all objects are gone. Written through the finalize subresource.',
  },
  'io.k8s.api.core.v1.NamespaceStatus': {
    '': 'Where a namespace is in its life.',
    phase: 'Active or Terminating. Nothing new can be made in a terminating one.',
    conditions: 'What keeps a deletion from coming to its end.',
  },
  'io.k8s.api.core.v1.NamespaceCondition': {
    '': 'One aspect of a deletion.',
    type: 'Such as NamespaceContentRemaining or NamespaceFinalizersRemaining.',
    status: conditionFields.status,
    lastTransitionTime: conditionFields.lastTransitionTime,
    reason: conditionFields.reason,
    message: conditionFields.message,
  },
  'io.k8s.api.core.v1.ResourceQuota': {
    '': 'Limits what all objects of a namespace may use together. What would exceed it is refused with 403.',
    spec: 'The limits.',
    status: 'The limits in force and what is used of them.',
  },
  'io.k8s.api.core.v1.ResourceQuotaSpec': {
    hard: 'The most of each: requests.cpu, limits.memory, pods, count/deployments.apps, requests.storage … With one for CPU or memory every pod must state its own.',
    scopes: 'Count only pods of these sorts: BestEffort, NotBestEffort, Terminating, NotTerminating, … All must apply.',
    scopeSelector: 'Count only pods that fit these conditions, such as certain priority classes.',
  },
  'io.k8s.api.core.v1.ScopeSelector': {
    '': 'Chooses what is counted.',
    matchExpressions: 'Conditions; all must hold.',
  },
  'io.k8s.api.core.v1.ScopedResourceSelectorRequirement': {
    '': 'One condition.',
    scopeName: 'The scope, such as PriorityClass.',
    operator:
      'In, NotIn, Exists or DoesNotExist. Scopes other than PriorityClass and VolumeAttributesClass know Exists alone.',
    values: 'What In and NotIn compare with.',
  },
  'io.k8s.api.core.v1.ResourceQuotaStatus': {
    hard: 'The limits in force.',
    used: 'What is used. May exceed hard when the limit was lowered later; nothing is deleted.',
  },
  'io.k8s.api.core.v1.LimitRange': {
    '': 'Bounds and defaults for single pods, containers and claims of a namespace. Applied on creation; what exists is left alone.',
    spec: 'The bounds.',
  },
  'io.k8s.api.core.v1.LimitRangeSpec': { limits: 'One entry for each kind of thing.' },
  'io.k8s.api.core.v1.LimitRangeItem': {
    '': 'Bounds and defaults for one kind of thing.',
    type: 'Container, Pod or PersistentVolumeClaim.',
    max: 'The greatest limit.',
    min: 'The smallest request.',
    default: 'Limits for containers that state none.',
    defaultRequest: 'Requests for containers that state none. Default: the limit.',
    maxLimitRequestRatio: 'How many times the request the limit may be.',
  },
};
