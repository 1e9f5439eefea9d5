import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { Service, ServicePort, ServiceSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { isAddress, portErrors, portNameErrors, qualifiedNameErrors } from '../../names.ts';
import { samePlain } from '../../equality.ts';
import { labelsErrors } from '../../object-meta.ts';
import { rangeErrorsOf, ipErrors, specialAddressErrors } from '../ip-errors.ts';
import { familyErrors, isHeadlessService } from './service-families.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const daySeconds = 86_400;
const kubeletPort = 10_250;
const onlyBalancer = "may only be used when `type` is 'LoadBalancer'";
const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges';

type Annotations = Readonly<Record<string, string>> | undefined;

/** All that is wrong with a Service; when its addresses are, nothing else is told. */
export function serviceErrors(service: Service): readonly FieldError[] {
  const ofFamilies = familyErrors(service.spec);
  return ofFamilies.length > 0 ? ofFamilies : otherErrors(service);
}

function otherErrors({ metadata, spec }: Service): readonly FieldError[] {
  const errors: FieldError[] = [...topologyErrors(metadata.annotations), ...typeErrors(spec)];
  const names = new Set<string>();
  const ports = spec.ports ?? [];
  for (const [index, port] of ports.entries()) {
    errors.push(...portErrorsOf(port, ports.length > 1, names, `spec.ports[${index}]`));
  }
  errors.push(...labelsErrors(spec.selector, 'spec.selector'));
  errors.push(...affinityErrors(spec));
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    errors.push(...specialAddressErrors(address, `spec.externalIPs[${index}]`));
  }
  if (!types.includes(spec.type ?? '')) errors.push(notSupported('spec.type', spec.type ?? '', types));
  errors.push(...nodePortErrors(spec), ...samePortErrors(ports));
  errors.push(...sourceRangeErrors(spec, metadata.annotations));
  if (spec.allocateLoadBalancerNodePorts != null && spec.type !== 'LoadBalancer') {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', onlyBalancer));
  }
  return [...errors, ...balancerClassErrors(spec), ...trafficErrors(spec)];
}

function topologyErrors(annotations: Annotations): readonly FieldError[] {
  const mode = annotations?.[topologyMode];
  const hints = annotations?.[topologyHints];
  if (mode === undefined || hints === undefined || mode === hints) return [];
  const detail = `must match annotations[${topologyHints}] when both are specified`;
  return [invalid(`metadata.annotations[${topologyMode}]`, mode, detail)];
}

function typeErrors(spec: ServiceSpec): readonly FieldError[] {
  const { type, clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName = '' } = spec;
  const errors: FieldError[] = [];
  if (type === 'ExternalName') {
    const detail = 'may not be set for ExternalName services';
    if (clusterIPs.length > 0) errors.push(forbidden('spec.clusterIPs', detail));
    if (ipFamilies.length > 0) errors.push(forbidden('spec.ipFamilies', detail));
    if (ipFamilyPolicy != null) errors.push(forbidden('spec.ipFamilyPolicy', detail));
    const name = externalName.replace(/\.$/, '');
    const texts = dnsSubdomainErrors(name).map((text) => invalid('spec.externalName', name, text));
    return name === '' ? [...errors, requiredField('spec.externalName')] : [...errors, ...texts];
  }
  const headless = isHeadlessService(spec);
  const ports = spec.ports ?? [];
  if (!headless && ports.length === 0) errors.push(requiredField('spec.ports'));
  for (const [index, { port }] of (type === 'LoadBalancer' ? ports : []).entries()) {
    if (port !== kubeletPort) continue;
    const detail = `may not expose port ${kubeletPort} externally since it is used by kubelet`;
    errors.push(invalid(`spec.ports[${index}]`, port, detail));
  }
  if (headless && (type === 'LoadBalancer' || type === 'NodePort')) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  return errors;
}

function samePortErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const key = ({ port, protocol = '' }: ServicePort): string => `${port}/${protocol}`;
  const known = new Set<string>();
  return ports.flatMap((port, index) => {
    const isFirst = !known.has(key(port));
    known.add(key(port));
    if (isFirst) return [];
    const shown = { Name: '', Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 };
    return [duplicate(`spec.ports[${index}]`, shown)];
  });
}

