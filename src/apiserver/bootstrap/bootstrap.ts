/**
 * What a cluster has before anybody asked for anything: namespaces, roles, flow schemas, priority classes, and the
 * Service by which pods reach the API. Done at every start; what exists is left alone, but for roles and bindings that lack
 * what they should have (mend-roles.ts), flow schemas and levels (fairness/keep-defaults.ts), and what must be there and
 * right while the server runs (keep-essentials.ts).
 */
import { isApiError } from '../../api/api-error.ts';
import type { KubeObject } from '../../api/kind.ts';
import type { AnyResource } from '../../api/resource.ts';
import {
  APIServices,
  ClusterRoleBindings,
  ClusterRoles,
  ConfigMaps,
  Endpoints,
  EndpointSlices,
  FlowSchemas,
  IPAddresses,
  Namespaces,
  PriorityClasses,
  PriorityLevelConfigurations,
  RoleBindings,
  Roles,
  Services,
  ServiceCIDRs,
} from '../../api/resources.ts';
import { formatTime } from '../../api/time.ts';
import { managedLabel } from '../aggregation/registration.ts';
import type { Api } from '../api.ts';
import { ownRequest } from '../custom-resources/own-request.ts';
import { storageKey } from '../registry/served.ts';
import { deleteOne } from '../verbs/delete.ts';
import { apiServices } from './api-services.ts';
import { optionalRoleBindings, optionalRoles, optionalServices } from './optional.ts';
import { flowControlManager, flowSchemas, priorityLevels } from './flow-control.ts';
import { addressOf } from '../services/address-objects.ts';
import { mendRoles } from './mend-roles.ts';
import { clusterRoleBindings, roleBindings } from './role-bindings.ts';
import { clusterRoles, roles } from './roles.ts';
import { seedMissing, type Seed } from './seed.ts';

/** Where the Service `kubernetes` leads. */
export const apiServicePorts = (securePort: number) => [
  { name: 'https', protocol: 'TCP', port: 443, targetPort: securePort },
];

export interface BootstrapOptions {
  readonly serviceClusterIpRange: string;
  /** First address of the range: the Service `kubernetes`. */
  readonly apiServiceIp: string;
  /** Where this server can be reached from pods. */
  readonly advertiseAddress: string;
  readonly securePort: number;
  /** What is served beside the built-in resources. */
  readonly switchedOn: readonly AnyResource[];
}

type AnySeed = Seed<KubeObject>;

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

export async function bootstrap(api: Api, options: BootstrapOptions): Promise<void> {
  const rbac = (seeds: readonly unknown[]): readonly AnySeed[] => (seeds as readonly AnySeed[]).map(markedAsDefault);
  const now = formatTime(api.clock.now());
  const access: readonly (readonly [AnyResource, readonly AnySeed[]])[] = [
    [ClusterRoles, rbac([...clusterRoles, ...optionalRoles(options.switchedOn)])],
    [ClusterRoleBindings, rbac([...clusterRoleBindings, ...optionalRoleBindings(options.switchedOn)])],
    [Roles, rbac(roles)],
    [RoleBindings, rbac(roleBindings)],
  ];
  const versions = new Set(api.resources.all().map(({ resource: { group, version } }) => `${version}.${group}`));
  const services = [...apiServices, ...optionalServices] as readonly unknown[] as readonly AnySeed[];
  const isServed = ({ metadata: { name } }: AnySeed): boolean => versions.has(name);
  const all: readonly (readonly [AnyResource, readonly AnySeed[], string?])[] = [
    ...essentials(options, now),
    ...access,
    [FlowSchemas, flowSchemas as readonly unknown[] as readonly AnySeed[], flowControlManager],
    [PriorityLevelConfigurations, priorityLevels as readonly unknown[] as readonly AnySeed[], flowControlManager],
    [PriorityClasses, priorityClasses],
    [APIServices, services.filter(isServed).map((seed) => localService(seed, now))],
  ];
  await Promise.all(all.map(([resource, seeds, manager]) => seedMissing(api, resource, seeds, manager)));
  for (const [resource, seeds] of access) await mendRoles(api, resource, seeds);
  const unserved = services.filter((seed) => !isServed(seed));
  await dropServices(
    api,
    unserved.map(({ metadata: { name } }) => name),
  );
}

