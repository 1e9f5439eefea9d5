import { generationConditionFields, type Descriptions } from './table.ts';

export const podDescriptions: Descriptions = {
  'io.k8s.api.core.v1.Pod': {
    '': 'Containers that run together on one node and share an IP address and volumes. Mostly made by a Deployment or Job: a bare pod is not replaced when its node goes.',
    spec: 'What is to run. After creation only images, tolerations (more of them), deadlines, gates and, through resize, resources can change.',
    status: 'What the node reports: phase, addresses and the state of each container. Written by the kubelet.',
  },
  'io.k8s.api.core.v1.PodTemplateSpec': {
    '': 'The pattern from which a controller makes pods.',
    metadata:
      'Labels and annotations for the pods. The labels must match the controller’s selector; a name here is ignored.',
    spec: 'What the pods run; the same fields as a pod’s spec.',
  },
  'io.k8s.api.core.v1.PodTemplate': {
    '': 'A stored pattern for pods. The usual controllers carry their own template instead.',
    template: 'The pattern itself.',
  },
  'io.k8s.api.core.v1.PodSpec': {
    '': 'Most of it is filled in with defaults on creation and fixed from then on.',
    volumes: 'Storage that containers can mount by name: ConfigMaps, Secrets, empty directories, claims and more.',
    initContainers:
      'Run one after another, each to its end, before containers start. One with restartPolicy Always is a sidecar: it keeps running beside the others and is stopped after them.',
    containers:
      'The programs of the pod, at least one. All start together and can reach one another at localhost. The list is fixed once the pod exists.',
    ephemeralContainers:
      'Containers added to a running pod to look into it (kubectl debug). Only through the ephemeralcontainers subresource; they cannot be removed.',
    restartPolicy:
      'When ended containers are started again: Always (default), OnFailure or Never. Jobs need one of the latter two. Restarts wait 10 s, doubling to 5 minutes.',
    terminationGracePeriodSeconds:
      'Seconds between asking the containers to end (preStop, then SIGTERM) and killing them. Default 30; the preStop hook’s time counts.',
    activeDeadlineSeconds:
      'The pod is failed and its containers killed when it has been active for this long. Default: no limit.',
    dnsPolicy:
      'Where resolv.conf comes from: ClusterFirst (default) asks the cluster’s DNS, Default copies the node’s, None takes dnsConfig alone. With hostNetwork use ClusterFirstWithHostNet.',
    nodeSelector:
      'The pod goes only to nodes that have all these labels. For anything finer use affinity.nodeAffinity.',
    serviceAccountName:
      'Whom the containers are for the API. Default: the account "default" of the namespace. It must exist when the pod is created.',
    serviceAccount: 'Older name of serviceAccountName; kept equal to it.',
    automountServiceAccountToken:
      'False: no token for the API is mounted. Overrides the same field of the service account; default true.',
    nodeName:
      'The node the pod is bound to, set by the scheduler. Setting it by hand skips the scheduler and its checks.',
    hostNetwork: 'Use the node’s network instead of an own one. Ports must then be free on the node. Default false.',
    hostPID: 'See and signal all processes of the node. Default false; cannot go with shareProcessNamespace.',
    hostIPC: 'Share the node’s System V and POSIX shared memory. Default false.',
    shareProcessNamespace:
      'All containers see one another’s processes; a container’s first process is then not number 1. Default false.',
    securityContext:
      'User, groups, seccomp and more for all containers. A container’s own securityContext wins where both speak.',
    imagePullSecrets:
      'Secrets of type kubernetes.io/dockerconfigjson with passwords for registries. Default: those of the service account.',
    hostname: 'Host name inside the pod. Default: the pod’s name.',
    subdomain: 'With a headless service of this name the pod is found at HOSTNAME.SUBDOMAIN.NAMESPACE.svc.',
    affinity: 'Rules that draw the pod to nodes or other pods, or keep it away from them.',
    schedulerName:
      'Which scheduler places the pod. Default "default-scheduler"; a name nobody answers to leaves it Pending.',
    tolerations:
      'Taints the pod puts up with. It permits those nodes, it does not choose them. By default a pod bears an unreachable node for 300 s.',
    hostAliases: 'Further lines for /etc/hosts. Not for hostNetwork pods on Windows.',
    priorityClassName:
      'How important the pod is: names a PriorityClass, which must exist. Pods of higher priority may displace it.',
    priority: 'The number that priorityClassName stands for, filled in by the server. Do not set it.',
    dnsConfig: 'Name servers, search domains and options; added to those of dnsPolicy.',
    readinessGates: 'Conditions that somebody else must set to True before the pod counts as ready.',
    runtimeClassName: 'Names a RuntimeClass, such as a sandboxed runtime. Default: the node’s usual one.',
    enableServiceLinks:
      'Put the address of every service of the namespace into environment variables. Default true; false avoids clutter where there are many services.',
    preemptionPolicy:
      'PreemptLowerPriority (default) or Never: whether the pod may displace others to find room. Filled in from its priority class.',
    overhead:
      'What the runtime itself needs beyond the containers. Filled in from the RuntimeClass; counted by scheduler and quotas.',
    topologySpreadConstraints:
      'How evenly the pods of a group are spread over zones, nodes or other domains. All constraints must agree.',
    setHostnameAsFQDN:
      'The kernel’s host name becomes the full one, with domain; it must fit into 64 characters. Default false.',
    os: 'The system the containers are made for. Fields that do not fit it are refused.',
    hostUsers:
      'False: users inside are others outside, so that root in the container is nobody on the node. Default true.',
    schedulingGates:
      'While there is one the scheduler leaves the pod alone. Can be given at creation only; later only removed.',
    resourceClaims: 'Devices and other claims the pod needs, by a name that containers refer to.',
    resources:
      'CPU and memory for the pod as a whole, shared by its containers. Requests must cover the sum of the containers’.',
    hostnameOverride:
      'Exactly this host name, whatever hostname and subdomain say. It gets no DNS record; not with hostNetwork.',
    schedulingGroup: 'The group of pods with which this one is placed.',
  },
  'io.k8s.api.core.v1.PodSchedulingGroup': {
    '': 'Belonging to a group of pods that are placed together.',
    podGroupName: 'Name of the PodGroup in the same namespace.',
  },
  'io.k8s.api.core.v1.PodOS': {
    name: 'linux or windows.',
  },
  'io.k8s.api.core.v1.HostAlias': {
    '': 'One line of /etc/hosts.',
    ip: 'The address.',
    hostnames: 'Names that stand for it.',
  },
  'io.k8s.api.core.v1.PodDNSConfig': {
    '': 'What goes into resolv.conf beside or instead of what dnsPolicy puts there.',
    nameservers: 'Addresses of name servers, three at most. Required when dnsPolicy is None.',
    searches: 'Domains to try for short names.',
    options: 'Options such as ndots. One given here replaces the same one of dnsPolicy.',
  },
  'io.k8s.api.core.v1.PodDNSConfigOption': {
    '': 'An option of resolv.conf.',
    name: 'Such as ndots or edns0.',
    value: 'Such as "2"; absent for options without value.',
  },
  'io.k8s.api.core.v1.PodReadinessGate': {
    '': 'A condition that counts towards readiness.',
    conditionType: 'The type of a condition in status.conditions. While it is missing the pod is not ready.',
  },
  'io.k8s.api.core.v1.PodSchedulingGate': {
    '': 'A reason not to place the pod yet.',
    name: 'Name of the gate; whoever put it there removes it.',
  },
  'io.k8s.api.core.v1.PodResourceClaim': {
    '': 'A claim for devices, under a name for the containers. Exactly one of the two sources must be given.',
    name: 'The name that containers use in resources.claims.',
    resourceClaimName: 'An existing ResourceClaim of the namespace, possibly shared with other pods.',
    resourceClaimTemplateName: 'A ResourceClaimTemplate from which the pod gets a claim of its own, deleted with it.',
  },
  'io.k8s.api.core.v1.PodStatus': {
    '': 'The pod as its node last reported it. When the node is cut off this may be old.',
    observedGeneration: 'The metadata.generation that the node has taken up.',
    phase:
      'Pending, Running, Succeeded, Failed or Unknown: the coarse picture. CrashLoopBackOff is no phase; look at containerStatuses.',
    conditions: 'Finer states: PodScheduled, Initialized, ContainersReady, Ready and others.',
    message: 'For people: why the pod is in this phase.',
    reason: 'One word for why the pod is in this phase, such as Evicted.',
    nominatedNodeName: 'The node where room is being made for this pod. It may still go elsewhere.',
    hostIP: 'Address of the node.',
    hostIPs: 'All addresses of the node, one for each IP family; the first is hostIP.',
    podIP: 'Address of the pod; absent until its network is there. Changes when the pod is replaced, so use a service.',
    podIPs: 'All addresses, one for each IP family; the first is podIP.',
    startTime: 'When the node accepted the pod, before images were pulled.',
    initContainerStatuses: 'State of each init container, in their order.',
    containerStatuses: 'State of each container: running, waiting or terminated, with its restarts.',
    qosClass:
      'Guaranteed (limits equal requests for all), Burstable or BestEffort (neither given). BestEffort goes first when a node runs short of memory.',
    ephemeralContainerStatuses: 'State of each ephemeral container.',
    resize: 'Older sign of a resize under way; now the conditions PodResizePending and PodResizeInProgress.',
    resourceClaimStatuses: 'The claims that were made for this pod from templates.',
    extendedResourceClaimStatus: 'The claim that serves extended resources by devices, if there is one.',
    allocatedResources: 'What the node has set aside for the pod as a whole.',
    resources: 'Requests and limits that are in force for the pod as a whole.',
    nodeAllocatableResourceClaimStatuses: 'What claims take from the node’s own CPU and memory.',
  },
  'io.k8s.api.core.v1.PodCondition': {
    '': 'One aspect of the pod’s state.',
    ...generationConditionFields,
    lastProbeTime: 'When the condition was last looked at; mostly empty.',
  },
  'io.k8s.api.core.v1.PodIP': { '': 'An address of a pod.', ip: 'IPv4 or IPv6.' },
  'io.k8s.api.core.v1.HostIP': { '': 'An address of a node.', ip: 'IPv4 or IPv6.' },
  'io.k8s.api.core.v1.PodResourceClaimStatus': {
    '': 'The claim that stands behind an entry of spec.resourceClaims.',
    name: 'The entry’s name.',
    resourceClaimName: 'The claim made from its template. Absent: none was needed.',
  },
  'io.k8s.api.core.v1.PodExtendedResourceClaimStatus': {
    requestMappings: 'Which container’s resource is met by which request of the claim.',
    resourceClaimName: 'Name of the claim.',
  },
  'io.k8s.api.core.v1.ContainerExtendedResourceRequest': {
    '': 'One extended resource of one container, and the request that meets it.',
    containerName: 'The container.',
    resourceName: 'The extended resource, such as example.com/gpu.',
    requestName: 'The request in the claim.',
  },
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus': {
    resourceClaimName: 'The claim.',
    containers: 'Containers that use it.',
    resources: 'Amounts by resource.',
  },
};
