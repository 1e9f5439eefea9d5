/**
 * The API server, put together: store → caches → admission, authorization → pipeline → HTTPS. Other processes reach it
 * over the socket, components of this process through `handle` with an identity of their own.
 */
import type { AddressInfo } from 'node:net';
import { descriptors } from '../api/kinds/descriptors.ts';
import type { ClusterRole, PolicyRule } from '../api/groups/rbac.v1.ts';
import type { AnyResource } from '../api/resource.ts';
import * as resources from '../api/resources.ts';
import { sleep, type Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Store } from '../store/store.ts';
import { Admission } from './admission/admission.ts';
import { createDefaultPlugins } from './admission/default-plugins.ts';
import { createRbacEscalation } from './admission/rbac-escalation.ts';
import type { Api } from './api.ts';
import { createAuthentication } from './authentication/authentication.ts';
import { createServiceAccountTokens, type StillThere } from './authentication/service-account-tokens.ts';
import { anyOf, masters } from './authorization/authorizer.ts';
import { createNodeAuthorizer } from './authorization/node.ts';
import { createRbacAuthorizer } from './authorization/rbac.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { CustomResources } from './custom-resources/definitions.ts';
import { refuseCreate } from './custom-resources/refuse-create.ts';
import { withRuleChecks } from './custom-resources/definition-rules.ts';
import type { AuditConfiguration } from './audit/configure.ts';
import { keepDefaults } from './fairness/keep-defaults.ts';
import { createHttpServer } from './http/server.ts';
import { measuredPlugins } from './metrics/admission-metrics.ts';
import { Registry } from './metrics/registry.ts';
import { createObserved, type Start } from './observed.ts';
import type { Handle } from './pipeline.ts';
import { defaultLimits, type RequestLimits } from './request-limits.ts';
import { createKubeletConnection, type KubeletCredentials } from './nodes/kubelet-connection.ts';
import { storageKey } from './registry/served.ts';
import { ServedResources } from './registry/served-resources.ts';
import { parseRange } from './services/address-range.ts';
import { createReservations } from './services/reservations.ts';

export interface ApiServerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly bindAddress: string;
  /** 0 = any free port. */
  readonly securePort: number;
  /** Where pods reach this server; default: the bind address. */
  readonly advertiseAddress?: string;
  readonly serving: { readonly cert: string; readonly key: string };
  readonly clientCa?: string;
  /** PEM of the private key that signs service account tokens. */
  readonly serviceAccountKey: string;
  /** Content of the static token file. */
  readonly tokens?: string;
  readonly serviceClusterIpRange: string;
  readonly kubelet?: KubeletCredentials;
  /** Default: `defaultLimits`. */
  readonly limits?: Partial<RequestLimits>;
  /** Default: nothing is audited. */
  readonly audit?: AuditConfiguration;
}

export interface ApiServer {
  readonly port: number;
  /** Answers a request of this process; who asks was established by whoever calls. */
  readonly handle: Handle;
  /** Ends in good order: not ready first, then no new requests, then those under way finish, watches end at once. */
  close(): Promise<void>;
}

/** Caches that every request or many need: filled before the server says it is ready. */
const neededAtOnce: readonly AnyResource[] = [
  resources.Namespaces,
  resources.Pods,
  resources.ServiceAccounts,
  resources.Services,
  resources.PriorityClasses,
  resources.Roles,
  resources.ClusterRoles,
  resources.RoleBindings,
  resources.ClusterRoleBindings,
  resources.FlowSchemas,
  resources.PriorityLevelConfigurations,
];

