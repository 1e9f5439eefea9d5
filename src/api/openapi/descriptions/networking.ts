import type { Descriptions } from './table.ts';

const ports = 'Ports it is about. Empty or absent: all.';

export const networkingDescriptions: Descriptions = {
  'io.k8s.api.networking.v1.Ingress': {
    '': 'Leads HTTP requests from outside to services, by host and path. Does nothing without an ingress controller in the cluster.',
    spec: 'The rules.',
    status: 'Where it can be reached.',
  },
  'io.k8s.api.networking.v1.IngressSpec': {
    ingressClassName:
      'Which controller serves it: name of an IngressClass. Default: the class marked as default, if any.',
    defaultBackend: 'Where requests go that no rule fits. Needed when there are no rules.',
    tls: 'Certificates, by host.',
    rules: 'Rules by host. None: all goes to defaultBackend.',
  },
  'io.k8s.api.networking.v1.IngressTLS': {
    '': 'A certificate for some hosts.',
    hosts: 'Hosts it is for. Should be those of the certificate.',
    secretName: 'Secret of type kubernetes.io/tls with tls.crt and tls.key.',
  },
  'io.k8s.api.networking.v1.IngressRule': {
    '': 'What happens to requests for a host.',
    host: 'DNS name, without port; *.example.com fits one label. Default: all hosts.',
    http: 'Paths and where they lead.',
  },
  'io.k8s.api.networking.v1.HTTPIngressRuleValue': {
    paths: 'The paths; the longest that fits wins.',
  },
  'io.k8s.api.networking.v1.HTTPIngressPath': {
    '': 'A path and where it leads.',
    path: 'Begins with /. How it is compared, pathType says.',
    pathType: 'Exact, Prefix (by parts: /a fits /a/b, not /ab) or ImplementationSpecific.',
    backend: 'Where such requests go.',
  },
  'io.k8s.api.networking.v1.IngressBackend': {
    '': 'Where requests go: a service or something else.',
    service: 'A service of the same namespace.',
    resource: 'Another object of the same namespace that the controller knows.',
  },
  'io.k8s.api.networking.v1.IngressServiceBackend': {
    '': 'A port of a service.',
    name: 'The service.',
    port: 'The port.',
  },
  'io.k8s.api.networking.v1.ServiceBackendPort': {
    '': 'A port of a service, by name or number.',
    name: 'Name of the port. Either this or number.',
    number: 'Number of the port. Either this or name.',
  },
  'io.k8s.api.networking.v1.IngressStatus': {
    loadBalancer: 'Its load balancer.',
  },
  'io.k8s.api.networking.v1.IngressLoadBalancerStatus': {
    ingress: 'Its points of entry.',
  },
  'io.k8s.api.networking.v1.IngressLoadBalancerIngress': {
    '': 'A point of entry.',
    ip: 'Its address, for load balancers that have one.',
    hostname: 'Its DNS name, for load balancers that have one.',
    ports: 'Its ports.',
  },
  'io.k8s.api.networking.v1.IngressPortStatus': {
    '': 'A port of a load balancer.',
    port: 'Its number.',
    protocol: 'TCP, UDP or SCTP.',
    error: 'What is wrong with it, if anything.',
  },
  'io.k8s.api.networking.v1.IngressClass': {
    '': 'A sort of Ingress and the controller that serves it. Annotate one with ingressclass.kubernetes.io/is-default-class: "true" as default.',
    spec: 'Which controller, and its settings.',
  },
  'io.k8s.api.networking.v1.IngressClassSpec': {
    controller: 'Name of the controller, such as example.com/ingress. Cannot be changed.',
    parameters: 'An object with settings for it.',
  },
  'io.k8s.api.networking.v1.IngressClassParametersReference': {
    apiGroup: 'Its group; empty for core kinds.',
    kind: 'Its kind.',
    name: 'Its name.',
    scope: 'Cluster (default) or Namespace.',
    namespace: 'Its namespace, for scope Namespace.',
  },
  'io.k8s.api.networking.v1.NetworkPolicy': {
    '': 'Says which traffic the chosen pods may have. Pods that no policy chooses may have all; several policies add up. Needs a network that enforces it.',
    spec: 'For whom, and what.',
  },
  'io.k8s.api.networking.v1.NetworkPolicySpec': {
    podSelector: 'For which pods of the namespace; {} is all. Absent is the same as {}.',
    ingress: 'Traffic to the pods that is allowed. Empty: none.',
    egress: 'Traffic from the pods that is allowed. Empty: none, not even DNS. Only used when policyTypes has Egress.',
    policyTypes:
      'Ingress, Egress or both: which directions are shut but for the rules. Default: Ingress, and Egress if there are egress rules.',
  },
  'io.k8s.api.networking.v1.NetworkPolicyIngressRule': {
    '': 'A rule; from and ports must both fit.',
    from: 'From whom; one must fit. Empty or absent: from everybody.',
    ports,
  },
  'io.k8s.api.networking.v1.NetworkPolicyEgressRule': {
    '': 'A rule; to and ports must both fit.',
    to: 'To whom; one must fit. Empty or absent: to everybody.',
    ports,
  },
  'io.k8s.api.networking.v1.NetworkPolicyPeer': {
    '': 'The other side. Both selectors in one entry: both must fit; in two entries: either.',
    podSelector: 'Pods with these labels; in the policy’s namespace, or those that namespaceSelector chooses.',
    namespaceSelector: 'Namespaces with these labels; {} is all.',
    ipBlock: 'Addresses. Not together with selectors; meant for outside the cluster.',
  },
  'io.k8s.api.networking.v1.IPBlock': {
    '': 'A range of addresses.',
    cidr: 'Such as 192.168.0.0/16.',
    except: 'Ranges in it that are left out.',
  },
  'io.k8s.api.networking.v1.NetworkPolicyPort': {
    '': 'A port or range of ports.',
    protocol: 'TCP (default), UDP or SCTP.',
    port: 'Number or name of the pods’ port (not the service’s). Absent: all ports of the protocol.',
    endPort: 'Last of a range that begins with port, which must be a number.',
  },
};
