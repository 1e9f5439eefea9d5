/**
 * How extension servers know who asks: the ConfigMap extension-apiserver-authentication in kube-system names the authority
 * of client certificates, and the authority, names and headers of the front proxy, which is this server. Its keys are those
 * that client libraries read. What stands there is brought up to date at every start; the authorities of other API servers
 * on the same store stay beside this one's.
 */
import { samePlain } from '../../api/equality.ts';
import type { ConfigMap } from '../../api/groups/core.v1.ts';
import type { KubeObject } from '../../api/kind.ts';
import { ConfigMaps } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import type { Api } from '../api.ts';
import { seedMissing } from '../bootstrap/seed.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { storageKey } from '../registry/served.ts';
import { update } from '../verbs/update.ts';

export interface AuthenticationAuthorities {
  /** PEM of the authority of client certificates. */
  readonly clientCa: string | undefined;
  readonly frontProxy: FrontProxyAuthority | undefined;
}

/** Whose word is taken for who asks, and in which headers it says so. */
export interface FrontProxyAuthority {
  /** PEM. */
  readonly ca: string;
  /** Common names of its certificates; none = all that the authority signed. */
  readonly allowedNames: readonly string[];
  readonly usernameHeaders: readonly string[];
  readonly uidHeaders: readonly string[];
  readonly groupHeaders: readonly string[];
  readonly extraHeaderPrefixes: readonly string[];
}

const namespace = 'kube-system';
const name = 'extension-apiserver-authentication';

export async function publishAuthentication(api: Api, authorities: AuthenticationAuthorities): Promise<void> {
  const served = api.resources.of(ConfigMaps);
  await served.cache.ready();
  const key = authenticationConfigKey(api);
  const existing = served.cache.get(key)?.object as ConfigMap | undefined;
  const data = authenticationData(authorities, existing?.data ?? {});
  if (existing === undefined) {
    const seed = { metadata: { name, namespace }, data } as unknown as Parameters<typeof seedMissing>[2][number];
    return seedMissing(api, ConfigMaps, [seed]);
  }
  if (samePlain(existing.data ?? {}, data)) return;
  const body = { ...(existing as unknown as KubeObject), data } as unknown as Json;
  await update(api, served, ownRequest(served, { verb: 'update', name, namespace, body }));
}

/** Where the ConfigMap is stored. */
export const authenticationConfigKey = (api: Api): string => storageKey(api.resources.of(ConfigMaps), namespace, name);

/** The data of the ConfigMap; `before`: what it has now. */
export function authenticationData(
  { clientCa, frontProxy }: AuthenticationAuthorities,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const data: Record<string, string> = { ...before };
  if (clientCa !== undefined) data['client-ca-file'] = withCertificates(before['client-ca-file'], clientCa);
  if (frontProxy !== undefined) {
    const caKey = 'requestheader-client-ca-file';
    data[caKey] = withCertificates(before[caKey], frontProxy.ca);
    data['requestheader-allowed-names'] = JSON.stringify(frontProxy.allowedNames);
    data['requestheader-username-headers'] = JSON.stringify(frontProxy.usernameHeaders);
    data['requestheader-uid-headers'] = JSON.stringify(frontProxy.uidHeaders);
    data['requestheader-group-headers'] = JSON.stringify(frontProxy.groupHeaders);
    data['requestheader-extra-headers-prefix'] = JSON.stringify(frontProxy.extraHeaderPrefixes);
  }
  return data;
}

function withCertificates(before: string | undefined, added: string): string {
  const certificates = (text: string): readonly string[] =>
    text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const all = new Set([...certificates(before ?? ''), ...certificates(added)]);
  return [...all].map((certificate) => `${certificate}\n`).join('');
}
