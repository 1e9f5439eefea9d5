/** Where a webhook is, as its kubeconfig says (--authentication-token-webhook-config-file and the like). */
import { systemClock } from '../base/clock.ts';
import type { RemoteServer } from '../apiserver/remote-call.ts';
import { tokenCredential, tokenFileCredential } from '../client/credential.ts';
import { findClusterAccess } from '../client/kubeconfig.ts';

/** The file's server is the whole address, with its path. @throws Error that says what is missing. */
export async function readWebhookServer(path: string): Promise<RemoteServer> {
  const { client } = await findClusterAccess({ path, environment: process.env, clock: systemClock });
  const { server, tls, token, tokenFile, credential } = client;
  const own =
    credential ??
    (tokenFile === undefined ? undefined : tokenFileCredential(tokenFile, systemClock)) ??
    (token === undefined ? undefined : tokenCredential(token));
  return {
    url: server,
    ca: tls?.ca,
    cert: tls?.cert,
    key: tls?.key,
    serverName: tls?.serverName,
    insecureSkipVerify: tls?.insecureSkipVerify,
    authorization: async () => own?.authorization(false),
  };
}
