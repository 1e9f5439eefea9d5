/** Looks at all tokens once a day. */
import { isApiError } from '../../api/api-error.ts';
import type { Secret } from '../../api/groups/core.v1.ts';
import { ConfigMaps, Pods, Secrets, ServiceAccounts } from '../../api/resources.ts';
import type { Controller, Run } from '../controller.ts';
import { dateOf, invalidSinceLabel, planTokens, tracking } from './plan.ts';

/** The only key: all tokens. */
const everything = 'tokens';
const dayMs = 24 * 3_600_000;
const periodMs = 365 * dayMs;

export const legacyTokenCleaner: Controller = {
  name: 'legacy-serviceaccount-token-cleaner-controller',
  alias: 'legacy-service-account-token-cleaner',
  start({ informer, enqueue }) {
    const accounts = informer(ServiceAccounts);
    const secrets = informer(Secrets);
    const pods = informer(Pods);
    enqueue(everything);
    return async (_, run) => {
      const plan = planTokens({
        tracking: await run.client.find(ConfigMaps, tracking),
        secrets: secrets.list(),
        pods: pods.list(),
        accountOf: (namespace, name) => accounts.get(namespace, name),
        periodMs,
        nowMs: run.nowMs,
      });
      const labels = { [invalidSinceLabel]: dateOf(run.nowMs) };
      for (const { metadata } of plan.invalidate) {
        const { uid, resourceVersion = '' } = metadata;
        const value = { metadata: { uid, resourceVersion, labels } };
        await unlessChanged(run.client.patch(Secrets, metadata, { type: 'merge', value }));
      }
      for (const secret of plan.remove) await unlessChanged(remove(run, secret));
      return { afterMs: dayMs };
    };
  },
};

async function remove({ client }: Run, { metadata }: Secret): Promise<void> {
  const { uid, resourceVersion } = metadata;
  await client.delete(Secrets, metadata, { uid, resourceVersion });
}

/** Who has just changed a token may be using it: there is another day. */
async function unlessChanged(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error;
  }
}