function portErrorsOf(
  { name = '', port, protocol = '', targetPort, appProtocol }: ServicePort,
  namesNeeded: boolean,
  names: Set<string>,
  item: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (namesNeeded && name === '') errors.push(requiredField(`${item}.name`));
  else if (name !== '') {
    errors.push(...dnsLabelErrors(name).map((text) => invalid(`${item}.name`, name, text)));
    if (names.has(name)) errors.push(duplicate(`${item}.name`, name));
    names.add(name);
  }
  errors.push(...portErrors(port).map((text) => invalid(`${item}.port`, port, text)));
  if (protocol === '') errors.push(requiredField(`${item}.protocol`));
  else if (!protocols.includes(protocol)) errors.push(notSupported(`${item}.protocol`, protocol, protocols));
  const target = targetPort ?? 0;
  const texts = typeof target === 'number' ? portErrors(target) : portNameErrors(target);
  errors.push(...texts.map((text) => invalid(`${item}.targetPort`, target, text)));
  if (appProtocol != null) {
    errors.push(...qualifiedNameErrors(appProtocol).map((text) => invalid(`${item}.appProtocol`, appProtocol, text)));
  }
  return errors;
}

function affinityErrors({ sessionAffinity = '', sessionAffinityConfig }: ServiceSpec): readonly FieldError[] {
  const field = 'spec.sessionAffinity';
  const known = ['ClientIP', 'None'];
  if (sessionAffinity === '') return [requiredField(field)];
  if (!known.includes(sessionAffinity)) return [notSupported(field, sessionAffinity, known)];
  if (sessionAffinity === 'None') {
    return sessionAffinityConfig == null
      ? []
      : [forbidden('spec.sessionAffinityConfig', "must not be set when session affinity is 'None'")];
  }
  const at = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds == null) return [requiredField(at)];
  return seconds <= 0 || seconds > daySeconds
    ? [invalid(at, seconds, `must be greater than 0 and less than ${daySeconds}`)]
    : [];
}

function nodePortErrors({ type, ports = [] }: ServiceSpec): readonly FieldError[] {
  const field = (index: number): string => `spec.ports[${index}].nodePort`;
  const key = ({ nodePort, protocol }: ServicePort): string => `${protocol}/${nodePort}`;
  const unused = ports.flatMap(({ nodePort }, index) =>
    nodePort && type === 'ClusterIP' ? [forbidden(field(index), "may not be used when `type` is 'ClusterIP'")] : [],
  );
  const doubled = ports.flatMap((port, index) => {
    const first = ports.findIndex((each) => key(each) === key(port));
    return port.nodePort && first < index ? [duplicate(field(index), port.nodePort)] : [];
  });
  return [...unused, ...doubled];
}

/** The annotation is older than the field, and counts when there is no field. */
function sourceRangeErrors(
  { type, loadBalancerSourceRanges = [] }: ServiceSpec,
  annotations: Annotations,
): readonly FieldError[] {
  const refused = (field: string): readonly FieldError[] =>
    type === 'LoadBalancer' ? [] : [forbidden(field, onlyBalancer)];
  if (loadBalancerSourceRanges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges';
    return [
      ...refused(field),
      ...loadBalancerSourceRanges.flatMap((range, index) => rangeErrorsOf(range.trim(), `${field}[${index}]`)),
    ];
  }
  const text = annotations?.[sourceRanges]?.trim();
  if (text === undefined) return [];
  const field = `metadata.annotations[${sourceRanges}]`;
  const ranges = text === '' ? [] : text.split(',');
  return [...refused(field), ...ranges.flatMap((range) => rangeErrorsOf(range.trim(), field))];
}

function balancerClassErrors({ type, loadBalancerClass }: ServiceSpec): readonly FieldError[] {
  if (loadBalancerClass == null) return [];
  const field = 'spec.loadBalancerClass';
  return type === 'LoadBalancer'
    ? qualifiedNameErrors(loadBalancerClass).map((text) => invalid(field, loadBalancerClass, text))
    : [forbidden(field, onlyBalancer)];
}

/** Whether the Service is open to the world outside of the cluster. */
export function isOpenToWorld({ type, externalIPs = [] }: Pick<ServiceSpec, 'type' | 'externalIPs'>): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0);
}

