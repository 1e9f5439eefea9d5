/**
 * Whom this server believes, told to others: API servers that are aggregated into this one read from the ConfigMap
 * extension-apiserver-authentication by which authorities clients and the front proxy are known, and which headers say
 * for whom the proxy asks.
 */
import type { ConfigMap } from '../../api/groups/core.v1.ts';
import { samePlain } from '../../api/equality.ts';
import type { KubeObject } from '../../api/kind.ts';
import { ConfigMaps } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import type { AuthenticationOptions } from '../authentication/configure.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { storageKey } from '../registry/served.ts';
import { update } from '../verbs/update.ts';
import { seedMissing, type Seed } from './seed.ts';

const namespace = 'kube-system';
const name = 'extension-apiserver-authentication';

/** Written at the start, and again when an authority has changed. */
export async function publishClusterAuthentication(api: Api, options: AuthenticationOptions): Promise<void> {
  const data = dataOf(options);
  if (Object.keys(data).length === 0) return;
  const served = api.resources.of(ConfigMaps);
  await served.cache.ready();
  const found = served.cache.get(storageKey(served, namespace, name))?.object as unknown as ConfigMap | undefined;
  if (found === undefined) {
    const seed: Seed<ConfigMap> = { metadata: { name, namespace }, data };
    return seedMissing(api, ConfigMaps, [seed as unknown as Seed<KubeObject>]);
  }
  if (samePlain(found.data ?? {}, data)) return;
  const body = { ...found, data } as unknown as Json;
  await update(api, served, ownRequest(served, { verb: 'update', name, namespace, body }));
}

function dataOf({ clientCa, frontProxy }: AuthenticationOptions): Record<string, string> {
  const client = clientCa?.() ?? '';
  const proxy = frontProxy?.ca() ?? '';
  return {
    ...(client === '' ? {} : { 'client-ca-file': client }),
    ...(frontProxy === undefined || proxy === ''
      ? {}
      : {
          'requestheader-allowed-names': JSON.stringify(frontProxy.allowedNames),
          'requestheader-client-ca-file': proxy,
          'requestheader-extra-headers-prefix': JSON.stringify(frontProxy.extraHeaderPrefixes),
          'requestheader-group-headers': JSON.stringify(frontProxy.groupHeaders),
          'requestheader-uid-headers': JSON.stringify(frontProxy.uidHeaders),
          'requestheader-username-headers': JSON.stringify(frontProxy.usernameHeaders),
        }),
  };
}
