import type { Descriptions } from './table.ts';

export const securityDescriptions: Descriptions = {
  'io.k8s.api.core.v1.PodSecurityContext': {
    seLinuxOptions: 'SELinux label of the containers. Default: one the runtime picks.',
    windowsOptions: 'For Windows containers.',
    runAsUser: 'Numeric user the programs start as. Default: the image’s, often root.',
    runAsGroup: 'Numeric primary group. Default: the runtime’s, mostly 0.',
    runAsNonRoot:
      'Refuse to start a container as user 0. An image that names its user by a word is refused as well: give runAsUser.',
    supplementalGroups: 'Further groups of the first process, beside those of the image’s /etc/group.',
    supplementalGroupsPolicy: 'Merge (default) adds the image’s groups of the user, Strict does not.',
    fsGroup:
      'Group that owns the files of volumes that support it, and that the programs belong to. New files get it, too.',
    fsGroupChangePolicy:
      'Always (default) or OnRootMismatch: whether to walk the whole volume at each start, which is slow for large ones.',
    sysctls: 'Kernel settings of the pod. Other than the safe ones must be allowed on the node.',
    seccompProfile: 'Which system calls are allowed.',
    appArmorProfile: 'The AppArmor profile.',
    seLinuxChangePolicy: 'MountOption labels a volume at once by mounting, Recursive file by file.',
  },
  'io.k8s.api.core.v1.SecurityContext': {
    capabilities: 'Linux capabilities to add to or take from the runtime’s set.',
    privileged: 'Nearly all rights of root on the node. Default false.',
    seLinuxOptions: 'SELinux label. Default: the pod’s.',
    windowsOptions: 'For Windows containers.',
    runAsUser: 'Numeric user. Default: the pod’s, else the image’s.',
    runAsGroup: 'Numeric primary group. Default: the pod’s.',
    runAsNonRoot: 'Refuse to start as user 0. Default: the pod’s.',
    readOnlyRootFilesystem:
      'The image’s files cannot be written; mount an emptyDir where the program must write. Default false.',
    allowPrivilegeEscalation:
      'False sets no_new_privs: programs such as sudo gain nothing. Default true; always true when privileged.',
    procMount: 'Default hides parts of /proc, Unmasked does not (needs hostUsers: false).',
    seccompProfile: 'Which system calls are allowed. Default: the pod’s.',
    appArmorProfile: 'The AppArmor profile. Default: the pod’s.',
  },
  'io.k8s.api.core.v1.Capabilities': {
    add: 'To add, without CAP_: NET_ADMIN.',
    drop: 'To take away; ALL and then adding the few needed is the safe way.',
  },
  'io.k8s.api.core.v1.SELinuxOptions': {
    '': 'Parts of an SELinux label.',
    user: 'The user part.',
    role: 'The role part.',
    type: 'The type part.',
    level: 'The level part, such as s0:c123,c456.',
  },
  'io.k8s.api.core.v1.WindowsSecurityContextOptions': {
    gmsaCredentialSpecName: 'Names the credential spec of a group managed service account.',
    gmsaCredentialSpec: 'The credential spec itself; filled in from its name.',
    runAsUserName: 'User the program runs as, by name.',
    hostProcess: 'Run on the node itself; all containers of the pod alike, and with hostNetwork.',
  },
  'io.k8s.api.core.v1.SeccompProfile': {
    type: 'RuntimeDefault (the runtime’s), Localhost (a file on the node) or Unconfined.',
    localhostProfile: 'File below the kubelet’s seccomp directory; for Localhost alone.',
  },
  'io.k8s.api.core.v1.AppArmorProfile': {
    type: 'RuntimeDefault, Localhost or Unconfined.',
    localhostProfile: 'Name of a profile loaded on the node; for Localhost alone.',
  },
  'io.k8s.api.core.v1.Sysctl': {
    '': 'A kernel setting.',
    name: 'Such as net.ipv4.ip_unprivileged_port_start.',
    value: 'Its value, as text.',
  },
};
