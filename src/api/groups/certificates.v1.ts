/** The types of group certificates, version v1. */
import { clusterScoped } from '../kind.ts';
import {
  always,
  bytes,
  int32,
  list,
  map,
  namedString,
  object,
  optional,
  pointer,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const CertificateSigningRequestSpec = object('io.k8s.api.certificates.v1.CertificateSigningRequestSpec', {
  request: required(1, bytes),
  signerName: required(7, string),
  expirationSeconds: pointer(8, int32),
  usages: optional(5, list(namedString('v1.KeyUsage'))),
  username: optional(2, string),
  uid: optional(3, string),
  groups: optional(4, list(string)),
  extra: optional(6, map(list(string))),
});
export interface CertificateSigningRequestSpec extends Static<typeof CertificateSigningRequestSpec> {}

export const CertificateSigningRequestCondition = object(
  'io.k8s.api.certificates.v1.CertificateSigningRequestCondition',
  {
    type: required(1, namedString('v1.RequestConditionType')),
    status: required(6, namedString('v1.ConditionStatus')),
    reason: optional(2, string),
    message: optional(3, string),
    lastUpdateTime: optional(4, time, { nullable: true }),
    lastTransitionTime: optional(5, time, { nullable: true }),
  },
);
export interface CertificateSigningRequestCondition extends Static<typeof CertificateSigningRequestCondition> {}

export const CertificateSigningRequestStatus = object('io.k8s.api.certificates.v1.CertificateSigningRequestStatus', {
  conditions: optional(1, list(CertificateSigningRequestCondition, { listType: 'map', keys: ['type'] })),
  certificate: optional(2, bytes),
});
export interface CertificateSigningRequestStatus extends Static<typeof CertificateSigningRequestStatus> {}

export const CertificateSigningRequest = clusterScoped(
  'certificates.k8s.io/v1',
  'io.k8s.api.certificates.v1.CertificateSigningRequest',
  {
    spec: required(2, CertificateSigningRequestSpec),
    status: always(3, CertificateSigningRequestStatus),
  },
);
export interface CertificateSigningRequest extends Static<typeof CertificateSigningRequest> {}