function trafficErrors(spec: ServiceSpec): readonly FieldError[] {
  const { type, externalTrafficPolicy = '', internalTrafficPolicy, trafficDistribution, healthCheckNodePort } = spec;
  const errors: FieldError[] = [];
  const policies = ['Cluster', 'Local'];
  const field = 'spec.externalTrafficPolicy';
  if (!isOpenToWorld(spec)) {
    if (externalTrafficPolicy !== '') {
      errors.push(invalid(field, externalTrafficPolicy, 'may only be set for externally-accessible services'));
    }
  } else if (externalTrafficPolicy === '') {
    errors.push(requiredField(field, 'ExternalTrafficPolicy is required for externally-accessible services'));
  } else if (!policies.includes(externalTrafficPolicy))
    errors.push(notSupported(field, externalTrafficPolicy, policies));
  if (healthCheckNodePort && !(type === 'LoadBalancer' && externalTrafficPolicy === 'Local')) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, detail));
  } else if (healthCheckNodePort) {
    const texts = portErrors(healthCheckNodePort);
    errors.push(...texts.map((text) => invalid('spec.healthCheckNodePort', healthCheckNodePort, text)));
  }
  if (internalTrafficPolicy != null && !policies.includes(internalTrafficPolicy)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internalTrafficPolicy, policies));
  }
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  if (trafficDistribution != null && !distributions.includes(trafficDistribution)) {
    errors.push(notSupported('spec.trafficDistribution', trafficDistribution, distributions));
  }
  return errors;
}

export function serviceUpdateErrors(service: Service, old: Service): readonly FieldError[] {
  const ofFamilies = familyErrors(service.spec, old.spec);
  if (ofFamilies.length > 0) return ofFamilies;
  return [
    ...addressChangeErrors(service.spec, old.spec),
    ...classChangeErrors(service.spec, old.spec),
    // The original looks at the class itself here, and again with all the rest.
    ...balancerClassErrors(service.spec),
    ...healthPortChangeErrors(service.spec, old.spec),
    ...otherErrors(service),
  ];
}

function healthPortChangeErrors(spec: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  const needed = [spec, old].every((each) => each.type === 'LoadBalancer' && each.externalTrafficPolicy === 'Local');
  return needed && spec.healthCheckNodePort !== old.healthCheckNodePort
    ? [forbidden('spec.healthCheckNodePort', 'field is immutable')]
    : [];
}

function addressChangeErrors(spec: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  if (isHeadlessService(spec) && isHeadlessService(old)) return [];
  const before = old.clusterIPs ?? [];
  const after = spec.clusterIPs ?? [];
  if (before.length > after.length && after.length === 0) {
    return [invalid('spec.clusterIPs[0]', after, 'primary clusterIP can not be unset')];
  }
  const changed = before.length === after.length ? before.length : Math.min(before.length, 1);
  return before
    .slice(0, changed)
    .flatMap((address, index) =>
      address === after[index] ? [] : [invalid(`spec.clusterIPs[${index}]`, after, 'may not change once set')],
    );
}

function classChangeErrors(spec: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (old.type !== 'LoadBalancer' || spec.type !== 'LoadBalancer') return [];
  return samePlain(spec.loadBalancerClass, old.loadBalancerClass)
    ? []
    : [invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set')];
}

export function serviceStatusErrors({ spec, status }: Service): readonly FieldError[] {
  if (spec.type !== 'LoadBalancer' && (status.loadBalancer?.ingress ?? []).length > 0) {
    return [forbidden('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname, ipMode }, index) => {
    const item = `status.loadBalancer.ingress[${index}]`;
    const errors: FieldError[] = [];
    if (ip) errors.push(...ipErrors(ip, `${item}.ip`));
    if (!ip && ipMode != null) errors.push(forbidden(`${item}.ipMode`, 'may not be specified when `ip` is not set'));
    if (ip && ipMode != null && !['Proxy', 'VIP'].includes(ipMode)) {
      errors.push(notSupported(`${item}.ipMode`, ipMode, ['Proxy', 'VIP']));
    }
    if (hostname) {
      errors.push(...dnsSubdomainErrors(hostname).map((text) => invalid(`${item}.hostname`, hostname, text)));
      if (isAddress(hostname)) {
        errors.push(invalid(`${item}.hostname`, hostname, 'must be a DNS name, not an IP address'));
      }
    }
    return errors;
  });
}
