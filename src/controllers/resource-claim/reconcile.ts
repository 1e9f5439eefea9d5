/** Makes the claims of one pod, or cleans up after the pods of one claim: a key says which, `pod:…` or `claim:…`. */
import { isApiError } from '../../api/api-error.ts';
import type { Pod } from '../../api/groups/core.v1.ts';
import type { ResourceClaim, ResourceClaimTemplate } from '../../api/groups/resource.v1.ts';
import { Pods, ResourceClaims, ResourceClaimTemplates } from '../../api/resources.ts';
import type { JsonObject } from '../../api/schema.ts';
import { errorText } from '../../base/log.ts';
import { objectKey, splitKey, type Informer } from '../../client/informer.ts';
import type { Controller, Run } from '../controller.ts';
import { claimFromTemplate, isMissing, madeFor, planCleanup, reservedFor, withMade } from './plan.ts';
import { claimsOfPod, isDone } from './pod-claims.ts';

const byOwner = 'owner';
const byTemplate = 'template';
const podPrefix = 'pod:';
const claimPrefix = 'claim:';

interface Copies {
  readonly pods: Informer<Pod>;
  readonly claims: Informer<ResourceClaim>;
  readonly templates: Informer<ResourceClaimTemplate>;
}

export const resourceClaimController: Controller = {
  name: 'resourceclaim-controller',
  alias: 'resource-claim-controller',
  eventSource: 'resource_claim',
  workers: 10,
  start({ informer, enqueue }) {
    const copies: Copies = {
      pods: informer(Pods),
      claims: informer(ResourceClaims),
      templates: informer(ResourceClaimTemplates),
    };
    const { pods, claims, templates } = copies;
    claims.addIndexes({ [byOwner]: ({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid) });
    pods.addIndexes({
      [byTemplate]: (pod) =>
        claimsOfPod(pod).flatMap(({ template }) =>
          template === undefined ? [] : [`${pod.metadata.namespace}/${template}`],
        ),
    });
    const enqueueClaimsOf = (pod: Pod): void => {
      const { namespace, uid } = pod.metadata;
      for (const { claim } of claimsOfPod(pod)) {
        if (claim !== undefined) enqueue(`${claimPrefix}${namespace}/${claim}`);
      }
      for (const claim of claims.byIndex(byOwner, uid)) enqueue(`${claimPrefix}${objectKey(claim)}`);
    };
    pods.onChange(({ type, object }) => {
      if (type === 'deleted' || isDone(object)) enqueueClaimsOf(object);
      else if ((object.spec.resourceClaims ?? []).length > 0) enqueue(`${podPrefix}${objectKey(object)}`);
    });
    claims.onChange(({ type, object }) => {
      if (type !== 'deleted') enqueue(`${claimPrefix}${objectKey(object)}`);
      const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === 'Pod');
      if (owner !== undefined) enqueue(`${podPrefix}${object.metadata.namespace}/${owner.name}`);
    });
    templates.onChange(({ type, object }) => {
      if (type !== 'added') return;
      for (const pod of pods.byIndex(byTemplate, objectKey(object))) enqueue(`${podPrefix}${objectKey(pod)}`);
    });
    return (key, run) =>
      key.startsWith(podPrefix)
        ? serve(copies, key.slice(podPrefix.length), run)
        : cleanUp(copies, key.slice(claimPrefix.length), run);
  },
};

async function serve(copies: Copies, key: string, run: Run): Promise<void> {
  const { namespace, name } = splitKey(key);
  const pod = copies.pods.get(namespace, name);
  if (pod === undefined || pod.metadata.deletionTimestamp !== undefined || isDone(pod)) return;
  const made = new Map<string, string>();
  for (const one of claimsOfPod(pod)) {
    const known = one.claim === undefined ? undefined : copies.claims.get(namespace, one.claim);
    if (!isMissing(one, known, pod) || one.template === undefined) continue;
    try {
      made.set(one.entry, await make(copies, pod, one.entry, one.template, run));
    } catch (error) {
      const message = `PodResourceClaim ${one.entry}: ${errorText(error)}`;
      run.note(pod, { type: 'Warning', reason: 'FailedResourceClaimCreation', message });
      throw error;
    }
  }
  let current = pod;
  if (made.size > 0) {
    const status = { resourceClaimStatuses: withMade(pod, made) } as unknown as JsonObject;
    const value = { metadata: { uid: pod.metadata.uid }, status };
    current = await run.client.patch(Pods, pod.metadata, { type: 'merge', value }, { subresource: 'status' });
  }
  // The scheduler reserves for the pods that it places.
  if ((current.spec.nodeName ?? '') !== '') await reserve(copies, current, run);
}

/** Answers the claim's name. */
async function make(copies: Copies, pod: Pod, entry: string, name: string, { client }: Run): Promise<string> {
  const { namespace, uid } = pod.metadata;
  const before = madeFor(pod, entry, copies.claims.byIndex(byOwner, uid));
  if (before !== undefined) return before.metadata.name;
  const template = copies.templates.get(namespace, name);
  if (template === undefined) {
    const missing = `resourceclaimtemplate.resource.k8s.io ${JSON.stringify(name)} not found`;
    throw new Error(`resource claim template ${JSON.stringify(name)}: ${missing}`);
  }
  const created = await client.create(ResourceClaims, claimFromTemplate(pod, entry, template));
  return created.metadata.name;
}

async function reserve({ claims }: Copies, pod: Pod, { client }: Run): Promise<void> {
  for (const { claim: name } of claimsOfPod(pod)) {
    const claim = name === undefined ? undefined : claims.get(pod.metadata.namespace, name);
    const reserved = claim === undefined ? undefined : reservedFor(claim, pod);
    if (reserved !== undefined) await client.updateStatus(ResourceClaims, reserved);
  }
}

async function cleanUp(copies: Copies, key: string, run: Run): Promise<void> {
  const { namespace, name } = splitKey(key);
  const claim = copies.claims.get(namespace, name);
  if (claim === undefined) return;
  const gone = new Set<string>();
  for (const { apiGroup = '', resource, name: user, uid } of claim.status.reservedFor ?? []) {
    const isPod = apiGroup === '' && resource === 'pods';
    if (isPod && (await isGone(copies.pods, { namespace, name: user }, uid, run))) gone.add(uid);
  }
  const owner = claim.metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Pod' && controller === true);
  const isOrphan = owner !== undefined && (await isGone(copies.pods, { namespace, name: owner.name }, owner.uid, run));
  const plan = planCleanup({ claim, gone, isOrphan });
  const { client } = run;
  const current = plan.status === undefined ? claim : await client.updateStatus(ResourceClaims, plan.status);
  try {
    const { finalizers } = plan;
    if (finalizers !== undefined) {
      await client.update(ResourceClaims, { ...current, metadata: { ...current.metadata, finalizers } });
    }
    if (plan.remove === true) await client.delete(ResourceClaims, claim.metadata, { uid: claim.metadata.uid });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

/** What the copy does not know may be too new for it, so the server is asked. */
async function isGone(
  pods: Informer<Pod>,
  ref: { readonly namespace: string | undefined; readonly name: string },
  uid: string,
  { client }: Run,
): Promise<boolean> {
  const pod = pods.get(ref.namespace, ref.name) ?? (await client.find(Pods, ref));
  return pod === undefined || pod.metadata.uid !== uid || isDone(pod);
}
