import type { Descriptions } from './table.ts';

const containerFields = {
  name: 'Name of the container, unique in the pod; used by kubectl logs -c and the like.',
  image:
    'The image, such as registry.example/web:1.4 or …@sha256:… . Without tag it is :latest. Can be changed while the pod runs: the container is started anew.',
  command:
    'Replaces the image’s ENTRYPOINT. Not run by a shell; $(NAME) is replaced by an environment variable, $$(NAME) is not.',
  args: 'Replaces the image’s CMD: the arguments of the program. $(NAME) is replaced as in command.',
  workingDir: 'Directory to start in. Default: the image’s.',
  ports:
    'Ports the program listens on. Only a note for people and for services that use names, unless hostPort is set: ports not listed are reachable too.',
  envFrom:
    'Takes all keys of ConfigMaps or Secrets as environment variables. On equal names the last source wins, and env wins over all.',
  env: 'Environment variables. Read once at start: later changes of a ConfigMap do not arrive.',
  resources: 'CPU, memory and the like: what is reserved (requests) and what is the most (limits).',
  resizePolicy:
    'Whether a change of resources needs a restart of the container. Default: NotRequired for CPU and memory.',
  restartPolicy: 'For this container instead of the pod’s. In an init container Always makes it a sidecar.',
  restartPolicyRules: 'Exceptions by exit code, looked at in order before restartPolicy. Needs restartPolicy.',
  volumeMounts: 'Where volumes of the pod appear in the container’s file system.',
  volumeDevices: 'Where block volumes of the pod appear as devices.',
  livenessProbe:
    'When it fails, the container is killed and its restart policy applies. Too strict a probe makes a slow program a dead one.',
  readinessProbe: 'While it fails, the pod gets no traffic from services. Does not restart anything.',
  startupProbe:
    'Until it succeeds, the other probes wait. When it fails for good, the container is killed. For programs that start slowly.',
  lifecycle: 'Hooks after start and before stop.',
  terminationMessagePath:
    'File whose content (4 KiB at most) becomes the message when the container ends. Default /dev/termination-log.',
  terminationMessagePolicy:
    'File (default), or FallbackToLogsOnError: the end of the log when the file is empty and the container failed.',
  imagePullPolicy:
    'Always, IfNotPresent or Never. Default: Always for :latest and no tag, else IfNotPresent. A moved tag is not noticed with IfNotPresent.',
  securityContext: 'User, capabilities and other rights of this container; wins over the pod’s.',
  stdin: 'Keep standard input open for kubectl attach. Default false: reading gives the end at once.',
  stdinOnce: 'Close standard input when the first client leaves. Default false.',
  tty: 'Give the container a terminal; needs stdin. Default false.',
} as const;

