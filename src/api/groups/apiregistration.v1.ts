/** The types of group apiregistration, version v1. */
import { clusterScoped } from '../kind.ts';
import {
  always,
  boolean,
  bytes,
  int32,
  list,
  namedString,
  object,
  optional,
  pointer,
  required,
  string,
  time,
  type Static,
} from '../schema.ts';

export const ServiceReference = object('io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference', {
  namespace: optional(1, string),
  name: optional(2, string),
  port: pointer(3, int32),
});
export interface ServiceReference extends Static<typeof ServiceReference> {}

export const APIServiceSpec = object('io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec', {
  service: pointer(1, ServiceReference),
  group: optional(2, string),
  version: optional(3, string),
  insecureSkipTLSVerify: optional(4, boolean),
  caBundle: optional(5, bytes),
  groupPriorityMinimum: required(7, int32),
  versionPriority: required(8, int32),
});
export interface APIServiceSpec extends Static<typeof APIServiceSpec> {}

export const APIServiceCondition = object('io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition', {
  type: required(1, namedString('v1.APIServiceConditionType')),
  status: required(2, namedString('v1.ConditionStatus')),
  lastTransitionTime: optional(3, time, { nullable: true }),
  reason: optional(4, string),
  message: optional(5, string),
});
export interface APIServiceCondition extends Static<typeof APIServiceCondition> {}

export const APIServiceStatus = object('io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus', {
  conditions: optional(
    1,
    list(APIServiceCondition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface APIServiceStatus extends Static<typeof APIServiceStatus> {}

export const APIService = clusterScoped(
  'apiregistration.k8s.io/v1',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  {
    spec: always(2, APIServiceSpec),
    status: always(3, APIServiceStatus),
  },
);
export interface APIService extends Static<typeof APIService> {}
