/** The variables of a container: those of services, then envFrom, then env, later ones over earlier ones. */
import type { Container, EnvVar, EnvVarSource } from '../../api/groups/core.v1.ts';
import { ConfigError } from './config-error.ts';
import { expandReferences } from './expand.ts';
import { fieldValue, resourceFieldValue, type FieldFacts } from './field-value.ts';

/** Reads ConfigMaps and Secrets of the pod's namespace; undefined when there is none of the name. */
export interface EnvironmentSources {
  configMap(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Values as text. */
  secret(name: string): Promise<Readonly<Record<string, string>> | undefined>;
}

export interface EnvironmentInput {
  readonly container: Container;
  readonly facts: FieldFacts;
  readonly services: ReadonlyMap<string, string>;
  readonly sources: EnvironmentSources;
}

/** @throws ConfigError for what does not exist and is not optional. */
export async function containerEnvironment(input: EnvironmentInput): Promise<ReadonlyMap<string, string>> {
  const { container, services } = input;
  const result = new Map<string, string>();
  for (const [name, value] of await valuesFrom(input)) result.set(name, value);
  /** What `$(NAME)` may refer to: services too, but they do not overrule what the container says. */
  const known = new Map([...services, ...result]);
  for (const variable of container.env ?? []) {
    const value = await variableValue(input, variable, known);
    if (value === undefined) continue;
    known.set(variable.name, value);
    result.set(variable.name, value);
  }
  for (const [name, value] of services) if (!result.has(name)) result.set(name, value);
  return result;
}

async function valuesFrom({ container, sources, facts }: EnvironmentInput): Promise<ReadonlyMap<string, string>> {
  const result = new Map<string, string>();
  const { namespace } = facts.pod.metadata;
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    if (reference === undefined) continue;
    const kind = configMapRef === undefined ? 'secret' : 'configmap';
    const name = reference.name ?? '';
    const values = await (kind === 'configmap' ? sources.configMap(name) : sources.secret(name));
    if (values === undefined) {
      if (reference.optional !== true) throw notFound(kind, namespace, name);
      continue;
    }
    for (const [key, value] of Object.entries(values)) result.set(`${prefix}${key}`, value);
  }
  return result;
}

async function variableValue(
  input: EnvironmentInput,
  { name, value = '', valueFrom }: EnvVar,
  known: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  if (valueFrom === undefined) return expandReferences(value, known);
  const { fieldRef, resourceFieldRef } = valueFrom;
  if (fieldRef !== undefined) {
    const found = fieldValue(fieldRef.fieldPath, input.facts);
    if (found === undefined) throw new ConfigError(`unsupported fieldPath: ${fieldRef.fieldPath} of variable ${name}`);
    return found;
  }
  if (resourceFieldRef !== undefined) return resourceFieldValue(resourceFieldRef, input.container, input.facts) ?? '';
  return keyValue(input, valueFrom);
}

async function keyValue(input: EnvironmentInput, source: EnvVarSource): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef } = source;
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) throw new ConfigError('the variable has no value that this node can find');
  const { namespace } = input.facts.pod.metadata;
  const [kind, name] = [configMapKeyRef === undefined ? 'secret' : 'configmap', reference.name ?? ''] as const;
  const values = await (kind === 'configmap' ? input.sources.configMap(name) : input.sources.secret(name));
  const value = values?.[reference.key];
  if (value !== undefined || reference.optional === true) return value;
  if (values === undefined) throw notFound(kind, namespace, name);
  const title = kind === 'configmap' ? 'ConfigMap' : 'Secret';
  throw new ConfigError(`couldn't find key ${reference.key} in ${title} ${namespace}/${name}`);
}

function notFound(kind: 'configmap' | 'secret', _namespace: string, name: string): ConfigError {
  return new ConfigError(`${kind} "${name}" not found`);
}
