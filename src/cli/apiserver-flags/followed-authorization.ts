/**
 * The file of --authorization-config, which is read again when it changes. Webhooks and their conditions come, change and
 * go, and the order of all may be another; the plain authorizers are those of the start. A file that cannot be used is
 * told and changes nothing, as in Kubernetes:
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#using-configuration-file-for-authorization
 */
import {
  readAuthorizationConfiguration,
  type ConfiguredAuthorizer,
  type ConfiguredWebhook,
} from '../../apiserver/authorization/configuration.ts';
import type { AuthorizationMode, FollowedAuthorization } from '../../apiserver/authorization/configure.ts';
import { followFile, type Following } from './followed-file.ts';

type MakeWebhook = (webhook: ConfiguredWebhook) => Promise<AuthorizationMode>;

/** @throws ConfigError for a file that cannot be used at the start. */
export async function followAuthorization(
  path: string,
  following: Following,
  makeWebhook: MakeWebhook,
): Promise<FollowedAuthorization> {
  const { load } = await import('js-yaml');
  let modes: readonly AuthorizationMode[] = [];
  let plainAtStart: string | undefined;
  const followed = await followFile(path, 'authorization configuration', following, async (text) => {
    const configured = readAuthorizationConfiguration(load(text));
    plainAtStart ??= plainModes(configured);
    if (plainModes(configured) !== plainAtStart) {
      throw new Error('authorizers other than webhooks cannot be added or removed while the server runs');
    }
    modes = await Promise.all(configured.map((each) => (typeof each === 'string' ? each : makeWebhook(each))));
  });
  return { ...followed, modes: () => modes };
}

const plainModes = (all: readonly ConfiguredAuthorizer[]): string =>
  all
    .filter((one) => typeof one === 'string')
    .toSorted()
    .join();
