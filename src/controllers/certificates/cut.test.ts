import { createCertificate, createPrivateKeyPem } from '../../base/certificate.ts';
import { createSigningRequest } from '../../base/certificate-request.ts';
import { CertificateSigningRequests } from '../../api/resources.ts';
import { testCuts } from '../testing/cut-at-every-write.ts';
import { nowMs } from '../testing/objects.ts';
import {
  certificateApprovingController,
  certificateCleanerController,
  certificateSigningController,
} from './reconcile.ts';

const privateKey = createPrivateKeyPem();
const dayMs = 86_400_000;
const authority = createCertificate({
  commonName: 'ca',
  usage: 'authority',
  notBeforeMs: 0,
  notAfterMs: nowMs + 3650 * dayMs,
});
const wanted = { commonName: 'system:node:a', organizations: ['system:nodes'], hosts: [], privateKey };

testCuts('certificates are approved, signed and taken away once', {
  controllers: [certificateApprovingController, certificateSigningController(authority), certificateCleanerController],
  play: async ({ api, clock, quiet }) => {
    api.serve = ({ path }) => (path.endsWith('/subjectaccessreviews') ? { status: { allowed: true } } : undefined);
    await api.create(CertificateSigningRequests, {
      metadata: { name: 'node-a' },
      spec: {
        request: Buffer.from(createSigningRequest(wanted)).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
        usages: ['digital signature', 'client auth'],
        username: 'system:node:a',
      },
    });
    await quiet();
    const request = await api.get(CertificateSigningRequests, { name: 'node-a' });
    if (!request.status.certificate) throw new Error('The request was not signed');
    clock.advance(2 * dayMs);
    await quiet();
  },
});
