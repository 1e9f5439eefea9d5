/** The types of group authorization, version v1. */
import { message } from '../message.ts';
import { FieldSelectorRequirement, LabelSelectorRequirement, ObjectMeta } from './meta.v1.ts';
import { always, boolean, list, map, object, optional, pointer, required, string, type Static } from '../schema.ts';

export const FieldSelectorAttributes = object('io.k8s.api.authorization.v1.FieldSelectorAttributes', {
  rawSelector: optional(1, string),
  requirements: optional(2, list(FieldSelectorRequirement)),
});
export interface FieldSelectorAttributes extends Static<typeof FieldSelectorAttributes> {}

export const LabelSelectorAttributes = object('io.k8s.api.authorization.v1.LabelSelectorAttributes', {
  rawSelector: optional(1, string),
  requirements: optional(2, list(LabelSelectorRequirement)),
});
export interface LabelSelectorAttributes extends Static<typeof LabelSelectorAttributes> {}

export const NonResourceAttributes = object('io.k8s.api.authorization.v1.NonResourceAttributes', {
  path: optional(1, string),
  verb: optional(2, string),
});
export interface NonResourceAttributes extends Static<typeof NonResourceAttributes> {}

export const ResourceAttributes = object('io.k8s.api.authorization.v1.ResourceAttributes', {
  namespace: optional(1, string),
  verb: optional(2, string),
  group: optional(3, string),
  version: optional(4, string),
  resource: optional(5, string),
  subresource: optional(6, string),
  name: optional(7, string),
  fieldSelector: pointer(8, FieldSelectorAttributes),
  labelSelector: pointer(9, LabelSelectorAttributes),
});
export interface ResourceAttributes extends Static<typeof ResourceAttributes> {}

export const SubjectAccessReviewSpec = object('io.k8s.api.authorization.v1.SubjectAccessReviewSpec', {
  resourceAttributes: pointer(1, ResourceAttributes),
  nonResourceAttributes: pointer(2, NonResourceAttributes),
  user: optional(3, string),
  groups: optional(4, list(string)),
  extra: optional(5, map(list(string))),
  uid: optional(6, string),
});
export interface SubjectAccessReviewSpec extends Static<typeof SubjectAccessReviewSpec> {}

export const SubjectAccessReviewStatus = object('io.k8s.api.authorization.v1.SubjectAccessReviewStatus', {
  allowed: required(1, boolean),
  denied: optional(4, boolean),
  reason: optional(2, string),
  evaluationError: optional(3, string),
});
export interface SubjectAccessReviewStatus extends Static<typeof SubjectAccessReviewStatus> {}

export const LocalSubjectAccessReview = message(
  'authorization.k8s.io/v1',
  'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
  {
    metadata: always(1, ObjectMeta),
    spec: required(2, SubjectAccessReviewSpec),
    status: always(3, SubjectAccessReviewStatus),
  },
);
export interface LocalSubjectAccessReview extends Static<typeof LocalSubjectAccessReview> {}

export const NonResourceRule = object('io.k8s.api.authorization.v1.NonResourceRule', {
  verbs: required(1, list(string)),
  nonResourceURLs: optional(2, list(string)),
});
export interface NonResourceRule extends Static<typeof NonResourceRule> {}

export const ResourceRule = object('io.k8s.api.authorization.v1.ResourceRule', {
  verbs: required(1, list(string)),
  apiGroups: optional(2, list(string)),
  resources: optional(3, list(string)),
  resourceNames: optional(4, list(string)),
});
export interface ResourceRule extends Static<typeof ResourceRule> {}

export const SelfSubjectAccessReviewSpec = object('io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec', {
  resourceAttributes: pointer(1, ResourceAttributes),
  nonResourceAttributes: pointer(2, NonResourceAttributes),
});
export interface SelfSubjectAccessReviewSpec extends Static<typeof SelfSubjectAccessReviewSpec> {}

export const SelfSubjectAccessReview = message(
  'authorization.k8s.io/v1',
  'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  {
    metadata: always(1, ObjectMeta),
    spec: required(2, SelfSubjectAccessReviewSpec),
    status: always(3, SubjectAccessReviewStatus),
  },
);
export interface SelfSubjectAccessReview extends Static<typeof SelfSubjectAccessReview> {}

export const SelfSubjectRulesReviewSpec = object('io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec', {
  namespace: optional(1, string),
});
export interface SelfSubjectRulesReviewSpec extends Static<typeof SelfSubjectRulesReviewSpec> {}

export const SubjectRulesReviewStatus = object('io.k8s.api.authorization.v1.SubjectRulesReviewStatus', {
  resourceRules: required(1, list(ResourceRule)),
  nonResourceRules: required(2, list(NonResourceRule)),
  incomplete: required(3, boolean),
  evaluationError: optional(4, string),
});
export interface SubjectRulesReviewStatus extends Static<typeof SubjectRulesReviewStatus> {}

export const SelfSubjectRulesReview = message(
  'authorization.k8s.io/v1',
  'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  {
    metadata: always(1, ObjectMeta),
    spec: required(2, SelfSubjectRulesReviewSpec),
    status: always(3, SubjectRulesReviewStatus),
  },
);
export interface SelfSubjectRulesReview extends Static<typeof SelfSubjectRulesReview> {}

export const SubjectAccessReview = message(
  'authorization.k8s.io/v1',
  'io.k8s.api.authorization.v1.SubjectAccessReview',
  {
    metadata: always(1, ObjectMeta),
    spec: required(2, SubjectAccessReviewSpec),
    status: always(3, SubjectAccessReviewStatus),
  },
);
export interface SubjectAccessReview extends Static<typeof SubjectAccessReview> {}
