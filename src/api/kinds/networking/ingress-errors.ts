import { forbidden, invalid, notSupported, requiredField, tooLong, type FieldError } from '../../field-error.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressRule,
} from '../../groups/networking.v1.ts';
import { dnsLabelErrors, dnsSubdomainErrors, pathSegmentErrors } from '../../name-rules.ts';
import { portErrors, portNameErrors, wildcardSubdomainErrors } from '../../names.ts';
import { domainPathErrors } from '../domain-path.ts';
import { ipErrors, isAnyAddress } from '../ip-errors.ts';

const maxControllerBytes = 250;
const classAnnotation = 'kubernetes.io/ingress.class';
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const badSequences = ['//', '/./', '/../', '%2f', '%2F'];
const badEnds = ['/..', '/.'];

export function ingressCreateErrors(ingress: Ingress): readonly FieldError[] {
  const { metadata, spec } = ingress;
  const annotation = metadata.annotations?.[classAnnotation];
  const detail = 'must match `ingressClassName` when both are specified';
  return [
    ...specErrors(ingress, strict),
    ...(annotation !== undefined && spec.ingressClassName != null && annotation !== spec.ingressClassName
      ? [invalid(`annotations.${classAnnotation}`, annotation, detail)]
      : []),
  ];
}

export function ingressUpdateErrors(ingress: Ingress, old: Ingress): readonly FieldError[] {
  return specErrors(ingress, {
    anySecretName: (old.spec.tls ?? []).some(({ secretName }) => secretNameErrors(secretName).length > 0),
    anyWildcardRule: (old.spec.rules ?? []).some(
      ({ host, http }) => host?.includes('*') === true && valueErrors(http, '').length > 0,
    ),
  });
}

/** What an update may keep, for the old object has it. */
interface Options {
  readonly anySecretName: boolean;
  readonly anyWildcardRule: boolean;
}

const strict: Options = { anySecretName: false, anyWildcardRule: false };

const secretNameErrors = (name: string | undefined): readonly string[] => (name ? dnsSubdomainErrors(name) : []);

function specErrors({ spec }: Ingress, options: Options): readonly FieldError[] {
  const errors: FieldError[] = [];
  const rules = spec.rules ?? [];
  if (rules.length === 0 && spec.defaultBackend == null) {
    errors.push(invalid('spec', spec.rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (spec.defaultBackend != null) errors.push(...backendErrors(spec.defaultBackend, 'spec.defaultBackend'));
  for (const [index, rule] of rules.entries()) errors.push(...ruleErrors(rule, `spec.rules[${index}]`, options));
  for (const [index, { hosts, secretName }] of (spec.tls ?? []).entries()) {
    for (const [position, host] of (hosts ?? []).entries()) {
      const texts = host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
      errors.push(...texts.map((text) => invalid(`spec.tls[${index}].hosts[${position}]`, host, text)));
    }
    if (options.anySecretName) continue;
    errors.push(
      ...secretNameErrors(secretName).map((text) => invalid(`spec.tls[${index}].secretName`, secretName, text)),
    );
  }
  const { ingressClassName } = spec;
  if (ingressClassName != null) {
    errors.push(
      ...dnsSubdomainErrors(ingressClassName).map((text) => invalid('spec.ingressClassName', ingressClassName, text)),
    );
  }
  return errors;
}

function ruleErrors({ host, http }: IngressRule, item: string, options: Options): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (host) {
    if (isAnyAddress(host)) errors.push(invalid(`${item}.host`, host, 'must be a DNS name, not an IP address'));
    const texts = host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host);
    errors.push(...texts.map((text) => invalid(`${item}.host`, host, text)));
  }
  return host?.includes('*') === true && options.anyWildcardRule ? errors : [...errors, ...valueErrors(http, item)];
}

function valueErrors(http: IngressRule['http'], item: string): readonly FieldError[] {
  if (http == null) return [];
  const errors: FieldError[] = [];
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
  if (resource != null) return referenceErrors(resource, `${field}.resource`);
  if (service == null) return [invalid(field, '', 'resource or service backend is required')];
  const errors: FieldError[] = [];
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

function referenceErrors(
  reference: { readonly apiGroup?: string | undefined; readonly kind: string; readonly name: string },
  field: string,
): readonly FieldError[] {
  const { apiGroup } = reference;
  const errors: FieldError[] =
    apiGroup == null ? [] : dnsSubdomainErrors(apiGroup).map((text) => invalid(`${field}.apiGroup`, apiGroup, text));
  for (const part of ['kind', 'name'] as const) {
    const value = reference[part];
    if (value === '') errors.push(requiredField(`${field}.${part}`));
    else errors.push(...pathSegmentErrors(value).map((text) => invalid(`${field}.${part}`, value, text)));
  }
  return errors;
}

export function ingressStatusErrors({ status }: Ingress, old: Ingress): readonly FieldError[] {
  const kept = new Set((old.status.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? ''));
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, index) => {
    const item = `status.loadBalancer.ingress[${index}]`;
    const errors: FieldError[] = ip ? [...ipErrors(ip, `${item}.ip`, kept)] : [];
    if (hostname) {
      errors.push(...dnsSubdomainErrors(hostname).map((text) => invalid(`${item}.hostname`, hostname, text)));
      if (isAnyAddress(hostname)) {
        errors.push(invalid(`${item}.hostname`, hostname, 'must be a DNS name, not an IP address'));
      }
    }
    return errors;
  });
}

export function ingressClassErrors({ spec }: IngressClass): readonly FieldError[] {
  const { controller = '', parameters } = spec;
  const errors: FieldError[] = [];
  if (Buffer.byteLength(controller) > maxControllerBytes) errors.push(tooLong('spec.controller', maxControllerBytes));
  errors.push(...domainPathErrors(controller, 'spec.controller'));
  if (parameters == null) return errors;
  const at = 'spec.parameters';
  errors.push(...referenceErrors(parameters, at));
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
