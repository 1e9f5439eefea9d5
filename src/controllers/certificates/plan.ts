/**
 * What happens to a certificate signing request: nothing, approval once somebody may do so, a signature, a refusal to sign, or
 * its removal. Pure; who may what is asked by reconcile.ts.
 */
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/groups/certificates.v1.ts';
import type { SigningRequest } from '../../base/certificate-request.ts';
import type { SigningTerms } from '../../base/sign-request.ts';
import {
  kubeletClientFault,
  kubeletClientSigner,
  kubeletServingFault,
  kubeletServingSigner,
} from './kubelet-request.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Clocks of those who check may be behind. */
const backdateMs = 5 * minuteMs;
const shortMs = 8 * hourMs;
const leastMs = 10 * minuteMs;

/** A permission by which the requester may be approved without anybody looking: to create this subresource of requests. */
export interface Recognized {
  readonly subresource: 'selfnodeclient' | 'nodeclient';
  readonly message: string;
}

export function recognize({ spec }: CertificateSigningRequest, request: SigningRequest): readonly Recognized[] {
  if (spec.signerName !== kubeletClientSigner) return [];
  if (kubeletClientFault(request, spec.usages ?? []) !== undefined) return [];
  const bySelf: Recognized = {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  };
  const byOther: Recognized = {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  };
  return spec.username === request.commonName ? [bySelf, byOther] : [byOther];
}

export function isUndecided({ status }: CertificateSigningRequest): boolean {
  const decided = (status.conditions ?? []).some(({ type }) => type === 'Approved' || type === 'Denied');
  return !decided && !status.certificate;
}

export function mayBeSigned({ status }: CertificateSigningRequest): boolean {
  const has = (type: string): boolean =>
    (status.conditions ?? []).some((each) => each.type === type && each.status === 'True');
  return has('Approved') && !has('Denied') && !has('Failed') && !status.certificate;
}

/** Why a request of one of Kubernetes' own signers cannot be signed; undefined: it can; 'foreign': the signer is not ours. */
export function signingFault(
  { spec }: CertificateSigningRequest,
  request: SigningRequest,
): 'foreign' | { readonly fault: string } | undefined {
  const usages = spec.usages ?? [];
  const check = signers[spec.signerName];
  if (check === undefined) return 'foreign';
  const fault = check(request, usages);
  return fault === undefined ? undefined : { fault };
}

type Check = (request: SigningRequest, usages: readonly string[]) => string | undefined;

const signers: Readonly<Record<string, Check>> = {
  [kubeletClientSigner]: kubeletClientFault,
  [kubeletServingSigner]: kubeletServingFault,
  'kubernetes.io/kube-apiserver-client': (_, usages) => clientUsagesFault(usages),
  'kubernetes.io/legacy-unknown': () => undefined,
};

function clientUsagesFault(usages: readonly string[]): string | undefined {
  const known = ['digital signature', 'key encipherment', 'client auth'];
  const other = usages.find((usage) => !known.includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

/** `longestMs`: what is given to who asks for nothing, and the most that anybody gets. */
export function signingTerms({ spec }: CertificateSigningRequest, nowMs: number, longestMs: number): SigningTerms {
  const asked = spec.expirationSeconds == null ? longestMs : spec.expirationSeconds * 1000;
  const durationMs = Math.min(Math.max(asked, leastMs), longestMs);
  const usages = spec.usages ?? [];
  return {
    keyUsageBits: usages.reduce((bits, usage) => bits | (keyUsages[usage] ?? 0), 0),
    extendedUsages: [...new Set(usages.flatMap((usage) => extendedUsages[usage] ?? []))],
    notBeforeMs: nowMs - backdateMs,
    notAfterMs: nowMs + (durationMs < shortMs ? durationMs : durationMs - backdateMs),
  };
}

const keyUsages: Readonly<Record<string, number>> = {
  signing: 0x80,
  'digital signature': 0x80,
  'content commitment': 0x40,
  'key encipherment': 0x20,
  'data encipherment': 0x10,
  'key agreement': 0x08,
  'cert sign': 0x04,
  'crl sign': 0x02,
  'encipher only': 0x01,
};

const purpose = '1.3.6.1.5.5.7.3';

/** By the numbers that Go sorts them by, which is their order in the certificate. */
const extendedUsages: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': `${purpose}.1`,
  'client auth': `${purpose}.2`,
  'code signing': `${purpose}.3`,
  'email protection': `${purpose}.4`,
  's/mime': `${purpose}.4`,
  'ipsec end system': `${purpose}.5`,
  'ipsec tunnel': `${purpose}.6`,
  'ipsec user': `${purpose}.7`,
  timestamping: `${purpose}.8`,
  'ocsp signing': `${purpose}.9`,
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

const keptMs = { pending: 24 * hourMs, decided: hourMs } as const;

/** When the request is of no use to anybody; undefined: never, as it stands. `certificateEndMs`: of what was signed. */
export function removableAtMs(
  { metadata, status }: CertificateSigningRequest,
  certificateEndMs: number | undefined,
): number | undefined {
  const conditions = status.conditions ?? [];
  if (conditions.length === 0) return Date.parse(metadata.creationTimestamp) + keptMs.pending;
  const times = conditions.flatMap((condition) => timeOf(condition, status.certificate !== undefined));
  if (certificateEndMs !== undefined && conditions.some(({ type }) => type === 'Approved'))
    times.push(certificateEndMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

function timeOf({ type, lastUpdateTime }: CertificateSigningRequestCondition, issued: boolean): readonly number[] {
  const counts = type === 'Denied' || type === 'Failed' || (type === 'Approved' && issued);
  return counts && lastUpdateTime ? [Date.parse(lastUpdateTime) + keptMs.decided] : [];
}
