/** The values of the variables that expressions of admission may name, for one request. */
import { readTimestamp } from '../../../cel/time.ts';
import { timestampValue, type Value } from '../../../cel/value.ts';
import { mapView, valueOf } from '../../../cel/json-value.ts';
import type { Activation } from '../../../cel/compile.ts';
import { authorizerValue, requestResourceValue } from '../../../cel/libraries/authorizers.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { isJsonObject } from '../../../api/codec/json-object.ts';
import { Namespaces } from '../../../api/resources.ts';
import type { Json, JsonObject } from '../../../api/schema.ts';
import type { Authorizer } from '../../authorization/authorizer.ts';
import type { CountCheck } from '../../metrics/webhook-metrics.ts';
import type { ServedResources } from '../../registry/served-resources.ts';
import { storageKey, type Served } from '../../registry/served.ts';
import type { Admitted } from '../admission.ts';
import { requestNamespace } from '../matching.ts';
import { describeOptions, describeRequest } from '../request-facts.ts';
import { shownKind, type ShownObjects } from '../shown-objects.ts';
import { AccessAnswers } from './access-answers.ts';

export interface ActivationNeeds {
  readonly authorizer: Authorizer;
  readonly served: ServedResources;
}

/** `checked`: counts what policies said. */
export interface PolicyNeeds extends ActivationNeeds {
  readonly checked: CountCheck;
}

/** `as`: the resource in the version that is wanted; `shown`: the objects in that version. */
export function activationOf(
  { authorizer, served }: ActivationNeeds,
  request: Admitted,
  as: Served,
  shown: ShownObjects,
): Activation {
  const { ask } = AccessAnswers.of(request, authorizer);
  const { group, plural } = request.served.resource;
  const { subresource, name } = request;
  const target = { group, resource: plural, subresource, namespace: requestNamespace(request) ?? '', name };
  return {
    object: valueOf(shown.object),
    oldObject: valueOf(shown.oldObject),
    request: () => valueOf({ ...describeRequest(request, as), ...describeOptions(request) }),
    namespaceObject: () => namespaceValue(request, served),
    authorizer: () => authorizerValue(ask),
    'authorizer.requestResource': () => requestResourceValue(ask, target),
  };
}

/** The activation with the parameters of one binding. */
export function withParams(
  base: Activation,
  params: KubeObject | null,
  kind: { readonly apiVersion?: string | undefined; readonly kind?: string | undefined } | null | undefined,
): Activation {
  if (params === null) return { ...base, params: null };
  return { ...base, params: valueOf({ ...(kind as JsonObject), ...(params as unknown as JsonObject) }) };
}

/** Null where the request is about no namespace, or about a namespace itself. */
function namespaceValue(request: Admitted, served: ServedResources): Value {
  const { kind, group, version } = shownKind(request.served, request.subresource);
  const isNamespace = kind === 'Namespace' && group === '' && version === 'v1';
  const namespace = isNamespace ? undefined : requestNamespace(request);
  if (namespace === undefined || namespace === '') return null;
  const namespaces = served.of(Namespaces);
  const object = namespaces.cache.get(storageKey(namespaces, undefined, namespace))?.object;
  return object === undefined ? null : withTimes(exposed(object));
}

const hiddenMeta = new Set(['managedFields', 'ownerReferences', 'selfLink']);

function exposed(object: KubeObject): JsonObject {
  const { metadata, ...rest } = object as unknown as JsonObject;
  const shown = Object.entries(metadata as JsonObject).filter(([name]) => !hiddenMeta.has(name));
  return { ...rest, metadata: Object.fromEntries(shown) };
}

const times = new Set(['creationTimestamp', 'deletionTimestamp', 'lastTransitionTime']);

/** The namespace has a type of its own, in which times are times. */
function withTimes(json: Json, name = ''): Value {
  const nanos = times.has(name) && typeof json === 'string' ? readTimestamp(json) : undefined;
  if (nanos !== undefined) return timestampValue(nanos);
  if (Array.isArray(json)) return (json as readonly Json[]).map((item) => withTimes(item));
  return isJsonObject(json) ? mapView(json, withTimes) : valueOf(json);
}