export const containerDescriptions: Descriptions = {
  'io.k8s.api.core.v1.Container': { '': 'One program of a pod, run from an image.', ...containerFields },
  'io.k8s.api.core.v1.EphemeralContainer': {
    '': 'A container put into a running pod to look into it. Never restarted, never removed, no guaranteed resources.',
    ...containerFields,
    targetContainerName: 'See the processes of this container. Default: the pod’s own setting.',
    ports: 'Not allowed here.',
    resources: 'Not allowed here: it uses what the pod has.',
    resizePolicy: 'Not allowed here.',
    restartPolicy: 'Not allowed here.',
    restartPolicyRules: 'Not allowed here.',
    livenessProbe: 'Not allowed here.',
    readinessProbe: 'Not allowed here.',
    startupProbe: 'Not allowed here.',
    lifecycle: 'Not allowed here.',
  },
  'io.k8s.api.core.v1.ContainerPort': {
    '': 'A port that the container listens on.',
    name: 'Name by which a service or probe can refer to the port, such as http; 15 characters at most.',
    hostPort:
      'Open this port on the node, too. Only one such pod fits a node; a service of type NodePort is mostly better.',
    containerPort: 'The number, 1 to 65535.',
    protocol: 'TCP (default), UDP or SCTP.',
    hostIP: 'Address of the node on which hostPort is opened. Default: all.',
  },
  'io.k8s.api.core.v1.EnvVar': {
    '': 'An environment variable: value or valueFrom, not both.',
    name: 'Name of the variable.',
    value:
      'Its value; $(NAME) is replaced by a variable defined earlier. Default: empty. Numbers and true need quotes in YAML.',
    valueFrom: 'Take the value from elsewhere.',
  },
  'io.k8s.api.core.v1.EnvVarSource': {
    '': 'Where a variable’s value comes from: exactly one of these.',
    fieldRef: 'A field of the pod, such as metadata.name or status.podIP.',
    resourceFieldRef: 'A request or limit of a container, as a number.',
    configMapKeyRef: 'A key of a ConfigMap in the same namespace.',
    secretKeyRef: 'A key of a Secret in the same namespace.',
    fileKeyRef: 'A key in a file of an emptyDir volume, written by an init container.',
  },
  'io.k8s.api.core.v1.FileKeySelector': {
    '': 'A variable in a file of NAME=VALUE lines.',
    volumeName: 'The emptyDir volume that holds the file. The container need not mount it.',
    path: 'Path of the file inside the volume; relative, without "..".',
    key: 'Name of the variable in the file.',
    optional: 'True: the container starts without the variable when file or key is missing. Default false.',
  },
  'io.k8s.api.core.v1.ObjectFieldSelector': {
    apiVersion: 'Version that the path is written for. Default v1.',
    fieldPath: "Such as metadata.name, metadata.labels['app'], spec.nodeName, status.podIP.",
  },
  'io.k8s.api.core.v1.ResourceFieldSelector': {
    '': 'Where a container has no limit, all that the node has stands in.',
    containerName: 'The container. Required in volumes; for env the default is the container itself.',
    resource: 'Such as limits.memory or requests.cpu.',
    divisor: 'Unit of the answer, such as 1Mi or 1m. Default 1: bytes, or whole CPUs rounded up.',
  },
  'io.k8s.api.core.v1.ConfigMapKeySelector': {
    name: 'Name of the ConfigMap.',
    key: 'The key.',
    optional: 'True: the container starts without it. Default false: the container waits until it is there.',
  },
  'io.k8s.api.core.v1.SecretKeySelector': {
    name: 'Name of the Secret.',
    key: 'The key.',
    optional: 'True: the container starts without it. Default false: the container waits until it is there.',
  },
  'io.k8s.api.core.v1.EnvFromSource': {
    '': 'All keys of a ConfigMap or Secret as variables.',
    prefix: 'Put before each key.',
    configMapRef: 'A ConfigMap of the same namespace.',
    secretRef: 'A Secret of the same namespace.',
  },
  'io.k8s.api.core.v1.ConfigMapEnvSource': {
    '': 'The ConfigMap whose keys become variables.',
    name: 'Its name.',
    optional: 'True: it may be missing. Default false.',
  },
  'io.k8s.api.core.v1.SecretEnvSource': {
    '': 'The Secret whose keys become variables.',
    name: 'Its name.',
    optional: 'True: it may be missing. Default false.',
  },
  'io.k8s.api.core.v1.ResourceRequirements': {
    '': 'Amounts by resource: cpu, memory, ephemeral-storage, hugepages-2Mi, example.com/gpu.',
    limits:
      'The most. Above its CPU limit a container is slowed down, above its memory limit it is killed (OOMKilled). Default: none.',
    requests:
      'What is reserved; the scheduler looks for a node with so much left. Default: the limits, else nothing. 500m CPU is half a core.',
    claims: 'Claims of spec.resourceClaims that this container uses.',
  },
  'io.k8s.api.core.v1.ResourceClaim': {
    '': 'Use of a claim by a container.',
    name: 'Name of an entry in spec.resourceClaims.',
    request: 'One request of the claim. Default: all that the claim got.',
  },
  'io.k8s.api.core.v1.ContainerResizePolicy': {
    '': 'What a change of one resource means for the running container.',
    resourceName: 'cpu or memory.',
    restartPolicy: 'NotRequired (default) or RestartContainer.',
  },
  'io.k8s.api.core.v1.ContainerRestartRule': {
    '': 'An exception to the restart policy.',
    action: 'What to do when the rule fits: Restart the container, or RestartAllContainers of the pod.',
    exitCodes: 'The exit codes it is for.',
  },
  'io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes': {
    '': 'Fits by exit code.',
    operator: 'In or NotIn.',
    values: 'Exit codes to compare with.',
  },
  'io.k8s.api.core.v1.Probe': {
    '': 'A check that the kubelet makes again and again. Exactly one of exec, httpGet, tcpSocket and grpc.',
    initialDelaySeconds:
      'Wait this long after the start before the first check. Default 0. For slow starts a startupProbe is better.',
    timeoutSeconds: 'A check that takes longer has failed. Default 1, which is short for a busy program.',
    periodSeconds: 'Seconds between checks. Default 10.',
    successThreshold:
      'Successes in a row until it counts as good again. Default 1; must be 1 for liveness and startup.',
    failureThreshold: 'Failures in a row until it counts as bad. Default 3.',
    terminationGracePeriodSeconds:
      'Grace when this probe has the container killed. Default: the pod’s. Not for readiness.',
    exec: 'Run a command in the container; 0 is success. Costs a process each time.',
    httpGet: 'Ask by HTTP; 200 to 399 is success.',
    tcpSocket: 'Open a connection; that it opens is success.',
    grpc: 'Ask the standard gRPC health service.',
  },
  'io.k8s.api.core.v1.ExecAction': {
    command: 'Program and arguments. No shell: for pipes write ["sh", "-c", "…"].',
  },
  'io.k8s.api.core.v1.HTTPGetAction': {
    '': 'An HTTP request, sent by the node.',
    path: 'Path on the server. Default /.',
    port: 'Number or name of a container port.',
    host: 'Whom to connect to. Default: the pod. To set the Host header use httpHeaders.',
    scheme: 'HTTP (default) or HTTPS. Certificates are not checked.',
    httpHeaders: 'Headers to send.',
  },
  'io.k8s.api.core.v1.HTTPHeader': { '': 'A header of a request.', name: 'Its name.', value: 'Its value.' },
  'io.k8s.api.core.v1.TCPSocketAction': {
    '': 'A TCP connection, opened by the node.',
    port: 'Number or name of a container port.',
    host: 'Whom to connect to. Default: the pod.',
  },
  'io.k8s.api.core.v1.GRPCAction': {
    '': 'A call of grpc.health.v1.Health/Check.',
    port: 'Number of the port; names are not possible.',
    service: 'The service to ask about. Default: empty, the server as a whole.',
  },
  'io.k8s.api.core.v1.Lifecycle': {
    '': 'What happens around start and stop of a container.',
    postStart:
      'Run right after the start, beside the program and in no order with it. If it fails, the container is killed.',
    preStop:
      'Run before SIGTERM is sent, inside the grace period. Often a short sleep, so that traffic has gone elsewhere.',
    stopSignal: 'Signal to stop with, such as SIGUSR1. Default: the image’s, else SIGTERM. Needs spec.os.name.',
  },
  'io.k8s.api.core.v1.LifecycleHandler': {
    '': 'What a hook does: exactly one of these.',
    exec: 'Run a command in the container.',
    httpGet: 'Send an HTTP request.',
    tcpSocket: 'Has no effect; kept for old objects.',
    sleep: 'Do nothing for a while.',
  },
  'io.k8s.api.core.v1.SleepAction': { '': 'Waiting.', seconds: 'How long.' },
  'io.k8s.api.core.v1.VolumeMount': {
    '': 'A volume’s place in a container.',
    name: 'Name of a volume of the pod.',
    mountPath: 'Absolute path in the container. It hides what the image has there.',
    readOnly: 'No writing. Default false.',
    recursiveReadOnly: 'Also for mounts below: Disabled (default), IfPossible or Enabled. Needs readOnly.',
    subPath: 'Mount only this path of the volume. Such a mount does not see later changes of a ConfigMap or Secret.',
    subPathExpr: 'Like subPath, with $(NAME) replaced by environment variables. Not together with it.',
    mountPropagation:
      'Whether mounts made later are seen: None (default), HostToContainer or Bidirectional (privileged only).',
  },
  'io.k8s.api.core.v1.VolumeDevice': {
    '': 'A block volume’s place in a container.',
    name: 'Name of a volume of the pod that is a claim with volumeMode Block.',
    devicePath: 'Path of the device in the container, such as /dev/xvda.',
  },
  'io.k8s.api.core.v1.ContainerStatus': {
    '': 'What became of one container.',
    name: 'The container.',
    state: 'What it is doing now: one of waiting, running, terminated.',
    lastState: 'How it ended the last time. kubectl logs --previous shows that run’s output.',
    ready: 'Its readiness probe succeeds, or it has none and runs.',
    restartCount: 'How often it was started again.',
    image: 'The image as the runtime names it; may differ from the one in spec.',
    imageID: 'The exact image, by digest.',
    containerID: 'The runtime’s identifier, such as containerd://… .',
    started: 'It runs, its postStart hook is over and its startup probe has succeeded.',
    allocatedResources: 'What the node has set aside for it.',
    resources: 'Requests and limits that are in force.',
    volumeMounts: 'State of its mounts.',
    user: 'The user its first process started as.',
    allocatedResourcesStatus: 'Health of its devices.',
    stopSignal: 'Signal it is stopped with.',
  },
  'io.k8s.api.core.v1.ContainerState': {
    '': 'What a container is doing; at most one is set, and none means waiting.',
    waiting: 'Not yet, or not again: pulling, blocked, or backing off.',
    running: 'It runs.',
    terminated: 'It has ended.',
  },
  'io.k8s.api.core.v1.ContainerStateWaiting': {
    '': 'A container that does not run yet.',
    reason: 'Such as ContainerCreating, ImagePullBackOff, CrashLoopBackOff or CreateContainerConfigError.',
    message: 'Details for people.',
  },
  'io.k8s.api.core.v1.ContainerStateRunning': { '': 'A container that runs.', startedAt: 'Since when.' },
  'io.k8s.api.core.v1.ContainerStateTerminated': {
    exitCode: 'Its exit code; 0 is success, 137 mostly SIGKILL, 143 SIGTERM.',
    signal: 'The signal that ended it, where the runtime tells.',
    reason: 'Completed, Error, OOMKilled and the like.',
    message: 'What it wrote to its termination message file.',
    startedAt: 'When it began.',
    finishedAt: 'When it ended.',
    containerID: 'The runtime’s identifier.',
  },
  'io.k8s.api.core.v1.VolumeMountStatus': {
    '': 'State of one mount.',
    name: 'The volume.',
    mountPath: 'Its place.',
    readOnly: 'It cannot be written to.',
    recursiveReadOnly: 'Whether that goes for mounts below, as far as the node could do it.',
    volumeStatus: 'More about the volume, depending on its kind.',
  },
  'io.k8s.api.core.v1.VolumeStatus': { image: 'The image of an image volume.' },
  'io.k8s.api.core.v1.ImageVolumeStatus': { imageRef: 'Its digest.' },
  'io.k8s.api.core.v1.ContainerUser': { linux: 'On Linux.' },
  'io.k8s.api.core.v1.LinuxContainerUser': {
    '': 'User and groups of a container’s first process.',
    uid: 'The user.',
    gid: 'Its primary group.',
    supplementalGroups: 'Its other groups.',
  },
  'io.k8s.api.core.v1.ResourceStatus': {
    '': 'Health of one kind of device in a container.',
    name: 'The resource, such as example.com/gpu, or claim:NAME/REQUEST.',
    resources: 'Each device.',
  },
  'io.k8s.api.core.v1.ResourceHealth': {
    '': 'Health of one device.',
    resourceID: 'The device.',
    health: 'Healthy, Unhealthy or Unknown.',
    message: 'Details for people.',
  },
};
