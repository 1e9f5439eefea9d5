/**
 * The public keys of an issuer: its discovery document says where they are, and they are fetched when a token needs one.
 *
 * Keys are kept for an hour, and while the issuer cannot be reached. A token with a key that is not known makes them be
 * fetched again, because issuers replace keys without notice; but not within `minPauseMs`, so that nobody can make this
 * server call another one at will. Requests that wait for the same fetch share it.
 */
import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto';
import { callRemote, readAnswer, RemoteError, type RemoteServer } from '../../remote-call.ts';
import { TokenError } from '../authenticator.ts';

export interface IssuerKeysOptions {
  readonly issuer: string;
  /** Where the discovery document is, when it is not below the issuer. */
  readonly discoveryUrl?: string | undefined;
  readonly server: Omit<RemoteServer, 'url'>;
  readonly now: () => number;
}

export interface IssuerKeys {
  /** Keys a token may be signed with. @throws TokenError when there is no way to know. */
  find(keyId: string | undefined): Promise<readonly KeyObject[]>;
}

interface KnownKey {
  readonly id: string | undefined;
  readonly key: KeyObject;
}

const timeoutMs = 10_000;
const lifetimeMs = 3_600_000;
const minPauseMs = 5_000;
const maxKeys = 256;

export function createIssuerKeys(options: IssuerKeysOptions): IssuerKeys {
  let known: readonly KnownKey[] = [];
  let fetchedMs = Number.NEGATIVE_INFINITY;
  let triedMs = Number.NEGATIVE_INFINITY;
  let fault = 'oidc: authenticator not initialized';
  let fetching: Promise<void> | undefined;
  const fetch = async (): Promise<void> => {
    triedMs = options.now();
    try {
      known = await fetchKeys(options);
      fetchedMs = options.now();
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      fault = `oidc: authenticator not initialized: ${error.message}`;
    }
  };
  const refresh = async (): Promise<void> => {
    if (fetching === undefined && options.now() - triedMs < minPauseMs) return;
    fetching ??= fetch().finally(() => (fetching = undefined));
    await fetching;
  };
  return {
    async find(keyId) {
      if (options.now() - fetchedMs > lifetimeMs) await refresh();
      let found = fitting(known, keyId);
      if (found.length === 0) {
        await refresh();
        found = fitting(known, keyId);
      }
      if (fetchedMs === Number.NEGATIVE_INFINITY) throw new TokenError(fault);
      return found;
    },
  };
}

const fitting = (known: readonly KnownKey[], keyId: string | undefined): readonly KeyObject[] =>
  known.filter(({ id }) => keyId === undefined || id === undefined || id === keyId).map(({ key }) => key);

async function fetchKeys({ issuer, discoveryUrl, server }: IssuerKeysOptions): Promise<readonly KnownKey[]> {
  const url = discoveryUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = readAnswer(await callRemote({ ...server, url }, { timeoutMs }));
  if (document['issuer'] !== issuer) {
    throw new RemoteError(
      `issuer did not match the issuer returned by provider, expected ${JSON.stringify(issuer)}`,
      false,
    );
  }
  const keysUrl = document['jwks_uri'];
  if (typeof keysUrl !== 'string' || !URL.canParse(keysUrl))
    throw new RemoteError('the provider names no jwks_uri', false);
  if (new URL(keysUrl).protocol !== 'https:') throw new RemoteError('the jwks_uri is not https', false);
  const { keys } = readAnswer(await callRemote({ ...server, url: keysUrl }, { timeoutMs }));
  if (!Array.isArray(keys)) throw new RemoteError('the key set has no keys', false);
  return keys.slice(0, maxKeys).flatMap(readKey);
}

/** Keys for other uses, and of kinds that are not known, are left out. */
function readKey(value: unknown): KnownKey[] {
  if (typeof value !== 'object' || value === null) return [];
  const { use, kid, kty } = value as Readonly<Record<string, unknown>>;
  if ((use !== undefined && use !== 'sig') || (kty !== 'RSA' && kty !== 'EC')) return [];
  try {
    const key = createPublicKey({ key: value as webcrypto.JsonWebKey, format: 'jwk' });
    return [{ id: typeof kid === 'string' && kid !== '' ? kid : undefined, key }];
  } catch {
    return [];
  }
}