/** Resolves when the server answers /readyz with ok. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, clock, log } = options;
  const served = new ServedResources(store, descriptors.map(withRuleChecks));
  await Promise.all(neededAtOnce.map((resource) => served.of(resource).cache.ready()));
  const registry = new Registry();
  const limits = { ...defaultLimits, ...options.limits };
  const api = createApi(options, served, { registry, limits });
  const customResources = await CustomResources.start(api);
  const range = parseRange(options.serviceClusterIpRange);
  const start: Start = { bootstrapped: false, stopping: false };
  const observed = createObserved(options, { api, registry, limits, start });
  const http = createHttpServer({
    certificate: options.serving,
    clientCa: options.clientCa,
    now: clock.now,
    authenticate: observed.authenticate,
    inTime: observed.inTime,
    handle: observed.handle,
    watchEvents: observed.watchEvents,
    failed: (failure) => log.error('Request failed', { ...failure }),
    sendsAway: () => limits.goawayChance > 0 && options.random.next() < limits.goawayChance,
  });
  try {
    await listen(http.server, options);
  } catch (error) {
    await observed.close();
    await customResources.close();
    served.close();
    throw error;
  }
  const { port } = http.server.address() as AddressInfo;
  await bootstrap(api, {
    serviceClusterIpRange: options.serviceClusterIpRange,
    apiServiceIp: range.at(1),
    advertiseAddress: options.advertiseAddress ?? options.bindAddress,
    securePort: port,
  });
  const stopKeeping = keepDefaults(api);
  start.bootstrapped = true;
  return {
    port,
    handle: observed.handle,
    async close() {
      start.stopping = true;
      if (limits.shutdownDelayMs > 0) await sleep(clock, limits.shutdownDelayMs);
      await http.close(limits.requestTimeoutMs);
      await stopKeeping();
      await observed.close();
      await customResources.close();
      served.close();
    },
  };
}

function createApi(
  options: ApiServerOptions,
  served: ServedResources,
  { registry, limits }: { readonly registry: Registry; readonly limits: RequestLimits },
): Api {
  const { store, clock, random, log } = options;
  const cache = (resource: AnyResource): ReturnType<typeof served.of>['cache'] => served.of(resource).cache;
  const rbac = createRbacAuthorizer({
    roles: cache(resources.Roles),
    clusterRoles: cache(resources.ClusterRoles),
    roleBindings: cache(resources.RoleBindings),
    clusterRoleBindings: cache(resources.ClusterRoleBindings),
  });
  const nodeRole = served.of(resources.ClusterRoles);
  const nodeRules = (): readonly PolicyRule[] =>
    (nodeRole.cache.get(storageKey(nodeRole, undefined, 'system:node'))?.object as ClusterRole | undefined)?.rules ??
    [];
  const reservations = createReservations(cache(resources.Services), {
    range: options.serviceClusterIpRange,
    random,
    now: clock.now,
  });
  const authorizer = anyOf([masters, createNodeAuthorizer(cache(resources.Pods), nodeRules), rbac]);
  const tokens = createServiceAccountTokens(options.serviceAccountKey, stillThere(served), clock.now);
  const authentication = createAuthentication(options.tokens, tokens, clock.now, log);
  const plugins = [
    refuseCreate,
    ...createDefaultPlugins({ served, authorizer, reservations, random, store, clock, log }),
    createRbacEscalation(rbac, authorizer),
  ];
  return {
    store,
    clock,
    random,
    log,
    resources: served,
    admission: new Admission(measuredPlugins(registry, plugins)),
    authorizer,
    rules: (user, namespace) => rbac.rulesFor(user, namespace),
    tokens,
    authentication,
    reservations,
    kubelets: createKubeletConnection(options.kubelet),
    minRequestTimeoutSeconds: limits.minRequestTimeoutSeconds,
  };
}

/** The uid under which the object that a token is bound to is stored now. */
function stillThere(served: ServedResources): StillThere {
  const kinds: Readonly<Record<string, AnyResource>> = {
    ServiceAccount: resources.ServiceAccounts,
    Pod: resources.Pods,
    Secret: resources.Secrets,
    Node: resources.Nodes,
  };
  return async (kind, namespace, name) => {
    const resource = kinds[kind];
    if (resource === undefined) return undefined;
    const { cache } = served.of(resource);
    await cache.ready();
    const key = namespace === undefined ? `${cache.prefix}${name}` : `${cache.prefix}${namespace}/${name}`;
    return cache.get(key)?.object.metadata.uid;
  };
}

function listen(server: ReturnType<typeof createHttpServer>['server'], options: ApiServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.securePort, options.bindAddress, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
