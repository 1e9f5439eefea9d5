/** Nodes and Services as the server would answer them, for tests of the cloud controllers. */
import type { Node, NodeSpec, NodeStatus, Service, ServiceSpec } from '../../api/groups/core.v1.ts';

const stored = { resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };

export function cloudService(name: string, spec: Partial<ServiceSpec> = {}, meta: object = {}): Service {
  const ports = [{ name: 'http', protocol: 'TCP', port: 80, nodePort: 30080, targetPort: 8080 }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...stored, ...meta },
    spec: { type: 'LoadBalancer', ports, ipFamilies: ['IPv4'], ...spec },
    status: { loadBalancer: {} },
  };
}

export function cloudNode(
  name: string,
  spec: Partial<NodeSpec> = {},
  status: Partial<NodeStatus> = {},
  meta: object = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, ...stored, ...meta },
    spec,
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: '',
        systemUUID: '',
        bootID: '',
        kernelVersion: '',
        osImage: '',
        containerRuntimeVersion: '',
        kubeletVersion: '',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
      ...status,
    },
  };
}
