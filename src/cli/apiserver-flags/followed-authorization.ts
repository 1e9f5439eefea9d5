/**
 * The file of --authorization-config, which is read again when it changes. Webhooks and their conditions come, change and
 * go, and the order of all may be another; the plain authorizers are those of the start. A file that cannot be used is
 * told and changes nothing, as in Kubernetes:
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#using-configuration-file-for-authorization
 */
import { createHash } from 'node:crypto';
import {
  readAuthorizationConfiguration,
  type ConfiguredAuthorizer,
  type ConfiguredWebhook,
} from '../../apiserver/authorization/configuration.ts';
import type { AuthorizationMode, FollowedAuthorization, Reload } from '../../apiserver/authorization/configure.ts';
import { errorText, type Log } from '../../base/log.ts';
import type { WatchedFiles } from '../../cluster/watched-files.ts';

type MakeWebhook = (webhook: ConfiguredWebhook) => Promise<AuthorizationMode>;

/** @throws ConfigError for a file that cannot be used at the start. */
export async function followAuthorization(
  path: string,
  { files, log }: { readonly files: WatchedFiles; readonly log: Log },
  makeWebhook: MakeWebhook,
): Promise<FollowedAuthorization> {
  const { load } = await import('js-yaml');
  const read = (text: string): readonly ConfiguredAuthorizer[] => readAuthorizationConfiguration(load(text));
  const make = (all: readonly ConfiguredAuthorizer[]): Promise<readonly AuthorizationMode[]> =>
    Promise.all(all.map((each) => (typeof each === 'string' ? each : makeWebhook(each))));
  const text = await files.open(path);
  const atStart = read(text());
  let seen = text();
  let modes = await make(atStart);
  const listeners: ((reload: Reload) => void)[] = [];
  const take = async (next: string): Promise<void> => {
    const configured = read(next);
    if (plainModes(configured) !== plainModes(atStart)) {
      throw new Error('authorizers other than webhooks cannot be added or removed while the server runs');
    }
    modes = await make(configured);
  };
  const reload = async (before: Promise<void>, next: string): Promise<void> => {
    await before;
    let succeeded = true;
    try {
      await take(next);
      log.info('Uses a changed authorization configuration', { path });
    } catch (error) {
      succeeded = false;
      const why = errorText(error);
      log.error('Keeps the authorization configuration: the changed one cannot be used', { path, why });
    }
    for (const listener of listeners) listener({ succeeded, hash: hashOf(next) });
  };
  let last = Promise.resolve();
  files.onChange(() => {
    const next = text();
    if (next === seen) return;
    seen = next;
    last = reload(last, next);
  });
  return {
    modes: () => modes,
    hash: hashOf(text()),
    whenReloaded: (listener) => void listeners.push(listener),
  };
}

const plainModes = (all: readonly ConfiguredAuthorizer[]): string =>
  all
    .filter((one) => typeof one === 'string')
    .toSorted()
    .join();

const hashOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
