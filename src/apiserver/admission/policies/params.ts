/** The objects that parametrize a policy for one binding: one by its name, or all that a selector finds. */
import type { ParamKind, ParamRef } from '../../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { labelSelectorRequirements, matchesLabels } from '../../../api/label-selector.ts';
import { splitApiVersion } from '../../../api/message.ts';
import { settled } from '../../registry/conversion-pending.ts';
import type { Entry } from '../../registry/entry.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { scopeOf, servedObject, storageKey, type Served } from '../../registry/served.ts';

/** Policy or binding cannot be put into force for this request; the message says why. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export interface ParamsQuery {
  readonly kind: ParamKind | null | undefined;
  readonly ref: ParamRef | null | undefined;
  /** Of the request; undefined: it is about no namespace. */
  readonly namespace: string | undefined;
}

/** Null stands for "no parameters". Empty: the policy does not hold. @throws ConfigurationError */
export async function collectParams(
  resources: ServedResources,
  { kind, ref, namespace }: ParamsQuery,
): Promise<readonly (KubeObject | null)[]> {
  if (kind == null || ref == null) return [null];
  const served = paramResource(resources, kind);
  if (served === undefined) throw unknownKind(kind);
  await served.cache.ready();
  const scope = paramNamespace(served, ref, namespace);
  const entries = findEntries(served, ref, scope);
  if (entries.length === 0 && ref.parameterNotFoundAction === 'Deny') {
    throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction');
  }
  return Promise.all(entries.map((entry) => settled(() => servedObject(served, entry))));
}

/** No binding can find parameters of a kind that is not served. */
export function paramKindProblem(resources: ServedResources, kind: ParamKind): ConfigurationError | undefined {
  return paramResource(resources, kind) === undefined ? unknownKind(kind) : undefined;
}

function unknownKind({ apiVersion = '', kind = '' }: ParamKind): ConfigurationError {
  const { group, version } = splitApiVersion(apiVersion);
  const named = `${group}/${version}, Kind=${kind}`;
  return new ConfigurationError(`failed to find resource referenced by paramKind: '${named}'`);
}

export function paramResource(
  resources: ServedResources,
  { apiVersion = '', kind = '' }: ParamKind,
): Served | undefined {
  const { group, version } = splitApiVersion(apiVersion);
  return resources
    .all()
    .find(({ resource, type }) => resource.group === group && resource.version === version && type.kind === kind);
}

/** Where the parameters are; undefined: they belong to the whole cluster. */
function paramNamespace(served: Served, ref: ParamRef, namespace: string | undefined): string | undefined {
  const named = ref.namespace ?? '';
  if (!served.resource.namespaced) {
    if (named === '') return undefined;
    throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  if (named !== '') return named;
  if (namespace !== undefined && namespace !== '') return namespace;
  throw new ConfigurationError(
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}

function findEntries(served: Served, { name = '', selector }: ParamRef, namespace: string | undefined): Entry[] {
  const { cache } = served;
  if (name !== '') {
    const entry = cache.get(storageKey(served, namespace, name));
    return entry === undefined ? [] : [entry];
  }
  const requirements = labelSelectorRequirements(selector ?? {}) ?? [];
  return cache
    .list(scopeOf(served, namespace))
    .filter(({ object }) => matchesLabels(requirements, object.metadata.labels));
}
