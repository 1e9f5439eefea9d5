/**
 * MutatingAdmissionWebhook and ValidatingAdmissionWebhook: programs of the cluster's owners that change writes or refuse
 * them.
 *
 *   mutating    one after another, by the name of their configuration; those that ask for it are called once more in the
 *               next round when something changed the object after they saw it
 *   validating  all at once, on the final object; the first refusal in order is the answer
 *
 * A webhook that cannot be asked refuses the write (failurePolicy Fail) or is passed over (Ignore).
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
import { performance } from 'node:perf_hooks';
import { ApiError } from '../../../api/api-error.ts';
import { DecodeError } from '../../../api/codec/decode-error.ts';
import { JsonSyntaxError, parseJson } from '../../../api/codec/json.ts';
import { withoutLiterals } from '../../../api/codec/scalar.ts';
import { patchDocument, PatchOperationError, readJsonPatch } from '../../../api/patch/json-patch.ts';
import * as resources from '../../../api/resources.ts';
import type { JsonObject } from '../../../api/schema.ts';
import type { Log } from '../../../base/log.ts';
import type { WebhookMetrics } from '../../metrics/webhook-metrics.ts';
import type { Served } from '../../registry/served.ts';
import type { AdmissionPlugin, Admitted, MutationRound } from '../admission.ts';
import { isExemptFromWebhooks } from '../exempt-resources.ts';
import { matchRequest } from '../matching.ts';
import { evaluated } from '../policies/access-answers.ts';
import { activationOf, type ActivationNeeds } from '../policies/activation.ts';
import { evaluateConditions } from '../policies/match-conditions.ts';
import { refusal } from '../refusal.ts';
import { Reinvocation } from '../reinvocation.ts';
import { showObjects, takeObject } from '../shown-objects.ts';
import { askWebhook, orPassedOver, type Question } from './ask.ts';
import { compiledWebhooks, type CompiledWebhook } from './compile.ts';
import { ReviewError } from './review.ts';

export interface WebhookNeeds extends ActivationNeeds {
  readonly log: Log;
  readonly metrics: WebhookMetrics;
}

const mutatingName = 'MutatingAdmissionWebhook';
const mutationKey = 'mutation.webhook.admission.k8s.io/';
const patchKey = 'patch.webhook.admission.k8s.io/';
const validatingKey = 'validating.webhook.admission.k8s.io/';

export function createMutatingWebhooks(needs: WebhookNeeds): AdmissionPlugin {
  const configurations = needs.served.of(resources.MutatingWebhookConfigurations);
  return {
    name: mutatingName,
    mutate: whenAny(configurations, (request, round: MutationRound) => mutate(needs, configurations, request, round)),
  };
}

export function createValidatingWebhooks(needs: WebhookNeeds): AdmissionPlugin {
  const configurations = needs.served.of(resources.ValidatingWebhookConfigurations);
  return {
    name: 'ValidatingAdmissionWebhook',
    validate: whenAny(configurations, (request) => validate(needs, configurations, request)),
  };
}

/** Costs next to nothing while nothing is configured. */
function whenAny<A extends readonly unknown[]>(
  { cache }: Served,
  step: (request: Admitted, ...more: A) => Promise<void>,
): (request: Admitted, ...more: A) => Promise<void> | undefined {
  let loaded = false;
  return (request, ...more) => {
    if (isExemptFromWebhooks(request.served.resource) || (loaded && cache.size === 0)) return undefined;
    return cache.ready().then(() => {
      loaded = true;
      return cache.size === 0 ? undefined : step(request, ...more);
    });
  };
}

async function mutate(
  needs: WebhookNeeds,
  configurations: Served,
  request: Admitted,
  round: MutationRound,
): Promise<void> {
  const reinvocation = Reinvocation.of(round, mutatingName, request);
  for (const [index, asked] of compiledWebhooks(configurations).entries()) {
    const as = await wantedAs(needs, request, asked, true);
    if (as === undefined) continue;
    const { webhook, configuration } = asked;
    const id = `${configuration}/${webhook.name}`;
    if (!reinvocation.isDue(id)) continue;
    const place = `round_${round.index}_index_${index}`;
    const failedOpenKey = `failed-open.${mutationKey}${place}`;
    const question = { ...needs, asked, request, as, mutating: true, services: servicesOf(needs), failedOpenKey };
    const changed = await askToChange(question, place);
    if (changed) reinvocation.changed();
    if (webhook.reinvocationPolicy === 'IfNeeded') reinvocation.called(id);
  }
  reinvocation.ended();
}

