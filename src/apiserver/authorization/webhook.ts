/**
 * Rights that somebody else knows: a webhook is asked with a SubjectAccessReview. It may allow, refuse for good, or have no
 * opinion. Expressions say which requests it is asked about at all; answers are remembered for a time.
 *
 * Limits: `maxRemembered` answers; a question with more than `maxAttributeBytes` of what the client chooses is not kept.
 */
import { askForReview, type ReviewCall } from '../authentication/webhook-review.ts';
import { Remembered } from '../remembered.ts';
import { RemoteError } from '../remote-call.ts';
import type { AccessQuestion, Authorizer, Decision, Opinion } from './authorizer.ts';
import { reviewSpecOf, type ReviewSpec } from './review-spec.ts';

export interface WebhookAuthorizerOptions extends ReviewCall {
  readonly name: string;
  readonly version: 'v1' | 'v1beta1';
  readonly authorizedMs: number;
  readonly unauthorizedMs: number;
  readonly cacheAuthorized: boolean;
  readonly cacheUnauthorized: boolean;
  /** What it means that the webhook cannot be asked. */
  readonly failurePolicy: 'NoOpinion' | 'Deny';
  /** All must hold for the webhook to be asked; absent = it always is. */
  readonly matches?: ((spec: ReviewSpec) => MatchOutcome) | undefined;
}

/** `error`: an expression failed, and none of them said no. */
export type MatchOutcome = { readonly matches: boolean; readonly error?: string };

const maxRemembered = 8192;
const maxAttributeBytes = 10_000;

export function createWebhookAuthorizer(options: WebhookAuthorizerOptions): Authorizer {
  const answers = new Remembered<Decision>(maxRemembered, options.clock.now);
  const failed = (error: string): Opinion =>
    options.failurePolicy === 'Deny'
      ? { allowed: false, denied: true, reason: '', error }
      : { allowed: false, reason: '', error };
  const lifetimeOf = ({ allowed }: Decision): number => {
    if (allowed) return options.cacheAuthorized ? options.authorizedMs : 0;
    return options.cacheUnauthorized ? options.unauthorizedMs : 0;
  };
  return {
    name: options.name,
    async decide(question) {
      const spec = reviewSpecOf(question);
      const match = options.matches?.(spec) ?? { matches: true };
      if (match.error !== undefined) return failed(match.error);
      if (!match.matches) return undefined;
      const small = attributeBytes(question) < maxAttributeBytes;
      const review = {
        kind: 'SubjectAccessReview',
        apiVersion: `authorization.k8s.io/${options.version}`,
        metadata: {},
        spec: written(spec, options.version),
      };
      try {
        return await answers.get(
          JSON.stringify(spec),
          async () => readStatus(await askForReview(options, review)),
          (decision) => (small ? lifetimeOf(decision) : 0),
        );
      } catch (error) {
        if (error instanceof RemoteError) return failed(error.message);
        throw error;
      }
    },
    rulesFor: () => ({ rules: [], incomplete: 'webhook authorizer does not support user rule resolution' }),
  };
}

/** The old version calls the groups `group`. */
function written({ groups, ...rest }: ReviewSpec, version: 'v1' | 'v1beta1'): object {
  return version === 'v1' ? { ...rest, groups } : { ...rest, group: groups };
}

function readStatus({ allowed, denied, reason }: Readonly<Record<string, unknown>>): Decision {
  const why = typeof reason === 'string' ? reason : '';
  if (denied === true && allowed === true) {
    const error = 'webhook subject access review returned both allow and deny response';
    return { allowed: false, denied: true, reason: why, error };
  }
  if (denied === true) return { allowed: false, denied: true, reason: why };
  return { allowed: allowed === true, reason: why };
}

function attributeBytes({ verb, path, resource }: AccessQuestion): number {
  const {
    namespace = '',
    group = '',
    version = '',
    resource: plural = '',
    subresource = '',
    name = '',
  } = resource ?? {};
  return [verb, path, namespace, group, version, plural, subresource, name].reduce((sum, text) => sum + text.length, 0);
}
