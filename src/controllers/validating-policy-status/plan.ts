/**
 * What a validating policy's expressions get wrong about the kinds that it matches, as its status tells. A policy is in
 * force whatever this says: kinds may change, and wildcards are not looked at.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#type-checking
 */
import type {
  ExpressionWarning,
  RuleWithOperations,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyStatus,
} from '../../api/groups/admissionregistration.v1.ts';
import { splitApiVersion, type KindType } from '../../api/message.ts';
import { admissionEnvironment } from '../../cel/admission-environment.ts';
import { compile } from '../../cel/compile.ts';
import type { Environment } from '../../cel/environment.ts';
import { dynType, type Type } from '../../cel/type.ts';
import { typeOfSchema } from '../../cel/type-of-schema.ts';

const maxKinds = 10;

/** Kinds that the cluster serves, by the names of their resources. */
export interface KnownKind {
  readonly plural: string;
  readonly type: KindType;
}

/** Undefined: the status speaks of this generation already. */
export function planStatus(
  { metadata, spec, status }: ValidatingAdmissionPolicy,
  known: readonly KnownKind[],
): ValidatingAdmissionPolicyStatus | undefined {
  const generation = metadata.generation ?? 0;
  if (generation <= (status.observedGeneration ?? 0)) return undefined;
  const expressionWarnings = checkTypes(spec, known);
  return {
    ...status,
    observedGeneration: generation,
    typeChecking: expressionWarnings.length === 0 ? {} : { expressionWarnings },
  };
}

type Spec = ValidatingAdmissionPolicy['spec'];

function checkTypes(spec: Spec, known: readonly KnownKind[]): readonly ExpressionWarning[] {
  const kinds = matchedKinds(spec.matchConstraints?.resourceRules ?? [], known);
  const params = paramsKind(spec, known);
  const environments = kinds.map((kind) => ({ kind, environment: environmentFor(spec, kind, params) }));
  const warnings: ExpressionWarning[] = [];
  const check = (fieldRef: string, expression: string): void => {
    const found = environments.flatMap(({ kind, environment }) => {
      const compiled = compile(expression, environment);
      if (compiled.ok) return [];
      const { group, version, kind: name } = kind;
      const shown = `${group === '' ? version : `${group}/${version}`}, Kind=${name}`;
      return [`${shown}: ${compiled.text}\n`];
    });
    if (found.length > 0) warnings.push({ fieldRef, warning: found.join('\n') });
  };
  for (const [index, { expression, messageExpression = '' }] of (spec.validations ?? []).entries()) {
    check(`spec.validations[${index}].expression`, expression);
    if (messageExpression !== '') check(`spec.validations[${index}].messageExpression`, messageExpression);
  }
  return warnings;
}

function environmentFor(spec: Spec, kind: KindType, params: KindType | undefined): Environment {
  const composed = new Map<string, Type>();
  const types = {
    objectType: typeOfSchema(kind),
    ...(params === undefined ? {} : { paramsType: typeOfSchema(params) }),
  };
  const environment = admissionEnvironment({ params: params !== undefined, authorizer: true, composed, ...types });
  for (const { name, expression } of spec.variables ?? []) {
    const compiled = compile(expression, environment);
    composed.set(name, compiled.ok ? compiled.program.resultType : dynType);
  }
  return environment;
}

/** Kinds that rules name without wildcards, in the order of group, version and kind. */
function matchedKinds(rules: readonly RuleWithOperations[], known: readonly KnownKind[]): readonly KindType[] {
  const kinds = new Set<KindType>();
  for (const rule of rules) {
    const groups = plainOnly(rule.apiGroups ?? []);
    const versions = plainOnly(rule.apiVersions ?? []);
    const plurals = (rule.resources ?? []).filter((resource) => !/[*/]/.test(resource));
    for (const { plural, type } of known) {
      const { group, version } = type;
      if (groups.includes(group) && versions.includes(version) && plurals.includes(plural)) kinds.add(type);
    }
  }
  return [...kinds].toSorted(byName).slice(0, maxKinds);
}

const plainOnly = (names: readonly string[]): readonly string[] =>
  names.some((name) => name.includes('*')) ? [] : names;

function byName(a: KindType, b: KindType): number {
  const key = ({ group, version, kind }: KindType): string => `${group}\0${version}\0${kind}`;
  return key(a) < key(b) ? -1 : 1;
}

function paramsKind({ paramKind }: Spec, known: readonly KnownKind[]): KindType | undefined {
  if (paramKind == null) return undefined;
  const { group, version } = splitApiVersion(paramKind.apiVersion ?? '');
  return known.find(({ type }) => type.group === group && type.version === version && type.kind === paramKind.kind)
    ?.type;
}
