/** The types of group networking, version v1. */
import { clusterScoped, namespaced } from '../kind.ts';
import { TypedLocalObjectReference } from './core.v1.ts';
import { Condition, LabelSelector } from './meta.v1.ts';
import {
  always,
  inline,
  int32,
  intOrString,
  list,
  namedString,
  object,
  optional,
  pointer,
  required,
  string,
  type Static,
} from '../schema.ts';

export const ServiceBackendPort = object(
  'io.k8s.api.networking.v1.ServiceBackendPort',
  {
    name: optional(1, string),
    number: optional(2, int32),
  },
  { atomic: true },
);
export interface ServiceBackendPort extends Static<typeof ServiceBackendPort> {}

export const IngressServiceBackend = object('io.k8s.api.networking.v1.IngressServiceBackend', {
  name: required(1, string),
  port: always(2, ServiceBackendPort),
});
export interface IngressServiceBackend extends Static<typeof IngressServiceBackend> {}

export const IngressBackend = object('io.k8s.api.networking.v1.IngressBackend', {
  service: pointer(4, IngressServiceBackend),
  resource: pointer(3, TypedLocalObjectReference),
});
export interface IngressBackend extends Static<typeof IngressBackend> {}

export const HTTPIngressPath = object('io.k8s.api.networking.v1.HTTPIngressPath', {
  path: optional(1, string),
  pathType: required(3, namedString('v1.PathType'), { nullable: true }),
  backend: required(2, IngressBackend),
});
export interface HTTPIngressPath extends Static<typeof HTTPIngressPath> {}

export const HTTPIngressRuleValue = object('io.k8s.api.networking.v1.HTTPIngressRuleValue', {
  paths: required(1, list(HTTPIngressPath)),
});
export interface HTTPIngressRuleValue extends Static<typeof HTTPIngressRuleValue> {}

export const ParentReference = object('io.k8s.api.networking.v1.ParentReference', {
  group: optional(1, string),
  resource: required(2, string),
  namespace: optional(3, string),
  name: required(4, string),
});
export interface ParentReference extends Static<typeof ParentReference> {}

export const IPAddressSpec = object('io.k8s.api.networking.v1.IPAddressSpec', {
  parentRef: pointer(1, ParentReference),
});
export interface IPAddressSpec extends Static<typeof IPAddressSpec> {}

export const IPAddress = clusterScoped('networking.k8s.io/v1', 'io.k8s.api.networking.v1.IPAddress', {
  spec: required(2, IPAddressSpec),
});
export interface IPAddress extends Static<typeof IPAddress> {}

export const IPBlock = object('io.k8s.api.networking.v1.IPBlock', {
  cidr: required(1, string),
  except: optional(2, list(string)),
});
export interface IPBlock extends Static<typeof IPBlock> {}

export const IngressRuleValue = object('io.k8s.api.networking.v1.IngressRuleValue', {
  http: pointer(1, HTTPIngressRuleValue),
});
export interface IngressRuleValue extends Static<typeof IngressRuleValue> {}

export const IngressRule = object(
  'io.k8s.api.networking.v1.IngressRule',
  {
    host: optional(1, string),
  },
  { inline: [inline(2, IngressRuleValue)] },
);
export interface IngressRule extends Static<typeof IngressRule> {}

export const IngressTLS = object('io.k8s.api.networking.v1.IngressTLS', {
  hosts: optional(1, list(string)),
  secretName: optional(2, string),
});
export interface IngressTLS extends Static<typeof IngressTLS> {}

export const IngressSpec = object('io.k8s.api.networking.v1.IngressSpec', {
  ingressClassName: pointer(4, string),
  defaultBackend: pointer(1, IngressBackend),
  tls: optional(2, list(IngressTLS)),
  rules: optional(3, list(IngressRule)),
});
export interface IngressSpec extends Static<typeof IngressSpec> {}

export const IngressPortStatus = object('io.k8s.api.networking.v1.IngressPortStatus', {
  port: required(1, int32),
  protocol: required(2, namedString('v1.Protocol')),
  error: pointer(3, string),
});
export interface IngressPortStatus extends Static<typeof IngressPortStatus> {}

export const IngressLoadBalancerIngress = object('io.k8s.api.networking.v1.IngressLoadBalancerIngress', {
  ip: optional(1, string),
  hostname: optional(2, string),
  ports: optional(4, list(IngressPortStatus)),
});
export interface IngressLoadBalancerIngress extends Static<typeof IngressLoadBalancerIngress> {}

