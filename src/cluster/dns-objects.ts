/**
 * The objects by which pods find the cluster's DNS: a Service with a fixed address, and the rights of its server. The
 * server runs beside the node, so that its addresses are written here and not found by a selector.
 */
import { ClusterRoleBindings, ClusterRoles, EndpointSlices, ServiceAccounts, Services } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { createMissing } from './create-missing.ts';

const namespace = 'kube-system';
/** The name that tools and the conformance suite look for. */
const serviceName = 'kube-dns';
const account = 'coredns';
const roleName = 'system:coredns';

export interface DnsPlace {
  readonly clusterIp: string;
  /** Where the server listens. */
  readonly address: string;
  readonly port: number;
}

/** Creates what is missing and brings the addresses up to date. */
export async function ensureDnsObjects(client: Client, place: DnsPlace): Promise<void> {
  const labels = { 'k8s-app': 'kube-dns', 'kubernetes.io/name': 'CoreDNS', 'kubernetes.io/cluster-service': 'true' };
  const read = ['list', 'watch'];
  await Promise.all([
    createMissing(client, ServiceAccounts, { name: account, namespace }, { metadata: { name: account, namespace } }),
    createMissing(
      client,
      ClusterRoles,
      { name: roleName },
      {
        metadata: { name: roleName },
        rules: [
          { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: read },
          { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
        ],
      },
    ),
    createMissing(
      client,
      ClusterRoleBindings,
      { name: roleName },
      {
        metadata: { name: roleName },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
      },
    ),
    createMissing(
      client,
      Services,
      { name: serviceName, namespace },
      {
        metadata: { name: serviceName, namespace, labels },
        spec: {
          clusterIP: place.clusterIp,
          ports: [
            { name: 'dns', port: 53, protocol: 'UDP', targetPort: place.port },
            { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: place.port },
          ],
        },
      },
    ),
  ]);
  await client.patch(
    EndpointSlices,
    { namespace, name: `${serviceName}-node` },
    {
      type: 'apply',
      force: true,
      value: {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${serviceName}-node`,
          namespace,
          labels: { 'kubernetes.io/service-name': serviceName, 'endpointslice.kubernetes.io/managed-by': 'slipway' },
        },
        addressType: 'IPv4',
        endpoints: [{ addresses: [place.address], conditions: { ready: true } }],
        ports: [
          { name: 'dns', port: place.port, protocol: 'UDP' },
          { name: 'dns-tcp', port: place.port, protocol: 'TCP' },
        ],
      },
    },
    { fieldManager: 'slipway' },
  );
}
