/**
 * Asks the cluster to certify a key as this node's: a CertificateSigningRequest is made, and what becomes of it is waited for.
 * A bootstrap token has the right to ask; later a kubelet asks with the certificate it has.
 */
import { CertificateSigningRequests } from '../../api/resources.ts';
import { createPrivateKeyPem, type KeyPair } from '../../base/certificate.ts';
import { createSigningRequest } from '../../base/certificate-request.ts';
import { sleep, type Clock } from '../../base/clock.ts';
import type { Client } from '../../client/client.ts';

const signerName = 'kubernetes.io/kube-apiserver-client-kubelet';
/** Without `key encipherment`: the keys are elliptic curves'. */
const usages = ['digital signature', 'client auth'];
const pollMs = 1000;

export interface CertificateWish {
  readonly client: Client;
  readonly clock: Clock;
  readonly nodeName: string;
}

/** A new key with its certificate. @throws Error when the request is denied or fails, or the signal aborts. */
export async function requestClientCertificate(wish: CertificateWish, signal: AbortSignal): Promise<KeyPair> {
  const { client, clock, nodeName } = wish;
  const key = createPrivateKeyPem();
  const text = createSigningRequest({
    commonName: `system:node:${nodeName}`,
    organizations: ['system:nodes'],
    hosts: [],
    privateKey: key,
  });
  const created = await client.create(CertificateSigningRequests, {
    metadata: { generateName: 'csr-' },
    spec: { request: Buffer.from(text).toString('base64'), signerName, usages },
  });
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
