/** Puts the ways of authentication together, as the flags of the server ask for them. */
import type { Secret } from '../../api/groups/core.v1.ts';
import type { AnyResource } from '../../api/resource.ts';
import { Nodes, Pods, Secrets, ServiceAccounts } from '../../api/resources.ts';
import type { Log } from '../../base/log.ts';
import type { FollowedConfiguration } from '../followed-configuration.ts';
import type { CredentialMetrics } from '../metrics/credential-metrics.ts';
import { storageKey } from '../registry/served.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import type { AnonymousOptions } from './anonymous.ts';
import { createAuthentication, forOwnAudience, type Authentication } from './authentication.ts';
import type { TokenAuthenticator } from './authenticator.ts';
import { createBootstrapTokens } from './bootstrap-tokens.ts';
import { certificatePool } from './certificate-pool.ts';
import { createCertificateAuthenticator } from './client-certificates.ts';
import { createFrontProxyAuthenticator, type FrontProxyOptions } from './front-proxy.ts';
import type { LabelSecret } from './legacy-tokens.ts';
import type { FindObject } from './service-account-claims.ts';
import {
  createServiceAccountTokens,
  defaultIssuer,
  type ServiceAccountTokenOptions,
  type ServiceAccountTokens,
} from './service-account-tokens.ts';
import { createStaticTokens } from './static-tokens.ts';

/** A text that may change while the server runs: the content of a file. */
export type CurrentText = () => string;

export interface AuthenticationOptions {
  /** PEM of the authorities that client certificates come from; '' = none. */
  readonly clientCa?: CurrentText | undefined;
  readonly frontProxy?: (Omit<FrontProxyOptions, 'authorities'> & { readonly ca: CurrentText }) | undefined;
  /** Content of the static token file. */
  readonly tokens?: string | undefined;
  readonly serviceAccounts: Pick<ServiceAccountTokenOptions, 'signingKey'> &
    Partial<Omit<ServiceAccountTokenOptions, 'audiences' | 'find' | 'label' | 'now'>>;
  /** For whom tokens must be that open this server; default: the issuers of service account tokens. */
  readonly audiences?: readonly string[] | undefined;
  readonly bootstrapTokens?: boolean | undefined;
  /** Default: anonymous requests for every path. */
  readonly anonymous?: (() => AnonymousOptions) | undefined;
  /** The file that says some of this, where it is followed. */
  readonly configuration?: FollowedConfiguration | undefined;
  /** Further issuers of tokens, asked last: OpenID Connect, then the webhook. */
  readonly remote?: ((audiences: readonly string[]) => readonly TokenAuthenticator[]) | undefined;
}

export interface AuthenticationContext {
  readonly served: ServedResources;
  readonly label: LabelSecret;
  readonly now: () => number;
  readonly log: Log;
  readonly metrics: CredentialMetrics;
}

/** @throws Error when a file cannot be understood. */
export function configureAuthentication(
  options: AuthenticationOptions,
  { served, label, now, log, metrics }: AuthenticationContext,
): { readonly authentication: Authentication; readonly tokens: ServiceAccountTokens } {
  const { frontProxy, clientCa, serviceAccounts } = options;
  const issuers = serviceAccounts.issuers ?? [defaultIssuer];
  const audiences = options.audiences ?? issuers;
  const find = findObject(served);
  const tokens = createServiceAccountTokens({
    verifyingKeys: [],
    extendExpiration: true,
    ...serviceAccounts,
    issuers,
    audiences,
    find,
    label,
    now,
    used: metrics.accountToken,
    secretUsed: metrics.secretToken,
    lookups: metrics.lookups,
  });
  const bootstrapSecret = (name: string): Promise<Secret | undefined> =>
    find('Secret', 'kube-system', name) as Promise<Secret | undefined>;
  const authentication = createAuthentication({
    audiences,
    requests: [
      ...(frontProxy === undefined
        ? []
        : [createFrontProxyAuthenticator({ ...frontProxy, authorities: certificatePool(frontProxy.ca) }, now)]),
      ...(clientCa === undefined
        ? []
        : [createCertificateAuthenticator(certificatePool(clientCa), now, metrics.certificate)]),
    ],
    tokens: [
      ...(options.tokens === undefined ? [] : [forOwnAudience(audiences, createStaticTokens(options.tokens))]),
      tokens,
      ...(options.bootstrapTokens === true
        ? [forOwnAudience(audiences, createBootstrapTokens(bootstrapSecret, now))]
        : []),
      ...(options.remote?.(audiences) ?? []),
    ],
    anonymous: options.anonymous ?? (() => ({ enabled: true, paths: [] })),
    log,
  });
  return { authentication, tokens };
}

const boundKinds: Readonly<Record<Parameters<FindObject>[0], AnyResource>> = {
  ServiceAccount: ServiceAccounts,
  Pod: Pods,
  Secret: Secrets,
  Node: Nodes,
};

function findObject(served: ServedResources): FindObject {
  return async (kind, namespace, name) => {
    const found = served.of(boundKinds[kind]);
    await found.cache.ready();
    return found.cache.get(storageKey(found, namespace, name))?.object;
  };
}
