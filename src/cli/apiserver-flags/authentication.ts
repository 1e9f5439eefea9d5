/** Flags that say who is let in, under kube-apiserver's names. */
import { parseDuration } from '../../api/duration.ts';
import { readCertificates } from '../../apiserver/authentication/certificate-pool.ts';
import type { AuthenticationOptions } from '../../apiserver/authentication/configure.ts';
import { createWebhookTokens } from '../../apiserver/authentication/webhook-tokens.ts';
import { systemClock } from '../../base/clock.ts';
import { readWebhookServer } from '../../cluster/webhook-server.ts';
import type { Flag, Invocation } from '../command.ts';
import { readGivenFile } from '../read-given-file.ts';
import { UsageError } from '../usage-error.ts';
import type { Following } from './followed-file.ts';
import { frontProxyFlags, readFrontProxyFlags } from './front-proxy.ts';
import { oidcFlags, readOidcFlags } from './oidc.ts';
import { readServiceAccountFlags, serviceAccountFlags } from './service-accounts.ts';

export const authenticationFlags: Readonly<Record<string, Flag>> = {
  'token-auth-file': { value: 'FILE', help: 'Tokens of users, a line each: token,user,uid,"group1,group2".' },
  'client-ca-file': { value: 'FILE', help: "Authority of client certificates, PEM (default the cluster's own)." },
  'anonymous-auth': { help: 'Let requests without a credential in as system:anonymous (default true).' },
  'enable-bootstrap-token-auth': { help: 'Let the tokens of Secrets of type bootstrap.kubernetes.io/token in.' },
  'authentication-token-webhook-config-file': { value: 'FILE', help: 'Kubeconfig of a webhook that knows tokens.' },
  'authentication-token-webhook-version': { value: 'V', help: 'Of the TokenReview it is sent (default v1beta1).' },
  'authentication-token-webhook-cache-ttl': { value: 'TIME', help: 'How long its answers count (default 2m).' },
  ...serviceAccountFlags,
  ...frontProxyFlags,
  ...oidcFlags,
};

type Options = Omit<Partial<AuthenticationOptions>, 'serviceAccounts'> & {
  readonly serviceAccounts: Partial<AuthenticationOptions['serviceAccounts']>;
};

/** @throws SetupError, UsageError or ConfigError for what cannot be used. */
export async function readAuthenticationFlags(invocation: Invocation, following: Following): Promise<Options> {
  const { flags } = invocation;
  const { files } = following;
  const tokenFile = flags.text('token-auth-file');
  const clientCaFile = flags.text('client-ca-file');
  const accounts = await readServiceAccountFlags(invocation);
  const oidc = await readOidcFlags(invocation, following, accounts.serviceAccounts.issuers);
  const enabled = flags.switched('anonymous-auth');
  const configured = oidc?.anonymous();
  if (enabled !== undefined && configured !== undefined) {
    throw new UsageError('--anonymous-auth and "anonymous" in the file of --authentication-config exclude one another');
  }
  const webhook = await readWebhook(invocation);
  return {
    ...accounts,
    configuration: oidc?.configuration,
    ...(tokenFile === undefined ? {} : { tokens: await readGivenFile('--token-auth-file', tokenFile) }),
    ...(clientCaFile === undefined ? {} : { clientCa: await files.open(clientCaFile, readCertificates) }),
    ...(await readFrontProxyFlags(invocation, files)),
    bootstrapTokens: flags.switched('enable-bootstrap-token-auth') ?? false,
    anonymous: () => oidc?.anonymous() ?? { enabled: enabled ?? true, paths: [] },
    remote: (audiences) => [...(oidc?.authenticators(audiences) ?? []), ...(webhook?.(audiences) ?? [])],
  };
}

async function readWebhook({ flags }: Invocation): Promise<AuthenticationOptions['remote']> {
  const path = flags.text('authentication-token-webhook-config-file');
  if (path === undefined) return undefined;
  const server = await readWebhookServer(path);
  const version = flags.choice('authentication-token-webhook-version', ['v1', 'v1beta1']) ?? 'v1beta1';
  const cacheMs = parseDuration(flags.text('authentication-token-webhook-cache-ttl') ?? '2m');
  const call = { server, version, cacheMs, timeoutMs: 30_000, clock: systemClock };
  return (audiences) => [createWebhookTokens({ ...call, audiences })];
}
