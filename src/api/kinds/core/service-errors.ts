import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type { Service, ServicePort, ServiceSpec } from '../../groups/core.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { isAddress, isAddressV6, isCidr, portErrors, portNameErrors, qualifiedNameErrors } from '../../names.ts';
import { samePlain } from '../../equality.ts';
import { labelsErrors } from '../../object-meta.ts';
import { rangeErrorsOf, ipErrors, specialAddressErrors } from '../ip-errors.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const daySeconds = 86_400;

export function serviceErrors({ spec }: Service): readonly FieldError[] {
  const errors: FieldError[] = [];
  errors.push(...typeErrors(spec));
  errors.push(...portsErrors(spec.ports ?? []));
  errors.push(...labelsErrors(spec.selector, 'spec.selector'));
  errors.push(...affinityErrors(spec));
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    errors.push(...specialAddressErrors(address, `spec.externalIPs[${index}]`));
  }
  if (!types.includes(spec.type ?? '')) errors.push(notSupported('spec.type', spec.type ?? '', types));
  errors.push(...nodePortErrors(spec));
  errors.push(...sourceRangeErrors(spec));
  if (spec.allocateLoadBalancerNodePorts != null && spec.type !== 'LoadBalancer') {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"));
  }
  errors.push(...balancerClassErrors(spec), ...addressesErrors(spec), ...trafficErrors(spec));
  return errors;
}

function typeErrors(spec: ServiceSpec): readonly FieldError[] {
  const { type, clusterIPs = [], externalName = '' } = spec;
  if (type === 'ExternalName') {
    if (clusterIPs.length > 0) return [forbidden('spec.clusterIPs', 'may not be set for ExternalName services')];
    const name = externalName.replace(/\.$/, '');
    return name === ''
      ? [requiredField('spec.externalName')]
      : dnsSubdomainErrors(name).map((text) => invalid('spec.externalName', name, text));
  }
  const errors: FieldError[] = [];
  const headless = clusterIPs[0] === 'None';
  if (type === 'LoadBalancer' || type === 'NodePort') {
    if (headless) errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (!headless && (spec.ports ?? []).length === 0) errors.push(requiredField('spec.ports'));
  return errors;
}

function portsErrors(ports: readonly ServicePort[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    errors.push(...portErrorsOf(port, ports.length > 1, names, `spec.ports[${index}]`));
  }
  for (const [index, port] of ports.entries()) {
    const key = (each: ServicePort): string => `${each.port}/${each.protocol ?? ''}`;
    const first = ports.findIndex((each) => key(each) === key(port));
    if (first < index && port.port !== 0) {
      const shown = {
        Name: '',
        Protocol: port.protocol,
        AppProtocol: null,
        Port: port.port,
        TargetPort: 0,
        NodePort: 0,
      };
      errors.push(duplicate(`spec.ports[${index}]`, shown));
    }
  }
  return errors;
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
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [index, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    const field = `spec.ports[${index}].nodePort`;
    if (type === 'ClusterIP') errors.push(forbidden(field, "may not be used when `type` is 'ClusterIP'"));
    const key = `${protocol}/${nodePort}`;
    if (taken.has(key)) errors.push(duplicate(field, nodePort));
    taken.add(key);
  }
  return errors;
}

function sourceRangeErrors({ type, loadBalancerSourceRanges = [] }: ServiceSpec): readonly FieldError[] {
  if (loadBalancerSourceRanges.length === 0) return [];
  const field = 'spec.LoadBalancerSourceRanges';
  if (type !== 'LoadBalancer') return [forbidden(field, "may only be used when `type` is 'LoadBalancer'")];
  return loadBalancerSourceRanges.flatMap((range, index) =>
    isCidr(range.trim()) ? [] : rangeErrorsOf(range, `${field}[${index}]`),
  );
}

function balancerClassErrors({ type, loadBalancerClass }: ServiceSpec): readonly FieldError[] {
  if (loadBalancerClass == null) return [];
  const field = 'spec.loadBalancerClass';
  return type === 'LoadBalancer'
    ? qualifiedNameErrors(loadBalancerClass).map((text) => invalid(field, loadBalancerClass, text))
    : [forbidden(field, "may only be used when `type` is 'LoadBalancer'")];
}

/** Addresses and their families, together. */
function addressesErrors(spec: ServiceSpec): readonly FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const { clusterIP = '', clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const errors: FieldError[] = [];
  if (clusterIPs.length > 0 && clusterIP !== clusterIPs[0]) {
    errors.push(invalid('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  if (ipFamilyPolicy != null && !policies.includes(ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, policies));
  }
  for (const [index, family] of ipFamilies.entries()) {
    const field = `spec.ipFamilies[${index}]`;
    if (!['IPv4', 'IPv6'].includes(family)) errors.push(notSupported(field, family, ['IPv4', 'IPv6']));
    else if (ipFamilies.indexOf(family) < index) errors.push(duplicate(field, family));
  }
  if (errors.length > 0) return errors;
  errors.push(...familyErrors(clusterIPs, ipFamilies, ipFamilyPolicy));
  for (const [index, address] of clusterIPs.entries()) {
    if (address !== 'None') errors.push(...ipErrors(address, `spec.clusterIPs[${index}]`));
    else if (index > 0)
      errors.push(invalid(`spec.clusterIPs[${index}]`, address, `'None' must be the first and only value`));
  }
  return errors;
}

/** The cluster has addresses of version four only. */
function familyErrors(
  addresses: readonly string[],
  families: readonly string[],
  policy: string | undefined,
): readonly FieldError[] {
  if (families.length > 1 && policy === 'SingleStack') {
    const detail = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
    return [invalid('spec.ipFamilyPolicy', policy, detail)];
  }
  const errors: FieldError[] = [];
  if (policy === 'RequireDualStack') {
    errors.push(invalid('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'));
  }
  for (const [index, family] of families.entries()) {
    if (family === 'IPv6') errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
  for (const [index, address] of addresses.entries()) {
    if (isAddressV6(address)) {
      errors.push(invalid(`spec.clusterIPs[${index}]`, addresses, 'IPv6 is not configured on this cluster'));
    }
  }
  return errors;
}

function trafficErrors(spec: ServiceSpec): readonly FieldError[] {
  const { type, externalTrafficPolicy = '', internalTrafficPolicy, trafficDistribution, healthCheckNodePort } = spec;
  const errors: FieldError[] = [];
  const policies = ['Cluster', 'Local'];
  const reachable =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  const field = 'spec.externalTrafficPolicy';
  if (!reachable) {
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
  return [
    ...addressChangeErrors(service.spec, old.spec),
    ...classChangeErrors(service.spec, old.spec),
    ...serviceErrors(service),
  ];
}

function addressChangeErrors(spec: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const before = old.clusterIPs ?? [];
  const after = spec.clusterIPs ?? [];
  if (before[0] !== undefined && after[0] !== before[0]) {
    return [invalid('spec.clusterIPs[0]', after, 'may not change once set')];
  }
  return [];
}

function classChangeErrors(spec: ServiceSpec, old: ServiceSpec): readonly FieldError[] {
  if (old.type !== 'LoadBalancer' || spec.type !== 'LoadBalancer') return [];
  return samePlain(spec.loadBalancerClass, old.loadBalancerClass)
    ? []
    : [invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set')];
}

export function serviceStatusErrors({ status }: Service): readonly FieldError[] {
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