async function validate(needs: WebhookNeeds, configurations: Served, request: Admitted): Promise<void> {
  const questions: Question[] = [];
  for (const asked of compiledWebhooks(configurations)) {
    const as = await wantedAs(needs, request, asked, false);
    if (as === undefined) continue;
    const failedOpenKey = `failed-open.${validatingKey}round_0_index_${questions.length}`;
    questions.push({ ...needs, asked, request, as, mutating: false, services: servicesOf(needs), failedOpenKey });
  }
  const results = await Promise.allSettled(questions.map(askWebhook));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

const servicesOf = ({ served }: WebhookNeeds): Served => served.of(resources.Services);

/** The resource in the version that the webhook wants to see; undefined: it does not want to see this request. */
async function wantedAs(
  needs: WebhookNeeds,
  request: Admitted,
  { criteria, webhook, conditions }: CompiledWebhook,
  mutating: boolean,
): Promise<Served | undefined> {
  const { served } = needs;
  await served.of(resources.Namespaces).cache.ready();
  const as = matchRequest(criteria, request, served);
  const compiled = as === undefined ? [] : conditions();
  if (as === undefined || compiled.length === 0) return as;
  const activation = activationOf(needs, request, as, await showObjects(request, as));
  const begunMs = performance.now();
  const { matches, error } = await evaluated(request, () =>
    evaluateConditions(compiled, webhook.failurePolicy, () => activation),
  );
  const result = error !== undefined ? 'fails' : matches ? 'matches' : 'excludes';
  needs.metrics.conditions({ name: webhook.name, mutating, request }, (performance.now() - begunMs) / 1000, result);
  if (error !== undefined) throw refusal(request, error);
  return matches ? as : undefined;
}

/** Answers whether the object is another one now. `place`: where in the order of all calls this one stands. */
async function askToChange(question: Question, place: string): Promise<boolean> {
  const { request, asked } = question;
  const note = { configuration: asked.configuration, webhook: asked.webhook.name };
  let mutated = false;
  try {
    const verdict = await askWebhook(question);
    if (verdict === undefined || verdict.patch === '') return false;
    const patch = await orPassedOver(question, () => readPatch(verdict.patch));
    if (patch === undefined || patch.length === 0) return false;
    const changed = await applyPatch(question, patch, verdict.patchType);
    if (changed === undefined) return false;
    mutated = changed;
    const text = JSON.stringify({ ...note, patch: JSON.parse(verdict.patch) as unknown, patchType: 'JSONPatch' });
    request.auditAnnotations?.add(patchKey + place, text, 'Request');
    return mutated;
  } finally {
    request.auditAnnotations?.add(mutationKey + place, JSON.stringify({ ...note, mutated }));
  }
}

type Operations = ReturnType<typeof readJsonPatch>;

/** @throws ReviewError */
function readPatch(text: string): Operations {
  try {
    return readJsonPatch(withoutLiterals(parseJson(Buffer.from(text)).value), { strict: false });
  } catch (error) {
    if (!(error instanceof JsonSyntaxError || error instanceof ApiError)) throw error;
    throw new ReviewError(`received undecodable patch in webhook response: ${error.message}`);
  }
}

/** Answers whether that made a difference; undefined when the patch is of a type that nobody knows, and may be passed over. */
async function applyPatch(question: Question, patch: Operations, patchType: string): Promise<boolean | undefined> {
  const { request, as, asked } = question;
  const { name } = asked.webhook;
  const { object } = await showObjects(request, as);
  if (object === null) {
    const quoted = JSON.stringify(name);
    throw internalError(
      `admission webhook ${quoted} attempted to modify the object, which is not supported for this operation`,
    );
  }
  if ((await orPassedOver(question, () => checkType(patchType))) === undefined) return undefined;
  try {
    return await takeObject(request, as, patchDocument(object, patch) as JsonObject);
  } catch (error) {
    if (error instanceof PatchOperationError || error instanceof DecodeError) throw internalError(error.message);
    throw error;
  }
}

/** @throws ReviewError */
function checkType(patchType: string): true {
  if (patchType === 'JSONPatch') return true;
  throw new ReviewError(`unsupported patch type ${JSON.stringify(patchType)}`);
}

function internalError(why: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}
