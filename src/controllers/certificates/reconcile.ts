/**
 * The three controllers of certificate signing requests: one approves kubelets' own requests, one signs what was approved with
 * the cluster's authority, one takes away what is old. The key is the request's name.
 */
import { X509Certificate } from 'node:crypto';
import { isApiError } from '../../api/api-error.ts';
import type { CertificateSigningRequest } from '../../api/groups/certificates.v1.ts';
import { resourcePath } from '../../api/resource.ts';
import { CertificateSigningRequests, SubjectAccessReviews } from '../../api/resources.ts';
import type { Json } from '../../api/schema.ts';
import { formatTime } from '../../api/time.ts';
import type { KeyPair } from '../../base/certificate.ts';
import { readSigningRequest, type SigningRequest } from '../../base/certificate-request.ts';
import { signCertificate } from '../../base/sign-request.ts';
import { statusError } from '../../client/status-error.ts';
import type { WorkResult } from '../../client/work-queue.ts';
import type { Controller, Reconcile, Run } from '../controller.ts';
import {
  isUndecided,
  mayBeSigned,
  recognize,
  removableAtMs,
  signingFault,
  signingTerms,
  type Recognized,
} from './plan.ts';

/** --cluster-signing-duration of the original. */
const signingDurationMs = 365 * 86_400_000;

type ReconcileRequest = (request: CertificateSigningRequest, run: Run) => Promise<WorkResult>;

export const certificateApprovingController: Controller = controllerOf('approving', 'csrapproving', approve);

/** `authority`: whose certificate signs. */
export function certificateSigningController(authority: KeyPair): Controller {
  return controllerOf('signing', 'csrsigning', (request, run) => signRequest(request, run, authority));
}

export const certificateCleanerController: Controller = controllerOf('cleaner', 'csrcleaner', clean);

function controllerOf(what: string, alias: string, reconcile: ReconcileRequest): Controller {
  return {
    name: `certificatesigningrequest-${what}-controller`,
    alias,
    start({ informer, enqueue }): Reconcile {
      const requests = informer(CertificateSigningRequests);
      requests.onChange(({ object }) => enqueue(object.metadata.name));
      return async (name, run) => {
        const request = requests.get(undefined, name);
        if (request === undefined) return;
        try {
          return await reconcile(request, run);
        } catch (error) {
          if (!isApiError(error, 'NotFound')) throw error;
        }
      };
    },
  };
}

async function approve(request: CertificateSigningRequest, { client, nowMs }: Run): Promise<void> {
  const read = isUndecided(request) ? readRequest(request) : undefined;
  if (read === undefined) return;
  for (const recognized of recognize(request, read)) {
    if (!(await mayBeApproved(client, request, recognized))) continue;
    const now = formatTime(nowMs);
    const condition = {
      type: 'Approved',
      status: 'True',
      reason: 'AutoApproved',
      message: recognized.message,
      lastUpdateTime: now,
      lastTransitionTime: now,
    };
    const conditions = [...(request.status.conditions ?? []), condition];
    await updateApproval(client, { ...request, status: { ...request.status, conditions } });
    return;
  }
}

/** The role of this controller lets it update the subresource, not patch it. */
async function updateApproval(client: Run['client'], request: CertificateSigningRequest): Promise<void> {
  const path = `${resourcePath(CertificateSigningRequests)}/${request.metadata.name}/approval`;
  const { status, body } = await client.request({ method: 'PUT', path, body: request as unknown as Json });
  if (status >= 400) throw statusError(JSON.parse(Buffer.from(body).toString('utf8')) as Json, status);
}

async function mayBeApproved(
  client: Run['client'],
  { spec }: CertificateSigningRequest,
  { subresource }: Recognized,
): Promise<boolean> {
  const { username, uid, groups, extra } = spec;
  const answer = await client.create(SubjectAccessReviews, {
    metadata: {},
    spec: {
      user: username,
      uid,
      groups,
      extra,
      resourceAttributes: {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        verb: 'create',
        subresource,
      },
    },
  });
  return answer.status.allowed === true;
}

async function signRequest(request: CertificateSigningRequest, run: Run, authority: KeyPair): Promise<void> {
  const read = mayBeSigned(request) ? readRequest(request) : undefined;
  if (read === undefined) return;
  const fault = signingFault(request, read);
  if (fault === 'foreign') return;
  const { client, nowMs } = run;
  if (fault === undefined) {
    const certificate = signCertificate(read, signingTerms(request, nowMs, signingDurationMs), authority);
    const status = { ...request.status, certificate: Buffer.from(certificate).toString('base64') };
    await client.updateStatus(CertificateSigningRequests, { ...request, status });
    return;
  }
  const now = formatTime(nowMs);
  const failed = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message: fault.fault,
    lastUpdateTime: now,
    lastTransitionTime: now,
  };
  const conditions = [...(request.status.conditions ?? []), failed];
  await client.updateStatus(CertificateSigningRequests, { ...request, status: { ...request.status, conditions } });
}

async function clean(request: CertificateSigningRequest, { client, nowMs }: Run): Promise<WorkResult> {
  const atMs = removableAtMs(request, certificateEndMs(request));
  if (atMs === undefined) return;
  if (atMs > nowMs) return { afterMs: atMs - nowMs };
  const { name, uid } = request.metadata;
  await client.delete(CertificateSigningRequests, { name }, { uid });
}

/** Undefined for what was stored before anybody checked it: nothing can be done about that here. */
function readRequest({ spec }: CertificateSigningRequest): SigningRequest | undefined {
  try {
    return readSigningRequest(Buffer.from(spec.request, 'base64').toString('latin1'));
  } catch {
    return undefined;
  }
}

function certificateEndMs({ status }: CertificateSigningRequest): number | undefined {
  if (!status.certificate) return undefined;
  try {
    return new X509Certificate(Buffer.from(status.certificate, 'base64')).validToDate.getTime();
  } catch {
    return undefined;
  }
}
