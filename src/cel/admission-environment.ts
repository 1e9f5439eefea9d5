/**
 * What expressions of admission may name: the object and the old one, the request, its namespace, parameters, the
 * authorizer, and the variables of a policy. Policies, conditions of webhooks and the check of types share it.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
 */
import { compile, type Program } from './compile.ts';
import type { Environment } from './environment.ts';
import { authorizerType, resourceCheckType } from './libraries/authorizers.ts';
import { jsonPatchType } from './named-types.ts';
import {
  boolType,
  dynType,
  listType,
  mapType,
  objectType,
  readType,
  sameType,
  stringType,
  typeName,
  type ObjectType,
  type Type,
} from './type.ts';

export interface AdmissionVariables {
  /** `params` is known: the policy has a paramKind. */
  readonly params: boolean;
  readonly authorizer: boolean;
  /** Variables of the policy, by name, as far as they are declared. */
  readonly composed?: ReadonlyMap<string, Type> | undefined;
  /** Expressions may make objects: those of mutating policies. */
  readonly patches?: boolean;
  /** What is known of `object` and `oldObject`, and of `params`; default: nothing. */
  readonly objectType?: Type;
  readonly paramsType?: Type;
}

export function admissionEnvironment(known: AdmissionVariables): Environment {
  const variables: [string, Type][] = [
    ['object', known.objectType ?? dynType],
    ['oldObject', known.objectType ?? dynType],
    ['namespaceObject', namespaceType],
    ['request', requestType],
  ];
  if (known.params) variables.push(['params', known.paramsType ?? dynType]);
  if (known.authorizer) {
    variables.push(['authorizer', authorizerType], ['authorizer.requestResource', resourceCheckType]);
  }
  const { composed } = known;
  if (composed !== undefined) {
    variables.push(['variables', objectType('kubernetes.variables', { field: (name) => composed.get(name) })]);
  }
  return {
    variables: new Map(variables.map(([name, type]) => [name, { type }])),
    ...(known.patches === true ? { types: patchType } : {}),
  };
}

export type AdmissionProgram =
  | { readonly ok: true; readonly program: Program }
  /** In the words of error texts. */
  | { readonly ok: false; readonly text: string };

/** `results`: the types that the expression may have; none: any. */
export function compileForAdmission(
  text: string,
  environment: Environment,
  results: readonly Type[] = [],
): AdmissionProgram {
  const compiled = compile(text, environment);
  if (!compiled.ok) return { ok: false, text: `compilation failed: ${compiled.text}` };
  const { program } = compiled;
  const found = program.resultType;
  if (results.length === 0 || results.some((type) => sameType(type, found))) return { ok: true, program };
  const names = results.map(shownType);
  const wanted = names.length === 1 ? names[0] : `one of [${names.join(' ')}]`;
  return { ok: false, text: `must evaluate to ${wanted} but got ${shownType(found)}` };
}

/** The type as it is declared, by its full name. */
function shownType(type: Type): string {
  const parameters = type.parameters.map(shownType).join(', ');
  return parameters === '' ? typeName(type) : `${typeName(type)}(${parameters})`;
}

/** JSONPatch; `Object` and what is below it, such as Object.spec: any field, of any type. */
function patchType(name: string): Type | undefined {
  if (name === jsonPatchType.name) return jsonPatchType;
  if (name !== 'Object' && !name.startsWith('Object.')) return undefined;
  return objectType(name, { creatable: true, field: () => dynType });
}

function fieldsType(name: string, fields: Readonly<Record<string, Type>>): ObjectType {
  return objectType(name, { field: (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined) });
}

const texts = listType(stringType);
const timestamp = readType('timestamp');
const int = readType('int');

const kindType = fieldsType('kubernetes.GroupVersionKind', {
  group: stringType,
  version: stringType,
  kind: stringType,
});

const resourceType = fieldsType('kubernetes.GroupVersionResource', {
  group: stringType,
  version: stringType,
  resource: stringType,
});

const requestType = fieldsType('kubernetes.AdmissionRequest', {
  kind: kindType,
  resource: resourceType,
  subResource: stringType,
  requestKind: kindType,
  requestResource: resourceType,
  requestSubResource: stringType,
  name: stringType,
  namespace: stringType,
  operation: stringType,
  userInfo: fieldsType('kubernetes.UserInfo', {
    username: stringType,
    uid: stringType,
    groups: texts,
    extra: mapType(stringType, texts),
  }),
  dryRun: boolType,
  options: dynType,
});

/** Fields of a namespace's metadata that hold times. */
const namespaceTimes = ['creationTimestamp', 'deletionTimestamp'] as const;

const namespaceType = fieldsType('kubernetes.Namespace', {
  metadata: fieldsType('kubernetes.NamespaceMetadata', {
    name: stringType,
    generateName: stringType,
    namespace: stringType,
    labels: mapType(stringType, stringType),
    annotations: mapType(stringType, stringType),
    UID: stringType,
    ...Object.fromEntries(namespaceTimes.map((name) => [name, timestamp])),
    deletionGracePeriodSeconds: int,
    generation: int,
    resourceVersion: stringType,
    finalizers: texts,
  }),
  spec: fieldsType('kubernetes.NamespaceSpec', { finalizers: texts }),
  status: fieldsType('kubernetes.NamespaceStatus', {
    conditions: listType(
      fieldsType('kubernetes.NamespaceCondition', {
        status: stringType,
        type: stringType,
        lastTransitionTime: timestamp,
        message: stringType,
        reason: stringType,
      }),
    ),
    phase: stringType,
  }),
});
