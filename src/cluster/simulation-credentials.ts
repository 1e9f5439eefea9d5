/**
 * Certificates for the kubelets of a simulation that is a process of its own. A node's is asked for when a client first names the node: the
 * request is made in the name of the node and approved by whoever runs the simulation, so it takes the rights to impersonate and to
 * approve. Clients that check nothing, as kube-apiserver does by default, are content with the one that nobody signed.
 */
import { CertificateSigningRequests } from '../api/resources.ts';
import { createCertificate } from '../base/certificate.ts';
import { formatTime } from '../api/time.ts';
import type { ComponentContext } from '../client/component.ts';
import { createHttpClient } from '../client/http-client.ts';
import type { ClusterAccess } from '../client/kubeconfig.ts';
import { requestServingCertificate } from '../kubelet/certificates/request-certificate.ts';
import type { Credentials } from '../simulation/server.ts';
import { kubelet } from './identities.ts';

const signedWithinMs = 8000;

export function requestedCredentials(
  { client, clock }: ComponentContext,
  { client: access }: ClusterAccess,
  signal: AbortSignal,
): Credentials {
  const now = clock.now();
  const validity = { notBeforeMs: now - 300_000, notAfterMs: now + 365 * 86_400_000 };
  const approve = async (name: string): Promise<void> => {
    const condition = {
      type: 'Approved',
      status: 'True',
      reason: 'SimulatedNode',
      message: 'A node of the simulation asks for it.',
      lastUpdateTime: formatTime(clock.now()),
    };
    const patch = { type: 'merge', value: { status: { conditions: [condition] } } } as const;
    await client.patch(CertificateSigningRequests, { name }, patch, { subresource: 'approval' });
  };
  return {
    fallback: createCertificate({ commonName: 'simulated-nodes', usage: 'server', hosts: ['localhost'], ...validity }),
    clientCa: access.tls?.ca ?? '',
    async certificateOf({ name: nodeName, facts }) {
      const { name: user, groups } = kubelet(nodeName);
      const own = createHttpClient({ ...access, impersonate: { user, groups }, userAgent: 'simulation' });
      try {
        const wish = { client: own, clock, nodeName, hosts: [nodeName, ...facts.ips], created: approve };
        return await requestServingCertificate(wish, AbortSignal.any([signal, AbortSignal.timeout(signedWithinMs)]));
      } finally {
        own.close();
      }
    },
  };
}
