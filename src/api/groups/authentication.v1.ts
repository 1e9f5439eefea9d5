/** The types of group authentication, version v1. */
import { message } from '../message.ts';
import { ObjectMeta } from './meta.v1.ts';
import {
  always,
  boolean,
  int64,
  list,
  map,
  namedString,
  object,
  optional,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const BoundObjectReference = object('io.k8s.api.authentication.v1.BoundObjectReference', {
  kind: optional(1, string),
  apiVersion: optional(2, string),
  name: optional(3, string),
  uid: optional(4, namedString('types.UID')),
});
export interface BoundObjectReference extends Static<typeof BoundObjectReference> {}

export const UserInfo = object('io.k8s.api.authentication.v1.UserInfo', {
  username: optional(1, string),
  uid: optional(2, string),
  groups: optional(3, list(string)),
  extra: optional(4, map(list(string))),
});
export interface UserInfo extends Static<typeof UserInfo> {}

export const SelfSubjectReviewStatus = object('io.k8s.api.authentication.v1.SelfSubjectReviewStatus', {
  userInfo: always(1, UserInfo),
});
export interface SelfSubjectReviewStatus extends Static<typeof SelfSubjectReviewStatus> {}

export const SelfSubjectReview = message('authentication.k8s.io/v1', 'io.k8s.api.authentication.v1.SelfSubjectReview', {
  metadata: always(1, ObjectMeta),
  status: always(2, SelfSubjectReviewStatus),
});
export interface SelfSubjectReview extends Static<typeof SelfSubjectReview> {}

export const TokenRequestSpec = object('io.k8s.api.authentication.v1.TokenRequestSpec', {
  audiences: always(1, list(string)),
  expirationSeconds: always(4, int64, { nullable: true }),
  boundObjectRef: always(3, BoundObjectReference, { nullable: true }),
});
export interface TokenRequestSpec extends Static<typeof TokenRequestSpec> {}

export const TokenRequestStatus = object('io.k8s.api.authentication.v1.TokenRequestStatus', {
  token: always(1, string),
  expirationTimestamp: always(2, time),
});
export interface TokenRequestStatus extends Static<typeof TokenRequestStatus> {}

export const TokenRequest = message('authentication.k8s.io/v1', 'io.k8s.api.authentication.v1.TokenRequest', {
  metadata: always(1, ObjectMeta),
  spec: always(2, TokenRequestSpec),
  status: always(3, TokenRequestStatus),
});
export interface TokenRequest extends Static<typeof TokenRequest> {}

export const TokenReviewSpec = object('io.k8s.api.authentication.v1.TokenReviewSpec', {
  token: required(1, string),
  audiences: optional(2, list(string)),
});
export interface TokenReviewSpec extends Static<typeof TokenReviewSpec> {}

export const TokenReviewStatus = object('io.k8s.api.authentication.v1.TokenReviewStatus', {
  authenticated: optional(1, boolean),
  user: always(2, UserInfo),
  audiences: optional(4, list(string)),
  error: optional(3, string),
});
export interface TokenReviewStatus extends Static<typeof TokenReviewStatus> {}

export const TokenReview = message('authentication.k8s.io/v1', 'io.k8s.api.authentication.v1.TokenReview', {
  metadata: always(1, ObjectMeta),
  spec: required(2, TokenReviewSpec),
  status: always(3, TokenReviewStatus),
});
export interface TokenReview extends Static<typeof TokenReview> {}
