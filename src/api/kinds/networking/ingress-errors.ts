import { forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressRule,
} from '../../groups/networking.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { isAddress, portErrors, portNameErrors, wildcardSubdomainErrors } from '../../names.ts';
import { domainPathErrors } from '../domain-path.ts';
import { ipErrors } from '../ip-errors.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const badEnds = ['/..', '/.'];

export function ingressErrors({ spec }: Ingress): readonly FieldError[] {
  const errors: FieldError[] = [];
  const rules = spec.rules ?? [];
  if (rules.length === 0 && spec.defaultBackend == null) {
    errors.push(invalid('spec', rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (spec.defaultBackend != null) errors.push(...backendErrors(spec.defaultBackend, 'spec.defaultBackend'));
  for (const [index, rule] of rules.entries()) errors.push(...ruleErrors(rule, `spec.rules[${index}]`));
  for (const [index, { hosts = [] }] of (spec.tls ?? []).entries()) {
    for (const [position, host] of hosts.entries()) {
      const texts = host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
      errors.push(...texts.map((text) => invalid(`spec.tls[${index}].hosts[${position}]`, host, text)));
    }
  }
  const { ingressClassName } = spec;
  if (ingressClassName != null) {
    errors.push(
      ...dnsSubdomainErrors(ingressClassName).map((text) => invalid('spec.ingressClassName', ingressClassName, text)),
    );
  }
  return errors;
}

function ruleErrors({ host, http }: IngressRule, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (host) {
    if (isAddress(host)) errors.push(invalid(`${item}.host`, host, 'must be a DNS name, not an IP address'));
    else {
      const texts = host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
      errors.push(...texts.map((text) => invalid(`${item}.host`, host, text)));
    }
  }
  if (http == null) return errors;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.push(requiredField(`${item}.http.paths`));
  for (const [index, path] of paths.entries()) errors.push(...pathErrors(path, `${item}.http.paths[${index}]`));
  return errors;
}

function pathErrors({ path = '', pathType, backend }: HTTPIngressPath, item: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (pathType == null) return [requiredField(`${item}.pathType`, 'pathType must be specified')];
  const at = `${item}.path`;
  const absolute = path.startsWith('/');
  if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !absolute) errors.push(invalid(at, path, 'must be an absolute path'));
  } else if (!pathTypes.includes(pathType)) errors.push(notSupported(`${item}.pathType`, pathType, pathTypes));
  else {
    if (!absolute) errors.push(invalid(at, path, 'must be an absolute path'));
    if (path !== '') {
      for (const part of badSequences)
        if (path.includes(part)) errors.push(invalid(at, path, `must not contain '${part}'`));
      for (const part of badEnds) if (path.endsWith(part)) errors.push(invalid(at, path, `cannot end with '${part}'`));
    }
  }
  return [...errors, ...backendErrors(backend, `${item}.backend`)];
}

function backendErrors({ service, resource }: IngressBackend, field: string): readonly FieldError[] {
  if (resource != null && service != null) {
    return [invalid(field, '', 'cannot set both resource and service backends')];
  }
  const errors: FieldError[] = [];
  if (resource != null) {
    for (const name of ['name', 'kind'] as const) {
      if (!resource[name]) errors.push(requiredField(`${field}.resource.${name}`));
    }
    return errors;
  }
  if (service == null) return [requiredField(field, 'resource or service backend is required')];
  if (service.name === '') errors.push(requiredField(`${field}.service.name`));
  else errors.push(...dnsLabelErrors(service.name).map((text) => invalid(`${field}.service.name`, service.name, text)));
  const { name = '', number = 0 } = service.port ?? {};
  const at = `${field}.service.port`;
  if (name !== '' && number !== 0) errors.push(invalid(field, '', 'cannot set both port name & port number'));
  else if (name !== '') errors.push(...portNameErrors(name).map((text) => invalid(`${at}.name`, name, text)));
  else if (number !== 0) errors.push(...portErrors(number).map((text) => invalid(`${at}.number`, number, text)));
  else errors.push(requiredField(field, 'port name or number is required'));
  return errors;
}

export function ingressStatusErrors({ status }: Ingress): readonly FieldError[] {
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const item = `status.loadBalancer.ingress[${index}]`;
    const errors: FieldError[] = ip ? [...ipErrors(ip, `${item}.ip`)] : [];
    if (hostname) {
      errors.push(...dnsSubdomainErrors(hostname).map((text) => invalid(`${item}.hostname`, hostname, text)));
      if (isAddress(hostname)) {
        errors.push(invalid(`${item}.hostname`, hostname, 'must be a DNS name, not an IP address'));
      }
    }
    return errors;
  });
}

export function ingressClassErrors({ spec }: IngressClass): readonly FieldError[] {
  const { controller = '', parameters } = spec;
  const errors: FieldError[] =
    controller === '' ? [requiredField('spec.controller')] : [...domainPathErrors(controller, 'spec.controller')];
  if (parameters == null) return errors;
  const at = 'spec.parameters';
  for (const name of ['kind', 'name'] as const) {
    const value = parameters[name];
    if (value === '') errors.push(requiredField(`${at}.${name}`));
    else errors.push(...pathSegmentErrors(value).map((text) => invalid(`${at}.${name}`, value, text)));
  }
  const { scope, namespace } = parameters;
  if (scope == null) return [...errors, requiredField(`${at}.scope`)];
  if (!['Cluster', 'Namespace'].includes(scope))
    errors.push(notSupported(`${at}.scope`, scope, ['Cluster', 'Namespace']));
  if (scope === 'Namespace') {
    if (namespace == null) errors.push(requiredField(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
    else errors.push(...dnsLabelErrors(namespace).map((text) => invalid(`${at}.namespace`, namespace, text)));
  }
  if (scope === 'Cluster' && namespace != null) {
    errors.push(forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  }
  return errors;
}

export function ingressClassUpdateErrors(made: IngressClass, old: IngressClass): readonly FieldError[] {
  return [
    ...(made.spec.controller === old.spec.controller
      ? []
      : [invalid('spec.controller', made.spec.controller ?? '', 'field is immutable')]),
    ...ingressClassErrors(made),
  ];
}
