/**
 * Asks the cluster to certify a key as this node's: a CertificateSigningRequest is made, and what becomes of it is waited for.
 * A bootstrap token has the right to ask; later a kubelet asks with the certificate it has.
 */
import { CertificateSigningRequests } from '../../api/resources.ts';
import { createPrivateKeyPem, type KeyPair } from '../../base/certificate.ts';
import { createSigningRequest } from '../../base/certificate-request.ts';
import { sleep, type Clock } from '../../base/clock.ts';
import type { Client } from '../../client/client.ts';

interface Purpose {
  readonly signerName: string;
  readonly usages: readonly string[];
}

/** Without `key encipherment`: the keys are elliptic curves'. */
const toAsk: Purpose = {
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['digital signature', 'client auth'],
};
const toServe: Purpose = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] };
const pollMs = 1000;

export interface CertificateWish {
  readonly client: Client;
  readonly clock: Clock;
  readonly nodeName: string;
}

/** A new key with its certificate. @throws Error when the request is denied or fails, or the signal aborts. */
export async function requestClientCertificate(wish: CertificateWish, signal: AbortSignal): Promise<KeyPair> {
  return await requestCertificate({ ...wish, hosts: [], created: async () => undefined }, toAsk, signal);
}

export interface ServingWish extends CertificateWish {
  /** Names and addresses at which the node is reached. */
  readonly hosts: readonly string[];
  /** Called with the name of the request, which somebody has to approve. */
  created(name: string): Promise<void>;
}

/** The same for the node's server. The client must be the node's: the signer wants it so. */
export async function requestServingCertificate(wish: ServingWish, signal: AbortSignal): Promise<KeyPair> {
  return await requestCertificate(wish, toServe, signal);
}

async function requestCertificate(
  { client, clock, nodeName, hosts, created: told }: ServingWish,
  { signerName, usages }: Purpose,
  signal: AbortSignal,
): Promise<KeyPair> {
  const key = createPrivateKeyPem();
  const text = createSigningRequest({
    commonName: `system:node:${nodeName}`,
    organizations: ['system:nodes'],
    hosts,
    privateKey: key,
  });
  const created = await client.create(CertificateSigningRequests, {
    metadata: { generateName: 'csr-' },
    spec: { request: Buffer.from(text).toString('base64'), signerName, usages },
  });
  await told(created.metadata.name);
  const { name } = created.metadata;
  for (;;) {
    const { status } = await client.get(CertificateSigningRequests, { name });
    const refused = (status.conditions ?? []).find(({ type }) => type === 'Denied' || type === 'Failed');
    if (refused !== undefined) {
      throw new Error(
        `The certificate signing request "${name}" was refused: ${refused.reason ?? ''} ${refused.message ?? ''}`,
      );
    }
    if (status.certificate) return { certificate: Buffer.from(status.certificate, 'base64').toString('utf8'), key };
    await sleep(clock, pollMs, signal);
    if (signal.aborted) throw new Error(`The certificate signing request "${name}" was not answered in time`);
  }
}