export const IngressLoadBalancerStatus = object('io.k8s.api.networking.v1.IngressLoadBalancerStatus', {
  ingress: optional(1, list(IngressLoadBalancerIngress)),
});
export interface IngressLoadBalancerStatus extends Static<typeof IngressLoadBalancerStatus> {}

export const IngressStatus = object('io.k8s.api.networking.v1.IngressStatus', {
  loadBalancer: always(1, IngressLoadBalancerStatus),
});
export interface IngressStatus extends Static<typeof IngressStatus> {}

export const Ingress = namespaced('networking.k8s.io/v1', 'io.k8s.api.networking.v1.Ingress', {
  spec: always(2, IngressSpec),
  status: always(3, IngressStatus),
});
export interface Ingress extends Static<typeof Ingress> {}

export const IngressClassParametersReference = object('io.k8s.api.networking.v1.IngressClassParametersReference', {
  apiGroup: pointer(1, string),
  kind: required(2, string),
  name: required(3, string),
  scope: pointer(4, string),
  namespace: pointer(5, string),
});
export interface IngressClassParametersReference extends Static<typeof IngressClassParametersReference> {}

export const IngressClassSpec = object('io.k8s.api.networking.v1.IngressClassSpec', {
  controller: optional(1, string),
  parameters: pointer(2, IngressClassParametersReference),
});
export interface IngressClassSpec extends Static<typeof IngressClassSpec> {}

export const IngressClass = clusterScoped('networking.k8s.io/v1', 'io.k8s.api.networking.v1.IngressClass', {
  spec: always(2, IngressClassSpec),
});
export interface IngressClass extends Static<typeof IngressClass> {}

export const NetworkPolicyPeer = object('io.k8s.api.networking.v1.NetworkPolicyPeer', {
  podSelector: pointer(1, LabelSelector),
  namespaceSelector: pointer(2, LabelSelector),
  ipBlock: pointer(3, IPBlock),
});
export interface NetworkPolicyPeer extends Static<typeof NetworkPolicyPeer> {}

export const NetworkPolicyPort = object('io.k8s.api.networking.v1.NetworkPolicyPort', {
  protocol: pointer(1, namedString('v1.Protocol')),
  port: pointer(2, intOrString),
  endPort: pointer(3, int32),
});
export interface NetworkPolicyPort extends Static<typeof NetworkPolicyPort> {}

export const NetworkPolicyEgressRule = object('io.k8s.api.networking.v1.NetworkPolicyEgressRule', {
  ports: optional(1, list(NetworkPolicyPort)),
  to: optional(2, list(NetworkPolicyPeer)),
});
export interface NetworkPolicyEgressRule extends Static<typeof NetworkPolicyEgressRule> {}

export const NetworkPolicyIngressRule = object('io.k8s.api.networking.v1.NetworkPolicyIngressRule', {
  ports: optional(1, list(NetworkPolicyPort)),
  from: optional(2, list(NetworkPolicyPeer)),
});
export interface NetworkPolicyIngressRule extends Static<typeof NetworkPolicyIngressRule> {}

export const NetworkPolicySpec = object('io.k8s.api.networking.v1.NetworkPolicySpec', {
  podSelector: always(1, LabelSelector),
  ingress: optional(2, list(NetworkPolicyIngressRule)),
  egress: optional(3, list(NetworkPolicyEgressRule)),
  policyTypes: optional(4, list(namedString('v1.PolicyType'))),
});
export interface NetworkPolicySpec extends Static<typeof NetworkPolicySpec> {}

export const NetworkPolicy = namespaced('networking.k8s.io/v1', 'io.k8s.api.networking.v1.NetworkPolicy', {
  spec: always(2, NetworkPolicySpec),
});
export interface NetworkPolicy extends Static<typeof NetworkPolicy> {}

export const ServiceCIDRSpec = object('io.k8s.api.networking.v1.ServiceCIDRSpec', {
  cidrs: optional(1, list(string)),
});
export interface ServiceCIDRSpec extends Static<typeof ServiceCIDRSpec> {}

export const ServiceCIDRStatus = object('io.k8s.api.networking.v1.ServiceCIDRStatus', {
  conditions: optional(
    1,
    list(Condition, { listType: 'map', keys: ['type'], mergeKey: 'type', patchStrategy: 'merge' }),
  ),
});
export interface ServiceCIDRStatus extends Static<typeof ServiceCIDRStatus> {}

export const ServiceCIDR = clusterScoped('networking.k8s.io/v1', 'io.k8s.api.networking.v1.ServiceCIDR', {
  spec: always(2, ServiceCIDRSpec),
  status: always(3, ServiceCIDRStatus),
});
export interface ServiceCIDR extends Static<typeof ServiceCIDR> {}
