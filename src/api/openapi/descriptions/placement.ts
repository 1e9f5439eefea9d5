import type { Descriptions } from './table.ts';

const podTerms = {
  preferredDuringSchedulingIgnoredDuringExecution:
    'Wishes with weights: a node gains the weights of those it fulfils. No wish keeps a pod from being placed.',
} as const;

export const placementDescriptions: Descriptions = {
  'io.k8s.api.core.v1.Affinity': {
    '': 'Rules for choosing the node. All required ones must hold; they are looked at when the pod is placed, not afterwards.',
    nodeAffinity: 'By the node’s labels.',
    podAffinity: 'Near certain pods.',
    podAntiAffinity: 'Away from certain pods, such as those of the same Deployment.',
  },
  'io.k8s.api.core.v1.NodeAffinity': {
    '': 'Rules about the labels of nodes.',
    requiredDuringSchedulingIgnoredDuringExecution:
      'The pod goes only to nodes that fit. A pod that runs stays when the labels change.',
    preferredDuringSchedulingIgnoredDuringExecution:
      'Wishes with weights: of the possible nodes the one with the greatest sum is favoured.',
  },
  'io.k8s.api.core.v1.NodeSelector': {
    '': 'Chooses nodes.',
    nodeSelectorTerms: 'One of these terms must hold; an empty list chooses nothing.',
  },
  'io.k8s.api.core.v1.NodeSelectorTerm': {
    '': 'Conditions that must all hold. A term without any chooses nothing.',
    matchExpressions: 'Conditions on labels.',
    matchFields: 'Conditions on fields; only metadata.name is known.',
  },
  'io.k8s.api.core.v1.NodeSelectorRequirement': {
    '': 'One condition on one label or field.',
    key: 'The label’s key.',
    operator: 'In, NotIn, Exists, DoesNotExist, Gt or Lt.',
    values: 'What to compare with: none for Exists and DoesNotExist, one whole number for Gt and Lt.',
  },
  'io.k8s.api.core.v1.PreferredSchedulingTerm': {
    '': 'A wish about nodes.',
    weight: '1 to 100.',
    preference: 'Which nodes are wished for.',
  },
  'io.k8s.api.core.v1.PodAffinity': {
    '': 'Rules that draw a pod to others.',
    requiredDuringSchedulingIgnoredDuringExecution:
      'Each term must find a matching pod in the node’s domain. The first pod of a group may go anywhere.',
    ...podTerms,
  },
  'io.k8s.api.core.v1.PodAntiAffinity': {
    '': 'Rules that keep a pod away from others. They work both ways: a pod that runs keeps newcomers out that match its terms.',
    requiredDuringSchedulingIgnoredDuringExecution:
      'No term may find a matching pod in the node’s domain. Costly in large clusters; a topology spread is often enough.',
    ...podTerms,
  },
  'io.k8s.api.core.v1.WeightedPodAffinityTerm': {
    '': 'A wish about nearness.',
    weight: '1 to 100.',
    podAffinityTerm: 'Near, or far from, whom.',
  },
  'io.k8s.api.core.v1.PodAffinityTerm': {
    '': 'Which pods, and what counts as near.',
    labelSelector: 'Chooses the pods; absent chooses none.',
    namespaces: 'Where to look. Default, when there is no namespaceSelector either: the pod’s own namespace.',
    namespaceSelector: 'Where to look, by labels of namespaces; {} is all. Added to namespaces.',
    topologyKey:
      'Nodes with the same value of this label are near each other, such as kubernetes.io/hostname or topology.kubernetes.io/zone.',
    matchLabelKeys:
      'Labels of the new pod whose values the others must have, too; pod-template-hash compares within one rollout.',
    mismatchLabelKeys: 'Labels of the new pod whose values the others must not have.',
  },
  'io.k8s.api.core.v1.Toleration': {
    '': 'Bears taints that fit it: the pod may be placed on, or stay on, a node that has them.',
    key: 'The taint’s key. Empty, with operator Exists: every taint.',
    operator:
      'Equal (default) compares the value, Exists does not. Lt and Gt compare whole numbers where that feature is on.',
    value: 'The taint’s value, for Equal.',
    effect: 'NoSchedule, PreferNoSchedule or NoExecute. Empty: all of them.',
    tolerationSeconds:
      'For NoExecute: how long to stay after the taint came. Default: for ever; 0 or less goes at once.',
  },
  'io.k8s.api.core.v1.TopologySpreadConstraint': {
    '': 'Keeps the numbers of matching pods in domains, such as zones, close to each other.',
    maxSkew: 'By how many pods a domain may be ahead of the emptiest one; at least 1.',
    topologyKey: 'Nodes with the same value of this label make up a domain. Nodes without it are left out.',
    whenUnsatisfiable: 'DoNotSchedule leaves the pod waiting, ScheduleAnyway only prefers the better nodes.',
    labelSelector: 'Which pods are counted, in the pod’s own namespace. Should match the pod itself.',
    minDomains:
      'While fewer domains are there, the emptiest counts as having no pods. Only with DoNotSchedule; default 1.',
    nodeAffinityPolicy:
      'Honor (default): only nodes count that the pod’s nodeSelector and node affinity allow. Ignore: all.',
    nodeTaintsPolicy: 'Ignore (default): tainted nodes count. Honor: only those the pod tolerates.',
    matchLabelKeys:
      'Labels of the new pod whose values the counted ones must share; pod-template-hash counts one rollout alone.',
  },
};
