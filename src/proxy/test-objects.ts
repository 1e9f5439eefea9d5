/** Services and endpoint slices for the tests of the proxy and of DNS. */
import type { Service, ServiceSpec } from '../api/groups/core.v1.ts';
import type { Endpoint, EndpointSlice } from '../api/groups/discovery.v1.ts';

const stored = { resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

export function testService(name: string, spec: ServiceSpec): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...stored },
    spec: { type: 'ClusterIP', ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }], ...spec },
    status: { loadBalancer: {} },
  };
}

export interface SliceSketch {
  readonly endpoints: readonly Endpoint[];
  readonly ports?: EndpointSlice['ports'];
}

export function testSlice(service: string, { endpoints, ports }: SliceSketch): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service}-abcde`,
      namespace: 'default',
      uid: `uid-slice-${service}`,
      labels: { 'kubernetes.io/service-name': service },
      ...stored,
    },
    addressType: 'IPv4',
    endpoints,
    ports: ports ?? [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

export function testEndpoint(ip: string, more: Partial<Endpoint> = {}): Endpoint {
  return { addresses: [ip], conditions: { ready: true }, nodeName: 'here', ...more };
}
