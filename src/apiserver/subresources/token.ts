/** serviceaccounts/token: a token for an account, bound to a pod, secret or node when asked. */
import { ApiError } from '../../api/api-error.ts';
import { trackUpdate } from '../../api/apply/track-update.ts';
import { invalid, invalidError, type FieldError } from '../../api/field-error.ts';
import { TokenRequest } from '../../api/groups/authentication.v1.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import { Nodes, Pods, Secrets } from '../../api/resources.ts';
import type { AnyResource } from '../../api/resource.ts';
import type { JsonObject } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import { admitSubresource } from '../admission/admit-subresource.ts';
import type { Api } from '../api.ts';
import type { BoundObject } from '../authentication/service-account-claims.ts';
import { storageKey, type Served } from '../registry/served.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { splitApiVersion } from '../../api/message.ts';
import { readObject } from '../verbs/body.ts';
import { readWriteOptions } from '../verbs/write-options.ts';
import { checkSaidNamespace, currentEntry, notFoundError, targetOf } from '../verbs/target.ts';
import type { KubeObject } from '../../api/kind.ts';

const defaultSeconds = 3600;
const minSeconds = 600;
const maxSeconds = 2 ** 32;

export async function requestToken(api: Api, served: Served, request: ApiRequest): Promise<Answer> {
  const options = readWriteOptions(request, 'CreateOptions');
  const asked = (await readObject(request, TokenRequest, options)) as TokenRequest;
  checkSaidNamespace(request, asked);
  const { namespace = '', name: accountName = '' } = targetOf(request);
  await admitSubresource(api, served, request, asked, options.dryRun);
  checkName(asked, accountName);
  const account = currentEntry(served, request).object;
  const askedSeconds = asked.spec.expirationSeconds ?? defaultSeconds;
  const errors = validate(askedSeconds);
  if (errors.length > 0) throw invalidError('authentication.k8s.io', 'TokenRequest', '', errors);
  const bound = await readBound(api, namespace, accountName, asked);
  const said = asked.spec.audiences ?? [];
  const audiences = said.length > 0 ? said : api.authentication.audiences;
  const seconds = Math.min(askedSeconds, api.tokens.maxExpirationSeconds ?? maxSeconds);
  const nowMs = api.clock.now();
  const { token, expirationSeconds } = await api.tokens.issue({
    namespace,
    account: account.metadata.name,
    accountUid: account.metadata.uid,
    audiences,
    lifetimeSeconds: seconds,
    bound: bound?.object,
    node: bound?.node,
  });
  const { name, uid } = account.metadata;
  const managedFields = trackUpdate({
    type: TokenRequest,
    before: undefined,
    after: { ...asked, spec: { ...asked.spec, expirationSeconds: seconds }, status: undefined },
    manager: options.fieldManager,
    subresource: 'token',
    nowMs,
  });
  const object = {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, creationTimestamp: formatTime(nowMs), uid, managedFields },
    spec: { ...asked.spec, audiences, expirationSeconds: seconds },
    status: { token, expirationTimestamp: formatTime(expirationSeconds * 1000) },
  };
  return { type: 'object', status: 201, object: JSON.parse(JSON.stringify(object)) as JsonObject };
}

/** What the request says of itself must be the account that the path names. */
function checkName(asked: TokenRequest, account: string): void {
  const metadata = (asked.metadata ?? {}) as { readonly name?: string };
  if ((metadata.name ?? '') === '' || metadata.name === account) return;
  throw invalidError('authentication.k8s.io', 'TokenRequest', account, [
    invalid('metadata.name', metadata.name, 'must match the service account name if specified'),
  ]);
}

function validate(seconds: number): FieldError[] {
  const field = 'spec.expirationSeconds';
  if (seconds < minSeconds) return [invalid(field, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > maxSeconds) return [invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

const boundResources: Readonly<Record<string, AnyResource>> = { Pod: Pods, Secret: Secrets, Node: Nodes };

interface Bound {
  readonly object: BoundObject;
  readonly node?: { readonly name: string; readonly uid?: string | undefined };
}

async function readBound(
  api: Api,
  namespace: string,
  account: string,
  asked: TokenRequest,
): Promise<Bound | undefined> {
  const ref = asked.spec.boundObjectRef;
  if (ref === undefined || ref === null) return undefined;
  const { kind = '', name = '', uid, apiVersion = '' } = ref;
  const resource = boundResources[kind];
  const { group, version } = splitApiVersion(apiVersion);
  if (resource === undefined || group !== '') {
    throw new ApiError('BadRequest', `cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
  if (name === '') throw new ApiError('BadRequest', 'Name parameter required.');
  const served = api.resources.of(resource);
  await served.cache.ready();
  const object = served.cache.get(storageKey(served, namespace, name))?.object;
  if (object === undefined) throw notFoundError(served, name);
  if (kind === 'Pod' && (object as unknown as Pod).spec.serviceAccountName !== account) {
    throw new ApiError(
      'BadRequest',
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  }
  if (uid !== undefined && uid !== '' && uid !== object.metadata.uid) {
    // The kind stands where other conflicts have the resource.
    throw new ApiError(
      'Conflict',
      `Operation cannot be fulfilled on ${kind} ${JSON.stringify(name)}: the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      { name, kind },
    );
  }
  const bound = { kind, name, uid: object.metadata.uid } as BoundObject;
  const node = kind === 'Pod' ? await nodeOf(api, object) : undefined;
  return node === undefined ? { object: bound } : { object: bound, node };
}

async function nodeOf(api: Api, pod: KubeObject): Promise<Bound['node']> {
  const name = (pod as unknown as Pod).spec.nodeName;
  if (name === undefined || name === '') return undefined;
  const nodes = api.resources.of(Nodes);
  await nodes.cache.ready();
  return { name, uid: nodes.cache.get(storageKey(nodes, undefined, name))?.object.metadata.uid };
}
