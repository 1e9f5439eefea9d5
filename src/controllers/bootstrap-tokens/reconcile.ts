/** Both are off unless --controllers names them, as in Kubernetes: they serve clusters that machines join by token. */
import { isApiError } from '../../api/api-error.ts';
import { ConfigMaps, Secrets } from '../../api/resources.ts';
import type { Controller } from '../controller.ts';
import { tokenEndMs, planSignatures, tokenType } from './plan.ts';

const infoName = 'cluster-info';
const tokens = { namespace: 'kube-system', fieldSelector: `type=${tokenType}` };
const info = { namespace: 'kube-public', fieldSelector: `metadata.name=${infoName}` };

export const bootstrapSignerController: Controller = {
  name: 'bootstrap-signer-controller',
  alias: 'bootstrapsigner',
  offByDefault: true,
  start({ informer, enqueue }) {
    const maps = informer(ConfigMaps, info);
    const secrets = informer(Secrets, tokens);
    maps.onChange(({ type }) => type !== 'deleted' && enqueue(infoName));
    secrets.onChange(() => enqueue(infoName));
    return async (name, { client, nowMs }) => {
      const map = maps.get(info.namespace, name);
      if (map === undefined) return;
      const all = secrets.list();
      const data = planSignatures(map, all, nowMs);
      if (data !== undefined) await client.update(ConfigMaps, { ...map, data });
      const ends = all.map((secret) => tokenEndMs(secret) ?? Infinity).filter((atMs) => atMs > nowMs);
      const nextMs = Math.min(...ends);
      return Number.isFinite(nextMs) ? { afterMs: nextMs - nowMs } : undefined;
    };
  },
};

export const tokenCleanerController: Controller = {
  name: 'token-cleaner-controller',
  alias: 'tokencleaner',
  offByDefault: true,
  start({ informer, enqueue }) {
    const secrets = informer(Secrets, tokens);
    secrets.onChange(({ type, object }) => type !== 'deleted' && enqueue(object.metadata.name));
    return async (name, { client, nowMs }) => {
      const secret = secrets.get(tokens.namespace, name);
      const endMs = secret === undefined ? undefined : tokenEndMs(secret);
      if (secret === undefined || endMs === undefined || secret.metadata.deletionTimestamp !== undefined) return;
      if (endMs > nowMs) return { afterMs: endMs - nowMs };
      const { namespace, uid, resourceVersion } = secret.metadata;
      await client.delete(Secrets, { name, namespace }, { uid, resourceVersion }).catch((error: unknown) => {
        if (!isApiError(error, 'NotFound')) throw error;
      });
    };
  },
};
