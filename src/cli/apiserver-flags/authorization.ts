/** Flags that say who may do what, under kube-apiserver's names. */
import { parseDuration } from '../../api/duration.ts';
import type { ConfiguredWebhook } from '../../apiserver/authorization/configuration.ts';
import type { AuthorizationMode, FollowedAuthorization } from '../../apiserver/authorization/configure.ts';
import { createWebhookAuthorizer } from '../../apiserver/authorization/webhook.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { WatchedFiles } from '../../cluster/watched-files.ts';
import { readWebhookServer } from '../../cluster/webhook-server.ts';
import type { Flag, Invocation } from '../command.ts';
import { UsageError } from '../usage-error.ts';
import { followAuthorization } from './followed-authorization.ts';

export const authorizationFlags: Readonly<Record<string, Flag>> = {
  'authorization-mode': {
    value: 'LIST',
    help: 'Authorizers in the order they are asked: Node, RBAC, Webhook, AlwaysAllow, AlwaysDeny (default Node,RBAC).',
  },
  'authorization-config': {
    value: 'FILE',
    help: 'AuthorizationConfiguration, in place of the mode; its changes are followed.',
  },
  'authorization-webhook-config-file': { value: 'FILE', help: 'Kubeconfig of a webhook that knows rights.' },
  'authorization-webhook-version': { value: 'V', help: 'Of the SubjectAccessReview it is sent (default v1beta1).' },
  'authorization-webhook-cache-authorized-ttl': { value: 'TIME', help: 'How long its yes counts (default 5m).' },
  'authorization-webhook-cache-unauthorized-ttl': { value: 'TIME', help: 'How long its no counts (default 30s).' },
};

/** Undefined when no flag says it. @throws SetupError, UsageError or ConfigError for what cannot be used. */
export async function readAuthorizationFlags(
  invocation: Invocation,
  following: { readonly files: WatchedFiles; readonly log: Log },
): Promise<readonly AuthorizationMode[] | FollowedAuthorization | undefined> {
  const { flags } = invocation;
  const path = flags.text('authorization-config');
  const modes = flags.text('authorization-mode')?.split(',');
  if (path !== undefined && modes !== undefined) {
    throw new UsageError('--authorization-config and --authorization-mode exclude one another');
  }
  if (path !== undefined) return followAuthorization(path, following, createWebhook);
  return modes === undefined ? undefined : Promise.all(modes.map((mode) => readMode(mode, modes, invocation)));
}

async function readMode(mode: string, all: readonly string[], { flags }: Invocation): Promise<AuthorizationMode> {
  if (all.filter((one) => one === mode).length > 1) {
    throw new UsageError(`--authorization-mode names ${mode} more than once`);
  }
  switch (mode) {
    case 'Node':
    case 'RBAC':
    case 'AlwaysAllow':
    case 'AlwaysDeny':
      return mode;
    case 'Webhook': {
      const kubeconfig = flags.text('authorization-webhook-config-file');
      if (kubeconfig === undefined) {
        throw new UsageError("authorization-mode Webhook's authorization config file not passed");
      }
      const ttl = (name: string, standard: string): number => parseDuration(flags.text(name) ?? standard);
      return createWebhook({
        name: 'default',
        kubeconfig,
        version: flags.choice('authorization-webhook-version', ['v1', 'v1beta1']) ?? 'v1beta1',
        timeoutMs: 30_000,
        authorizedMs: ttl('authorization-webhook-cache-authorized-ttl', '5m'),
        unauthorizedMs: ttl('authorization-webhook-cache-unauthorized-ttl', '30s'),
        cacheAuthorized: true,
        cacheUnauthorized: true,
        failurePolicy: 'NoOpinion',
      });
    }
    default:
      throw new UsageError(`authorization-mode ${JSON.stringify(mode)} is not a valid mode`);
  }
}

async function createWebhook({ kubeconfig, ...options }: ConfiguredWebhook): Promise<AuthorizationMode> {
  return createWebhookAuthorizer({ ...options, clock: systemClock, server: await readWebhookServer(kubeconfig) });
}
