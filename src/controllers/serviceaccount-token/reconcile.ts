/**
 * Fills one token Secret, or removes it when its account is gone. The token comes from the API server, bound to the Secret: nobody
 * else needs the signing key.
 */
import { isApiError } from '../../api/api-error.ts';
import type { Secret } from '../../api/groups/core.v1.ts';
import { Secrets, ServiceAccounts } from '../../api/resources.ts';
import type { JsonObject } from '../../api/schema.ts';
import { objectKey, splitKey } from '../../client/informer.ts';
import type { Controller, Run } from '../controller.ts';
import { accountNameOf, base64, planToken } from './plan.ts';

/** The longest that may be asked for; the token ends with its Secret. */
const expirationSeconds = 2 ** 32;
const byAccount = 'serviceAccount';

/** `certificate`: PEM of the authority that signed the API server's certificate. */
export function serviceAccountTokenController(certificate: string): Controller {
  return {
    name: 'serviceaccount-token-controller',
    alias: 'serviceaccount-token',
    start({ informer, enqueue }) {
      const secrets = informer(Secrets);
      const accounts = informer(ServiceAccounts);
      secrets.addIndexes({
        [byAccount]: (secret) => {
          const name = accountNameOf(secret);
          return name === undefined ? [] : [`${secret.metadata.namespace}/${name}`];
        },
      });
      secrets.onChange(({ type, object }) => {
        if (type !== 'deleted' && accountNameOf(object) !== undefined) enqueue(objectKey(object));
      });
      accounts.onChange(({ type, object }) => {
        if (type === 'updated') return;
        for (const secret of secrets.byIndex(byAccount, objectKey(object))) enqueue(objectKey(secret));
      });
      return async (key, run) => {
        const { namespace, name } = splitKey(key);
        const secret = secrets.get(namespace, name);
        const account = secret === undefined ? undefined : accountNameOf(secret);
        if (secret !== undefined && account !== undefined) await reconcile(secret, account, certificate, run);
      };
    },
  };
}

async function reconcile(secret: Secret, account: string, certificate: string, { client }: Run): Promise<void> {
  const { namespace, name, uid } = secret.metadata;
  const ref = { namespace, name: account };
  const plan = planToken(secret, await client.find(ServiceAccounts, ref), certificate);
  if (plan.type === 'none') return;
  if (plan.type === 'delete') {
    try {
      await client.delete(Secrets, secret.metadata, { uid });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
    return;
  }
  let { data } = plan.secret;
  if (plan.needsToken) {
    const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name, uid };
    const body = { spec: { audiences: [], expirationSeconds, boundObjectRef } };
    const answer = (await client.createSubresource(ServiceAccounts, ref, 'token', body)) as JsonObject;
    const { token } = answer['status'] as { readonly token: string };
    data = { ...data, token: base64(token) };
  }
  await client.update(Secrets, { ...plan.secret, data });
}
