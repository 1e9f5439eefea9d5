/**
 * Tokens that somebody else knows: a webhook is asked with a TokenReview (--authentication-token-webhook-config-file).
 * Answers are remembered for a time, by the hash of the token; failures of the webhook are not.
 */
import { createHash } from 'node:crypto';
import { Remembered } from '../remembered.ts';
import { RemoteError } from '../remote-call.ts';
import type { User } from '../user.ts';
import { audiencesInBoth, TokenError, type TokenAuthenticator, type TokenIdentity } from './authenticator.ts';
import { askForReview, type ReviewCall } from './webhook-review.ts';

export interface WebhookTokensOptions extends ReviewCall {
  readonly version: 'v1' | 'v1beta1';
  /** 0 = every request asks. */
  readonly cacheMs: number;
  /** For whom tokens are of which the webhook does not say it. */
  readonly audiences: readonly string[];
}

const maxRemembered = 4096;

type Answer = TokenIdentity | { readonly refused: string };

export function createWebhookTokens(options: WebhookTokensOptions): TokenAuthenticator {
  const answers = new Remembered<Answer>(maxRemembered, options.clock.now);
  return {
    async authenticateToken(token, wanted) {
      const key = createHash('sha256')
        .update(JSON.stringify([token, wanted]))
        .digest('base64');
      const answer = await answers.get(
        key,
        () => ask(options, token, wanted),
        () => options.cacheMs,
      );
      if ('user' in answer) return answer;
      if (answer.refused !== '') throw new TokenError(answer.refused);
      return undefined;
    },
  };
}

async function ask(options: WebhookTokensOptions, token: string, wanted: readonly string[]): Promise<Answer> {
  const review = {
    kind: 'TokenReview',
    apiVersion: `authentication.k8s.io/${options.version}`,
    metadata: {},
    spec: { token, audiences: wanted },
    status: { user: {} },
  };
  try {
    return readStatus(await askForReview(options, review), wanted, options.audiences);
  } catch (error) {
    if (error instanceof RemoteError) throw new TokenError(`webhook token authentication failed: ${error.message}`);
    throw error;
  }
}

function readStatus(
  status: Readonly<Record<string, unknown>>,
  wanted: readonly string[],
  own: readonly string[],
): Answer {
  if (status['authenticated'] !== true) {
    return { refused: typeof status['error'] === 'string' ? status['error'] : '' };
  }
  const said = texts(status['audiences']);
  const audiences = audiencesInBoth(wanted, said.length === 0 ? own : said);
  if (audiences.length === 0) return { refused: '' };
  return { user: readUser((status['user'] ?? {}) as Readonly<Record<string, unknown>>), audiences };
}

function readUser({ username, uid, groups, extra }: Readonly<Record<string, unknown>>): User {
  const values = Object.entries((extra ?? {}) as Readonly<Record<string, unknown>>);
  return {
    name: typeof username === 'string' ? username : '',
    groups: texts(groups),
    ...(typeof uid === 'string' && uid !== '' ? { uid } : {}),
    ...(values.length === 0 ? {} : { extra: Object.fromEntries(values.map(([key, value]) => [key, texts(value)])) }),
  };
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
