/** Which requests flow where, checked. */
import { duplicate, forbidden, invalid, notSupported, requiredField, type FieldError } from '../../field-error.ts';
import type {
  FlowSchema,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  ServiceAccountSubject,
  Subject,
} from '../../groups/flowcontrol.v1.ts';
import { sameValue } from '../../equality.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../name-rules.ts';
import { FlowSchemas } from '../../resources.ts';
import { goShape } from '../go-shape.ts';
import { isMandatory, mandatorySchemas } from './mandatory.ts';

const maxPrecedence = 10_000;
const distinguishers = ['ByNamespace', 'ByUser'];
const subjectKinds = ['Group', 'ServiceAccount', 'User'];
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

export function flowSchemaErrors({ metadata, spec, status }: FlowSchema): readonly FieldError[] {
  const errors: FieldError[] = [];
  const precedence = spec.matchingPrecedence ?? 0;
  const at = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.push(invalid(at, precedence, 'must be a positive value'));
  if (precedence > maxPrecedence) {
    errors.push(invalid(at, precedence, `must not be greater than ${maxPrecedence}`));
  }
  if (precedence === 1 && metadata.name !== 'exempt') {
    errors.push(invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  }
  const { distinguisherMethod } = spec;
  if (distinguisherMethod != null && !distinguishers.includes(distinguisherMethod.type)) {
    const shown = { Type: distinguisherMethod.type };
    errors.push(notSupported('spec.distinguisherMethod.type', shown, distinguishers));
  }
  const level = spec.priorityLevelConfiguration?.name ?? '';
  const field = 'spec.priorityLevelConfiguration.name';
  if (level === '') errors.push(requiredField(field, 'must reference a priority level'));
  else errors.push(...dnsSubdomainErrors(level).map((text) => invalid(field, level, text)));
  for (const [index, rule] of (spec.rules ?? []).entries()) errors.push(...rulesErrors(rule, `spec.rules[${index}]`));
  const { name } = metadata;
  const type = FlowSchemas.kind.fields['spec']?.type;
  if (type !== undefined && isMandatory(name) && !sameValue(type, spec, mandatorySchemas[name])) {
    errors.push(invalid('spec', goShape(type, spec), `spec of '${name}' must equal the fixed value`));
  }
  return [...errors, ...flowStatusErrors(status ?? {})];
}

/** Conditions have a type each. */
export function flowStatusErrors(status: {
  readonly conditions?: readonly { readonly type?: string | undefined }[] | undefined;
}): readonly FieldError[] {
  const conditions = status.conditions ?? [];
  return conditions.flatMap(({ type = '' }, index) => {
    const field = `status.conditions[${index}].type`;
    const errors: FieldError[] = [];
    if (conditions.findIndex((each) => (each.type ?? '') === type) < index) errors.push(duplicate(field, type));
    if (type === '') errors.push(requiredField(field, 'must not be empty'));
    return errors;
  });
}

function rulesErrors(rule: PolicyRulesWithSubjects, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const subjects = rule.subjects ?? [];
  const resourceRules = rule.resourceRules ?? [];
  const nonResourceRules = rule.nonResourceRules ?? [];
  if (subjects.length === 0) {
    errors.push(requiredField(`${field}.subjects`, 'subjects must contain at least one value'));
  }
  for (const [index, subject] of subjects.entries()) {
    errors.push(...subjectErrors(subject, `${field}.subjects[${index}]`));
  }
  if (resourceRules.length + nonResourceRules.length === 0) {
    errors.push(requiredField(field, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  for (const [index, each] of resourceRules.entries()) {
    errors.push(...resourceRuleErrors(each, `${field}.resourceRules[${index}]`));
  }
  for (const [index, each] of nonResourceRules.entries()) {
    errors.push(...pathRuleErrors(each, `${field}.nonResourceRules[${index}]`));
  }
  return errors;
}

function subjectErrors(subject: Subject, field: string): readonly FieldError[] {
  const { kind } = subject;
  if (!subjectKinds.includes(kind)) return [notSupported(`${field}.kind`, kind, subjectKinds)];
  const parts = [
    ['ServiceAccount', 'serviceAccount'],
    ['User', 'user'],
    ['Group', 'group'],
  ] as const;
  const errors: FieldError[] = [];
  for (const [of, name] of parts.toSorted(([a], [b]) => Number(b === kind) - Number(a === kind))) {
    const part = subject[name];
    const at = `${field}.${name}`;
    if (of !== kind) {
      if (part != null) errors.push(forbidden(at, `${name} is forbidden when subject kind is not '${of}'`));
    } else if (part == null) errors.push(requiredField(at, `${name} is required when subject kind is '${of}'`));
    else if (of === 'ServiceAccount') errors.push(...accountErrors(part as ServiceAccountSubject, at));
    else if (part.name === '') errors.push(requiredField(`${at}.name`));
  }
  return errors;
}

function accountErrors({ name, namespace }: ServiceAccountSubject, field: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (name === '') errors.push(requiredField(`${field}.name`));
  else if (name !== '*') {
    errors.push(...dnsSubdomainErrors(name).map((text) => invalid(`${field}.name`, name, text)));
  }
  if (namespace === '') {
    errors.push(requiredField(`${field}.namespace`, 'must specify namespace for service account'));
  } else errors.push(...dnsLabelErrors(namespace).map((text) => invalid(`${field}.namespace`, namespace, text)));
  return errors;
}

function verbErrors(given: readonly string[], field: string): readonly FieldError[] {
  const at = `${field}.verbs`;
  if (given.length === 0) return [requiredField(at, 'verbs must contain at least one value')];
  if (given.includes('*')) return aloneErrors(given, 'verbs', at);
  return given.every((verb) => verbs.includes(verb)) ? [] : [notSupported(at, given, verbs)];
}

function aloneErrors(values: readonly string[], what: string, field: string): readonly FieldError[] {
  return values.length > 1 && values.includes('*')
    ? [invalid(field, values, `if '*' is present, must not specify other ${what}`)]
    : [];
}

function resourceRuleErrors(rule: ResourcePolicyRule, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...verbErrors(rule.verbs ?? [], field)];
  const apiGroups = rule.apiGroups ?? [];
  const resources = rule.resources ?? [];
  const namespaces = rule.namespaces ?? [];
  if (apiGroups.length === 0) {
    errors.push(requiredField(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  } else errors.push(...aloneErrors(apiGroups, 'api groups', `${field}.apiGroups`));
  if (resources.length === 0) {
    errors.push(requiredField(`${field}.resources`, 'resource rules must supply at least one resource'));
  } else errors.push(...aloneErrors(resources, 'resources', `${field}.resources`));
  const at = `${field}.namespaces`;
  if (namespaces.length === 0 && rule.clusterScope !== true) {
    const detail = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(requiredField(at, detail));
  } else if (namespaces.includes('*')) errors.push(...aloneErrors(namespaces, 'namespaces', at));
  else {
    for (const [index, namespace] of namespaces.entries()) {
      const intro = "each member of this list must be '*' or a DNS-1123 label; ";
      errors.push(...dnsLabelErrors(namespace).map((text) => invalid(`${at}[${index}]`, namespace, intro + text)));
    }
  }
  return errors;
}

function pathRuleErrors(rule: NonResourcePolicyRule, field: string): readonly FieldError[] {
  const errors: FieldError[] = [...verbErrors(rule.verbs ?? [], field)];
  const paths = rule.nonResourceURLs ?? [];
  const at = `${field}.nonResourceURLs`;
  if (paths.length === 0) errors.push(requiredField(at, 'nonResourceURLs must contain at least one value'));
  else if (paths.includes('*')) errors.push(...aloneErrors(paths, 'non-resource URLs', at));
  else {
    for (const [index, path] of paths.entries()) {
      const detail = pathFault(path);
      if (detail !== undefined) errors.push(invalid(`${at}[${index}]`, path, detail));
    }
  }
  return errors;
}

function pathFault(path: string): string | undefined {
  if (path === '') return 'must not be empty';
  if (path === '/') return undefined;
  if (!path.startsWith('/')) return 'must start with slash';
  if (path.includes(' ')) return 'must not contain white-space';
  if (path.includes('//')) return 'must not contain double slash';
  const wildcards = path.split('*').length - 1;
  return wildcards > 1 || (wildcards === 1 && !path.endsWith('/*'))
    ? 'wildcard can only do suffix matching'
    : undefined;
}
