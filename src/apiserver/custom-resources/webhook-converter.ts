/**
 * Conversion between the versions of a custom resource by a webhook (ConversionReview). The webhook gets objects in one
 * version and answers them in another; of the metadata it may change labels and annotations only.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
 */
import { randomUUID } from 'node:crypto';
import { kindText } from '../../api/apply/apply-patch.ts';
import { ApiError } from '../../api/api-error.ts';
import { isJsonObject } from '../../api/codec/json-object.ts';
import type { CustomResourceDefinition } from '../../api/groups/apiextensions.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { Status } from '../../api/groups/meta.v1.ts';
import {
  list,
  object,
  optional,
  pointer,
  rawObject,
  required,
  string,
  type Json,
  type JsonObject,
  type Static,
} from '../../api/schema.ts';
import type { Served } from '../registry/served.ts';
import { CallError, callWebhook } from '../webhook-call.ts';
import type { SentReview } from '../webhook-review.ts';

const timeoutSeconds = 30;
/** More objects than these are sent in several reviews. */
const maxObjects = 500;

/** The objects, all of one version and kind, in another version. @throws ApiError */
export type WebhookConverter = (objects: readonly KubeObject[], apiVersion: string) => Promise<readonly JsonObject[]>;

type ConversionWebhook = NonNullable<NonNullable<CustomResourceDefinition['spec']['conversion']>['webhook']>;

/** Undefined when the definition converts without a webhook. `services`: of Services, to find the webhook's. */
export function webhookConverter({ spec }: CustomResourceDefinition, services: Served): WebhookConverter | undefined {
  const { strategy, webhook } = spec.conversion ?? {};
  if (strategy !== 'Webhook' || webhook == null) return undefined;
  return async (objects, apiVersion) => {
    const converted: JsonObject[] = [];
    for (let from = 0; from < objects.length; from += maxObjects) {
      const some = objects.slice(from, from + maxObjects);
      converted.push(...(await convert(webhook, services, some, apiVersion)));
    }
    return converted;
  };
}

async function convert(
  webhook: ConversionWebhook,
  services: Served,
  objects: readonly KubeObject[],
  apiVersion: string,
): Promise<readonly JsonObject[]> {
  const version = (webhook.conversionReviewVersions ?? []).find((each) => each === 'v1' || each === 'v1beta1');
  if (version === undefined) throw new ApiError('', 'no supported conversion review versions');
  const [first] = objects;
  const subject = `conversion webhook for ${first?.apiVersion}, Kind=${first?.kind}`;
  const review = {
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid: randomUUID(), desiredAPIVersion: apiVersion, objects },
  };
  const client = webhook.clientConfig ?? {};
  const answer = await callWebhook({ client, timeoutSeconds, review, type: AnsweredReview, services }).catch(
    (error: unknown) => {
      if (error instanceof CallError) throw new ApiError('', `${subject} failed: ${error.message}`);
      throw error;
    },
  );
  const converted = readAnswer(answer, review, subject);
  if (converted.length !== objects.length) {
    throw new ApiError('', `${subject} returned ${converted.length} objects, expected ${objects.length}`);
  }
  return converted.map((each, index) => checkObject(each, objects[index] as KubeObject, apiVersion, subject));
}

const Response = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionResponse', {
  uid: optional(1, string),
  convertedObjects: optional(2, list(rawObject)),
  result: optional(3, Status),
});

/** What is read of an answer. */
const AnsweredReview = object('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionReview', {
  kind: required(1, string),
  apiVersion: required(2, string),
  response: pointer(3, Response),
});
type AnsweredReview = Static<typeof AnsweredReview>;

interface AskedReview extends SentReview {
  readonly request: { readonly uid: string };
}

function readAnswer(answer: AnsweredReview, asked: AskedReview, subject: string): readonly Json[] {
  const refuse = (why: string): never => {
    throw new ApiError('', `${subject} failed: ${why}`);
  };
  const isStrict = asked.apiVersion.endsWith('/v1');
  const [found, expected] = [kindText(answer), kindText(asked)];
  if (isStrict && found !== expected) refuse(`expected webhook response of ${expected}, got ${found}`);
  const { response } = answer;
  if (response === undefined) return refuse('no response provided');
  const { uid = '', result = {}, convertedObjects } = response;
  if (isStrict && uid !== asked.request.uid) {
    refuse(`expected response.uid=${JSON.stringify(asked.request.uid)}, got ${JSON.stringify(uid)}`);
  }
  const { status = '', message = '' } = result as Partial<Status>;
  if (status !== 'Success') {
    refuse(message === '' ? `response.result.status was '${status}', not 'Success'` : message);
  }
  return convertedObjects ?? [];
}

/** The converted object with the metadata that a conversion must not change. */
function checkObject(converted: Json, original: KubeObject, apiVersion: string, subject: string): JsonObject {
  const refuse = (why: string): never => {
    throw new ApiError('', `${subject} returned invalid ${why}`);
  };
  if (!isJsonObject(converted)) return refuse(`object: Object 'Kind' is missing in '${JSON.stringify(converted)}'`);
  const { kind = '', apiVersion: said = '', metadata } = converted;
  const different = (what: string, expected: string, found: Json): string =>
    `object at index 0: invalid ${what} (expected ${expected}, received ${String(found)})`;
  if (said !== apiVersion) refuse(different('groupVersion', apiVersion, said));
  if (kind !== original.kind) refuse(different('kind', original.kind ?? '', kind));
  if (metadata === undefined) return refuse('metadata: missing metadata in converted object');
  if (!isJsonObject(metadata)) {
    return refuse(`metadata: invalid metadata of type ${goType(metadata)} in converted object`);
  }
  const before = original.metadata as unknown as JsonObject;
  for (const [field, name] of Object.entries(identity)) {
    const [old, now] = [before[field] ?? '', metadata[field] ?? ''];
    if (old !== now) refuse(`object: must have the same ${name}: ${String(old)} != ${String(now)}`);
  }
  const { labels: _labels, annotations: _annotations, ...rest } = before;
  const kept: Record<string, Json> = rest;
  for (const field of ['labels', 'annotations']) {
    const given = metadata[field];
    if (given === undefined || given === null) continue;
    if (!isJsonObject(given)) {
      return refuse(`metadata: invalid metadata.${field} of type ${goType(given)} in converted object`);
    }
    kept[field] = given;
  }
  return { ...converted, metadata: kept };
}

const identity: Readonly<Record<string, string>> = { name: 'name', namespace: 'namespace', uid: 'UID' };

function goType(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  const names: Readonly<Record<string, string>> = { string: 'string', boolean: 'bool', number: 'int64' };
  return names[typeof value] ?? 'map[string]interface {}';
}
