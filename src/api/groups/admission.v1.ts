/** The types of group admission, version v1. */
import { UserInfo } from './authentication.v1.ts';
import { GroupVersionKind, GroupVersionResource, Status } from './meta.v1.ts';
import {
  always,
  boolean,
  bytes,
  list,
  map,
  object,
  optional,
  pointer,
  rawObject,
  string,
  type Static,
} from '../schema.ts';

export const AdmissionRequest = object('io.k8s.api.admission.v1.AdmissionRequest', {
  uid: always(1, string),
  kind: always(2, GroupVersionKind),
  resource: always(3, GroupVersionResource),
  subResource: optional(4, string),
  requestKind: pointer(13, GroupVersionKind),
  requestResource: pointer(14, GroupVersionResource),
  requestSubResource: optional(15, string),
  name: optional(5, string),
  namespace: optional(6, string),
  operation: always(7, string),
  userInfo: always(8, UserInfo),
  object: optional(9, rawObject, { nullable: true }),
  oldObject: optional(10, rawObject, { nullable: true }),
  dryRun: pointer(11, boolean),
  options: optional(12, rawObject, { nullable: true }),
});
export interface AdmissionRequest extends Static<typeof AdmissionRequest> {}

export const AdmissionResponse = object('io.k8s.api.admission.v1.AdmissionResponse', {
  uid: always(1, string),
  allowed: always(2, boolean),
  status: pointer(3, Status),
  patch: optional(4, bytes),
  patchType: pointer(5, string),
  auditAnnotations: optional(6, map(string)),
  warnings: optional(7, list(string)),
});
export interface AdmissionResponse extends Static<typeof AdmissionResponse> {}
