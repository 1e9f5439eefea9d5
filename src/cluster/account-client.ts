/**
 * Clients that act as service accounts of kube-system, for controllers that run as a process of their own
 * (--use-service-account-credentials): the account is made when it is missing, and its token is asked for again in time.
 */
import { isApiError } from '../api/api-error.ts';
import { ServiceAccounts } from '../api/resources.ts';
import type { JsonObject } from '../api/schema.ts';
import type { Clock } from '../base/clock.ts';
import type { Client } from '../client/client.ts';
import type { Credential } from '../client/credential.ts';
import { createHttpClient, type HttpClientOptions } from '../client/http-client.ts';

const namespace = 'kube-system';
const lifetimeSeconds = 3600;
/** Renewed when this part of its life is over. */
const renewAfter = 0.8;

export interface AccountClients {
  /** The same client for the same account. */
  of(account: string): Client;
  close(): void;
}

/** `root`: who may make accounts and tokens; `options`: where the server is, and whom it is trusted by. */
export function createAccountClients(root: Client, options: HttpClientOptions): AccountClients {
  const { cert: _cert, key: _key, ...tls } = options.tls ?? {};
  const { token: _token, tokenFile: _tokenFile, credential: _credential, impersonate: _as, ...place } = options;
  const clients = new Map<string, ReturnType<typeof createHttpClient>>();
  return {
    of(account) {
      let client = clients.get(account);
      if (client === undefined) {
        client = createHttpClient({ ...place, tls, credential: accountCredential(root, account, options.clock) });
        clients.set(account, client);
      }
      return client;
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

function accountCredential(root: Client, name: string, clock: Clock): Credential {
  let token = '';
  let renewMs = -Infinity;
  let asking: Promise<void> | undefined;
  const ask = async (): Promise<void> => {
    token = await requestToken(root, name);
    renewMs = clock.now() + lifetimeSeconds * renewAfter * 1000;
  };
  return {
    async authorization(rejected) {
      if (rejected || clock.now() >= renewMs) {
        asking ??= ask().finally(() => (asking = undefined));
        await asking;
      }
      return `Bearer ${token}`;
    },
  };
}

async function requestToken(root: Client, name: string): Promise<string> {
  const ref = { namespace, name };
  const ask = (): Promise<unknown> =>
    root.createSubresource(ServiceAccounts, ref, 'token', { spec: { expirationSeconds: lifetimeSeconds } });
  let answer: unknown;
  try {
    answer = await ask();
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
    await createAccount(root, name);
    answer = await ask();
  }
  const token = ((answer as JsonObject)['status'] as JsonObject | undefined)?.['token'];
  if (typeof token !== 'string') throw new Error(`Cannot act as ${namespace}/${name}: the answer has no token`);
  return token;
}

async function createAccount(root: Client, name: string): Promise<void> {
  try {
    await root.create(ServiceAccounts, { metadata: { namespace, name } });
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}