/** The APIServices of what an earlier start served and this one does not. */
async function dropServices(api: Api, names: readonly string[]): Promise<void> {
  const services = api.resources.of(APIServices);
  for (const name of names) {
    const labels = services.cache.get(storageKey(services, undefined, name))?.object.metadata.labels;
    if (labels?.[managedLabel] !== 'onstart') continue;
    try {
      await deleteOne(api, services, ownRequest(services, { verb: 'delete', name }));
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}

/** What no cluster may be without at any time; `now`: a timestamp. */
export function essentials(
  options: BootstrapOptions,
  now: string,
): readonly (readonly [AnyResource, readonly AnySeed[]])[] {
  return [
    [Namespaces, namespaces.map(namespaceSeed)],
    [ConfigMaps, [tokenTracking(now)]],
    [ServiceCIDRs, [serviceRange(options, now)]],
    [IPAddresses, [addressOf(options.apiServiceIp, apiService(options) as KubeObject)]],
    [Services, [apiService(options)]],
    [Endpoints, [apiEndpoints(options)]],
    [EndpointSlices, [apiEndpointSlice(options)]],
  ];
}

/** Since when servers note which tokens of service accounts are used: what is older tells nothing. */
const tokenTracking = (now: string): AnySeed =>
  ({
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    data: { since: now.slice(0, 10) },
  }) as AnySeed;

/** A group that this server answers itself is there whenever the server is. */
function localService(seed: AnySeed, lastTransitionTime: string): AnySeed {
  const message = 'Local APIServices are always available';
  const available = { type: 'Available', status: 'True', lastTransitionTime, reason: 'Local', message };
  return { ...seed, status: { conditions: [available] } };
}

const namespaceSeed = (name: string): AnySeed => ({
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
  spec: { finalizers: ['kubernetes'] },
});

/** Marks by which upgrades know what is theirs to bring up to date. */
function markedAsDefault(seed: AnySeed): AnySeed {
  const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...seed.metadata.labels };
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true', ...seed.metadata.annotations };
  return { ...seed, metadata: { ...seed.metadata, labels, annotations } };
}

const priorityClasses = [
  {
    metadata: { name: 'system-cluster-critical' },
    value: 2_000_000_000,
    description:
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    preemptionPolicy: 'PreemptLowerPriority',
  },
  {
    metadata: { name: 'system-node-critical' },
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
    preemptionPolicy: 'PreemptLowerPriority',
  },
] as readonly object[] as readonly AnySeed[];

const serviceRange = ({ serviceClusterIpRange }: BootstrapOptions, lastTransitionTime: string): AnySeed => ({
  metadata: { name: 'kubernetes' },
  spec: { cidrs: [serviceClusterIpRange] },
  status: { conditions: [rangeReady(lastTransitionTime)] },
});

export const rangeReady = (lastTransitionTime: string) => ({
  type: 'Ready',
  status: 'True',
  lastTransitionTime,
  reason: '',
  message: 'Kubernetes default Service CIDR is ready',
});

const apiService = ({ apiServiceIp, securePort }: BootstrapOptions): AnySeed => ({
  metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: apiServiceIp,
    clusterIPs: [apiServiceIp],
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    internalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    ports: apiServicePorts(securePort),
  },
});

const apiEndpoints = ({ advertiseAddress, securePort }: BootstrapOptions): AnySeed =>
  ({
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip: advertiseAddress }], ports: [{ name: 'https', port: securePort, protocol: 'TCP' }] }],
  }) as AnySeed;

const apiEndpointSlice = ({ advertiseAddress, securePort }: BootstrapOptions): AnySeed =>
  ({
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [advertiseAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port: securePort, protocol: 'TCP' }],
  }) as AnySeed;
