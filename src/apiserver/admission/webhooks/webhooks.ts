/**
 * MutatingAdmissionWebhook and ValidatingAdmissionWebhook: programs of the cluster's owners that change writes or refuse
 * them.
 *
 *   mutating    one after another, by the name of their configuration; those that ask for it are called once more when a
 *               later one changed the object
 *   validating  all at once, on the final object; the first refusal in order is the answer
 *
 * A webhook that cannot be asked refuses the write (failurePolicy Fail) or is passed over (Ignore).
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { ApiError } from '../../../api/api-error.ts';
import { decode } from '../../../api/codec/decode.ts';
import { applyDefaults } from '../../../api/defaults.ts';
import type { Draft } from '../../../api/descriptor.ts';
import { samePlain } from '../../../api/equality.ts';
import type { MutatingWebhook } from '../../../api/groups/admissionregistration.v1.ts';
import type { KubeObject } from '../../../api/kind.ts';
import { applyJsonPatch, readJsonPatch } from '../../../api/patch/json-patch.ts';
import type { JsonObject } from '../../../api/schema.ts';
import type { Log } from '../../../base/log.ts';
import { storageKey, type Served } from '../../registry/served.ts';
import type { AdmissionPlugin, Admitted } from '../admission.ts';
import { CallError, callWebhook } from './call.ts';
import { isAboutAdmission, wants, type Candidate, type Webhook } from './match.ts';
import { createReview, denial, readVerdict, ReviewError, type Verdict } from './review.ts';

export interface WebhookNeeds {
  /** The configurations of one of the two kinds. */
  readonly configurations: Served;
  readonly namespaces: Served;
  readonly services: Served;
  readonly log: Log;
}

export function createMutatingWebhooks(needs: WebhookNeeds): AdmissionPlugin {
  return {
    name: 'MutatingAdmissionWebhook',
    async mutate(request) {
      const webhooks = (await webhooksFor(needs, request)) as readonly MutatingWebhook[];
      let lastChange = -1;
      for (const [index, webhook] of webhooks.entries()) {
        if (await askToChange(needs, request, webhook)) lastChange = index;
      }
      for (const [index, webhook] of webhooks.entries()) {
        if (webhook.reinvocationPolicy === 'IfNeeded' && index < lastChange) await askToChange(needs, request, webhook);
      }
    },
  };
}

export function createValidatingWebhooks(needs: WebhookNeeds): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionWebhook',
    async validate(request) {
      const webhooks = await webhooksFor(needs, request);
      const results = await Promise.allSettled(webhooks.map((webhook) => ask(needs, request, webhook)));
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

/** The webhooks that want to see the write, in the order of their configurations' names. */
async function webhooksFor(
  { configurations, namespaces }: WebhookNeeds,
  request: Admitted,
): Promise<readonly Webhook[]> {
  if (isAboutAdmission(request.served.resource)) return [];
  await configurations.cache.ready();
  const entries = configurations.cache.list(configurations.cache.prefix);
  if (entries.length === 0) return [];
  const candidate = candidateOf(namespaces, request);
  return entries
    .flatMap(({ object }) => (object as unknown as { readonly webhooks?: readonly Webhook[] }).webhooks ?? [])
    .filter((webhook) => wants(webhook, candidate));
}

function candidateOf(namespaces: Served, request: Admitted): Candidate {
  const { operation, served, subresource, object, old, namespace } = request;
  const labelsOf = (one: object | undefined) => (one as Partial<KubeObject> | undefined)?.metadata?.labels;
  const stored = namespaces.cache.get(storageKey(namespaces, undefined, namespace ?? ''));
  const own = served === namespaces ? (labelsOf(object) ?? labelsOf(old)) : stored?.object.metadata.labels;
  const hasNamespace = served === namespaces || served.resource.namespaced;
  return {
    operation,
    resource: served.resource,
    subresource,
    namespaceLabels: hasNamespace ? own : 'none',
    objectLabels: [object, old].filter((one) => one !== undefined).map(labelsOf),
  };
}

/** Undefined when the webhook could not be asked and may be passed over. @throws ApiError when it refuses. */
async function ask(needs: WebhookNeeds, request: Admitted, webhook: Webhook): Promise<Verdict | undefined> {
  const { name, sideEffects } = webhook;
  if (request.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw new ApiError('BadRequest', `admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  const review = createReview(request);
  try {
    const verdict = readVerdict(await callWebhook(webhook, needs.services, review), review.request.uid);
    for (const warning of verdict.warnings) request.warn(warning);
    if (verdict.allowed) return verdict;
    throw denial(name, verdict);
  } catch (error) {
    if (!(error instanceof CallError) && !(error instanceof ReviewError)) throw error;
    const text =
      error instanceof CallError
        ? `failed calling webhook ${JSON.stringify(name)}: ${error.message}`
        : `failed calling webhook ${JSON.stringify(name)}: received invalid webhook response: ${error.message}`;
    if (webhook.failurePolicy === 'Ignore') {
      needs.log.warn('Passed over an admission webhook', { webhook: name, error: error.message });
      return undefined;
    }
    throw new ApiError('InternalError', `Internal error occurred: ${text}`, { causes: [{ message: text }] });
  }
}

/** Answers whether the object is another one now. */
async function askToChange(needs: WebhookNeeds, request: Admitted, webhook: Webhook): Promise<boolean> {
  const verdict = await ask(needs, request, webhook);
  const { object: draft, served, subresource } = request;
  if (verdict?.patch === undefined || draft === undefined) return false;
  const before = JSON.parse(JSON.stringify(draft)) as JsonObject;
  const after = applyJsonPatch(before, readJsonPatch(verdict.patch)) as JsonObject;
  if (samePlain(before, after)) return false;
  const own = subresource === '' || after['kind'] === served.type.kind;
  const changed = own
    ? (decode(served.type, after).value as Draft<KubeObject>)
    : (after as unknown as Draft<KubeObject>);
  if (own) {
    applyDefaults(served.type, changed);
    served.descriptor.defaults?.(changed);
  }
  for (const field of Object.keys(draft)) delete (draft as unknown as Record<string, unknown>)[field];
  Object.assign(draft, changed);
  return true;
}
