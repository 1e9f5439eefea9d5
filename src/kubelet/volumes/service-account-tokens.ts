/** Tokens of the pods' service accounts, asked for once and renewed when four fifths of their time are over, or after a day. */
import type { Pod, ServiceAccountTokenProjection } from '../../api/groups/core.v1.ts';
import { ServiceAccounts } from '../../api/resources.ts';
import { parseTime } from '../../api/time.ts';
import type { ComponentContext } from '../../client/component.ts';

interface Token {
  readonly text: string;
  readonly renewAtMs: number;
}

const longestUseMs = 24 * 3_600_000;
const defaultSeconds = 3600;

export class ServiceAccountTokens {
  readonly #context: ComponentContext;
  /** By pod, then by audience and lifetime. */
  readonly #tokens = new Map<string, Map<string, Token>>();

  constructor(context: ComponentContext) {
    this.#context = context;
  }

  async get(
    pod: Pod,
    { audience = '', expirationSeconds = defaultSeconds }: ServiceAccountTokenProjection,
  ): Promise<string> {
    const { uid } = pod.metadata;
    const own = this.#tokens.get(uid) ?? new Map<string, Token>();
    this.#tokens.set(uid, own);
    const key = `${audience}/${expirationSeconds}`;
    const known = own.get(key);
    if (known !== undefined && this.#context.clock.now() < known.renewAtMs) return known.text;
    const token = await this.#request(pod, audience, expirationSeconds);
    own.set(key, token);
    return token.text;
  }

  forget(uid: string): void {
    this.#tokens.delete(uid);
  }

  async #request(pod: Pod, audience: string, expirationSeconds: number): Promise<Token> {
    const { namespace, name, uid } = pod.metadata;
    const account = { namespace, name: pod.spec.serviceAccountName ?? 'default' };
    const nowMs = this.#context.clock.now();
    const answer = await this.#context.client.createSubresource(ServiceAccounts, account, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    });
    const { status } = answer as {
      readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
    };
    if (status?.token === undefined || status.expirationTimestamp === undefined) {
      throw new Error(`the server gave no token for service account "${account.name}"`);
    }
    const lifeMs = parseTime(status.expirationTimestamp) - nowMs;
    return { text: status.token, renewAtMs: nowMs + Math.min(lifeMs * 0.8, longestUseMs) };
  }
}
