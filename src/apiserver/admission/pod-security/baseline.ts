/**
 * The baseline standard: nothing that is known to lead out of a pod.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
import {
  containersOf,
  named,
  plural,
  quoted,
  setters,
  sorted,
  type AnyContainer,
  type Check,
  type Violation,
} from './subject.ts';

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const confined = new Set<string | undefined>(['RuntimeDefault', 'Localhost']);
const defaultCapabilities = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);
const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

export const sysctls = {
  v1_0: [
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.ping_group_range',
    'net.ipv4.ip_unprivileged_port_start',
  ],
  v1_27: ['net.ipv4.ip_local_reserved_ports'],
  v1_29: [
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_fin_timeout',
    'net.ipv4.tcp_keepalive_intvl',
    'net.ipv4.tcp_keepalive_probes',
  ],
  v1_32: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'],
};

export const appArmorProfile: Check = ({ metadata, spec }) => {
  const podType = spec.securityContext?.appArmorProfile?.type;
  const badPod = podType !== undefined && !confined.has(podType);
  const bad = containersOf(spec).filter(({ securityContext }) => {
    const type = securityContext?.appArmorProfile?.type;
    return type !== undefined && !confined.has(type);
  });
  const annotations = Object.entries(metadata?.annotations ?? {})
    .filter(([key, value]) => key.startsWith(appArmorPrefix) && !allowedAppArmor(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted();
  const types = bad.map(({ securityContext }) => securityContext?.appArmorProfile?.type ?? '');
  const values = [...sorted(badPod ? [podType, ...types] : types), ...annotations];
  if (values.length === 0) return undefined;
  const who = [
    setters(badPod, bad),
    annotations.length > 0 ? plural(annotations.length, 'annotation', 'annotations') : '',
  ];
  return {
    reason: plural(values.length, 'forbidden AppArmor profile', 'forbidden AppArmor profiles'),
    detail: `${who.filter((one) => one !== '').join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
};

const allowedAppArmor = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/');

export const baselineCapabilities: Check = ({ spec }) => {
  const extra = ({ securityContext }: AnyContainer): string[] =>
    (securityContext?.capabilities?.add ?? []).filter((capability) => !defaultCapabilities.has(capability));
  const bad = containersOf(spec).filter((container) => extra(container).length > 0);
  if (bad.length === 0) return undefined;
  const added = quoted(sorted(bad.flatMap(extra)));
  return {
    reason: 'non-default capabilities',
    detail: `${named(bad)} must not include ${added} in securityContext.capabilities.add`,
  };
};

export const hostNamespaces: Check = ({ spec }) => {
  const { hostNetwork, hostPID, hostIPC } = spec;
  const used = Object.entries({ hostNetwork, hostPID, hostIPC }).filter(([, value]) => value === true);
  if (used.length === 0) return undefined;
  return { reason: 'host namespaces', detail: used.map(([field]) => `${field}=true`).join(', ') };
};

export const hostPathVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined);
  if (bad.length === 0) return undefined;
  const names = quoted(bad.map(({ name }) => name));
  return { reason: 'hostPath volumes', detail: `${plural(bad.length, 'volume', 'volumes')} ${names}` };
};

export const hostPorts: Check = ({ spec }) => {
  const portsOf = ({ ports }: AnyContainer): string[] =>
    (ports ?? []).filter(({ hostPort }) => (hostPort ?? 0) !== 0).map(({ hostPort }) => String(hostPort));
  const bad = containersOf(spec).filter((container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sorted(bad.flatMap(portsOf));
  const uses = `${plural(bad.length, 'uses', 'use')} ${plural(ports.length, 'hostPort', 'hostPorts')}`;
  return { reason: 'hostPort', detail: `${named(bad)} ${uses} ${ports.join(', ')}` };
};

export const hostProbes: Check = ({ spec }) => {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: AnyContainer): string[] =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
      .flatMap((handler) => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''])
      .filter((host) => host !== '');
  const bad = containersOf(spec).filter((container) => hostsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const hosts = sorted(bad.flatMap(hostsOf));
  const what = plural(hosts.length, 'probe or lifecycle host', 'probe or lifecycle hosts');
  return {
    reason: 'probe or lifecycle host',
    detail: `${named(bad)} ${plural(bad.length, 'uses', 'use')} ${what} ${quoted(hosts)}`,
  };
};

export const privileged: Check = ({ spec }) => {
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${named(bad)} must not set securityContext.privileged=true` };
};

export const procMount: Check = ({ spec }) => {
  const mountOf = ({ securityContext }: AnyContainer): string => securityContext?.procMount ?? 'Default';
  const bad = containersOf(spec).filter((container) => mountOf(container) !== 'Default');
  if (bad.length === 0) return undefined;
  const kinds = quoted(sorted(bad.map(mountOf)));
  return { reason: 'procMount', detail: `${named(bad)} must not set securityContext.procMount to ${kinds}` };
};

/** `types`: those allowed beside the ones of old. */
export const seLinuxOptions =
  (...types: readonly string[]): Check =>
  ({ spec }) => {
    const allowed = new Set([...seLinuxTypes, ...types]);
    type Options = { readonly type?: string; readonly user?: string; readonly role?: string };
    const isBad = (options: Options | undefined): options is Options =>
      options !== undefined &&
      (!allowed.has(options.type ?? '') || (options.user ?? '') !== '' || (options.role ?? '') !== '');
    const ofPod = spec.securityContext?.seLinuxOptions as Options | undefined;
    const bad = containersOf(spec).filter((one) => isBad(one.securityContext?.seLinuxOptions as Options | undefined));
    const all = [ofPod, ...bad.map((one) => one.securityContext?.seLinuxOptions as Options | undefined)].filter(isBad);
    if (all.length === 0) return undefined;
    const badTypes = sorted(all.map(({ type }) => type ?? '').filter((type) => !allowed.has(type)));
    const data = [
      ...(badTypes.length > 0 ? [`${plural(badTypes.length, 'type', 'types')} ${quoted(badTypes)}`] : []),
      ...(all.some(({ user }) => (user ?? '') !== '') ? ['user may not be set'] : []),
      ...(all.some(({ role }) => (role ?? '') !== '') ? ['role may not be set'] : []),
    ];
    const who = setters(isBad(ofPod), bad);
    return {
      reason: 'seLinuxOptions',
      detail: `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
    };
  };

/** Before profiles were fields. */
export const seccompAnnotations: Check = ({ metadata }) => {
  const isSeccomp = (key: string): boolean =>
    key === 'seccomp.security.alpha.kubernetes.io/pod' ||
    key.startsWith('container.seccomp.security.alpha.kubernetes.io/');
  const bad = Object.entries(metadata?.annotations ?? {})
    .filter(([key, value]) => isSeccomp(key) && value === 'unconfined')
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted();
  if (bad.length === 0) return undefined;
  const what = plural(bad.length, 'annotation', 'annotations');
  return { reason: 'seccompProfile', detail: `forbidden ${what} ${bad.join(', ')}` };
};

export const baselineSeccomp: Check = ({ spec }) => {
  const podType = spec.securityContext?.seccompProfile?.type;
  const isBad = (type: string | undefined): boolean => type !== undefined && !confined.has(type);
  const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext?.seccompProfile?.type));
  return seccompViolation(isBad(podType) ? podType : undefined, bad);
};

/** Who sets a profile that is not allowed; undefined when nobody does. */
export function seccompViolation(podType: string | undefined, bad: readonly AnyContainer[]): Violation | undefined {
  const types = bad.map(({ securityContext }) => securityContext?.seccompProfile?.type ?? '');
  const values = sorted(podType === undefined ? types : [podType, ...types]);
  if (values.length === 0) return undefined;
  const who = setters(podType !== undefined, bad);
  return {
    reason: 'seccompProfile',
    detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(values)}`,
  };
}

export const safeSysctls =
  (allowed: readonly string[]): Check =>
  ({ spec }) => {
    const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
    return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
  };

export const windowsHostProcess: Check = ({ spec }) => {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess === true;
  const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
  if (!ofPod && bad.length === 0) return undefined;
  return {
    reason: 'hostProcess',
    detail: `${setters(ofPod, bad)} must not set securityContext.windowsOptions.hostProcess=true`,
  };
};
