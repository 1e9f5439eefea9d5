/**
 * How a kubelet of its own process comes by its certificate and keeps it: with a bootstrap token it asks for one when it has
 * none, writes the kubeconfig that holds it, and renews both before the certificate ends.
 */
import { access } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import type { ComponentContext } from '../client/component.ts';
import { createHttpClient, type HttpClient } from '../client/http-client.ts';
import { findClusterAccess, type ClusterAccess } from '../client/kubeconfig.ts';
import { switchingClient } from '../client/switching-client.ts';
import { requestClientCertificate } from '../kubelet/certificates/request-certificate.ts';
import { runRotation } from '../kubelet/certificates/rotation.ts';
import { writeKubeconfig } from './kubeconfig.ts';

const userAgent = 'kubelet';
const approvedWithinMs = 15 * 60_000;

export interface BootstrapOptions {
  /** The kubeconfig with the token; used when there is no `kubeconfig` yet. */
  readonly bootstrapKubeconfig: string;
  /** Written when the node has its certificate. */
  readonly kubeconfig: string;
  readonly nodeName: string;
}

/** Resolves when the kubeconfig is there. @throws Error when nobody approves the request, or the cluster cannot be reached. */
export async function bootstrapKubelet(options: BootstrapOptions, signal: AbortSignal): Promise<void> {
  const { bootstrapKubeconfig, kubeconfig, nodeName } = options;
  if (await exists(kubeconfig)) return;
  const sources = { path: bootstrapKubeconfig, environment: process.env, clock: systemClock };
  const found = await findClusterAccess(sources);
  if (found.client.tls?.insecureSkipVerify === true) {
    throw new Error('The bootstrap kubeconfig does not say which certificate authority to trust');
  }
  const client = createHttpClient({ ...found.client, userAgent });
  try {
    const waiting = AbortSignal.any([signal, AbortSignal.timeout(approvedWithinMs)]);
    const pair = await requestClientCertificate({ client, clock: systemClock, nodeName }, waiting);
    await writeKubeletConfig(found, kubeconfig, nodeName, pair);
  } finally {
    client.close();
  }
}

function writeKubeletConfig(
  { client: { server, tls } }: ClusterAccess,
  path: string,
  nodeName: string,
  pair: Awaited<ReturnType<typeof requestClientCertificate>>,
): Promise<void> {
  return writeKubeconfig({ path, server, authority: tls?.ca ?? '', user: `system:node:${nodeName}`, client: pair });
}

/** Runs `work` with a client whose certificate is renewed, and written to the kubeconfig, in time. */
export async function withRotation(
  signal: AbortSignal,
  context: ComponentContext,
  node: { readonly access: ClusterAccess; readonly kubeconfig: string; readonly nodeName: string },
  work: (context: ComponentContext) => Promise<void>,
): Promise<void> {
  const { access: found, kubeconfig, nodeName } = node;
  const certificate = found.client.tls?.cert;
  if (certificate === undefined || !isOfNode(certificate, nodeName)) return work(context);
  const made: HttpClient[] = [];
  const client = switchingClient(() => made.at(-1) ?? context.client);
  const ended = new AbortController();
  const rotation = runRotation(AbortSignal.any([signal, ended.signal]), {
    ...context,
    client,
    nodeName,
    certificate,
    async renewed(pair) {
      await writeKubeletConfig(found, kubeconfig, nodeName, pair);
      const tls = { ...found.client.tls, cert: pair.certificate, key: pair.key };
      const before = made.at(-1);
      made.push(createHttpClient({ ...found.client, tls, userAgent }));
      before?.close(); // its watches begin again with the new one
    },
  });
  try {
    await work({ ...context, client });
  } finally {
    ended.abort();
    await rotation;
    for (const each of made) each.close();
  }
}

function isOfNode(certificate: string, nodeName: string): boolean {
  return new X509Certificate(certificate).subject.split('\n').includes(`CN=system:node:${nodeName}`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
