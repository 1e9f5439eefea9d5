/**
 * The API server, put together: store → caches → admission, authorization → pipeline → HTTPS. Other processes reach it
 * over the socket, components of this process through `handle` with an identity of their own.
 */
import type { AddressInfo } from 'node:net';
import { descriptors } from '../api/kinds/descriptors.ts';
import type { ClusterRole, PolicyRule } from '../api/groups/rbac.v1.ts';
import type { AnyResource } from '../api/resource.ts';
import * as resources from '../api/resources.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Store } from '../store/store.ts';
import { Admission } from './admission/admission.ts';
import { createDefaultPlugins } from './admission/default-plugins.ts';
import { createRbacEscalation } from './admission/rbac-escalation.ts';
import { Aggregation } from './aggregation/aggregation.ts';
import { publishAuthentication, type FrontProxyAuthority } from './aggregation/authentication-config.ts';
import { createExtensionConnection, type ProxyCertificate } from './aggregation/connection.ts';
import { AggregationUpkeep } from './aggregation/upkeep.ts';
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
import { dispatch } from './dispatch.ts';
import { Encryption } from './encryption/encryption.ts';
import type { Health } from './health.ts';
import { createHttpServer } from './http/server.ts';
import { createRequestMetrics } from './metrics.ts';
import { createKubeletConnection, type KubeletCredentials } from './nodes/kubelet-connection.ts';
import { createPathHandler } from './paths.ts';
import { storageKey } from './registry/served.ts';
import { ServedResources } from './registry/served-resources.ts';
import type { Answer, ApiRequest } from './request.ts';
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
  /** Objects are encrypted before they are stored: the EncryptionConfiguration, and whether its changes are followed. */
  readonly encryption?: { readonly path: string; readonly reload: boolean };
  /** What this server shows to extension servers. */
  readonly proxyClient?: ProxyCertificate;
  /** How extension servers know front proxies such as this server. */
  readonly frontProxy?: FrontProxyAuthority;
}

export interface ApiServer {
  readonly port: number;
  /** Answers a request of this process; who asks was established by whoever calls. */
  handle(request: ApiRequest): Promise<Answer>;
  close(): Promise<void>;
}

/** Caches that every request or many need: filled before the server says it is ready. */
const neededAtOnce: readonly AnyResource[] = [
  resources.APIServices,
  resources.Namespaces,
  resources.Pods,
  resources.ServiceAccounts,
  resources.Services,
  resources.PriorityClasses,
  resources.Roles,
  resources.ClusterRoles,
  resources.RoleBindings,
  resources.ClusterRoleBindings,
];

/** Resolves when the server answers /readyz with ok. */
export async function startApiServer(given: ApiServerOptions): Promise<ApiServer> {
  const { clock, log } = given;
  const encryption = await startEncryption(given);
  const store = encryption?.over(given.store) ?? given.store;
  const options = { ...given, store };
  const served = new ServedResources(store, descriptors.map(withRuleChecks));
  await Promise.all(neededAtOnce.map((resource) => served.of(resource).cache.ready()));
  encryption?.whenReloaded(() => served.reread());
  const api = createApi(options, served, encryption);
  const customResources = await CustomResources.start(api);
  const range = parseRange(options.serviceClusterIpRange);
  const metrics = createRequestMetrics();
  const started = { bootstrapped: false };
  const health = createHealth(store, started, encryption);
  const paths = createPathHandler(health, metrics);
  const handle = (request: ApiRequest): Promise<Answer> => dispatch(api, request, paths);
  const http = createHttpServer({
    certificate: options.serving,
    clientCa: options.clientCa,
    now: clock.now,
    authenticate: (credentials) => api.authentication.authenticate(credentials),
    passesOn: (info) => info.resource?.subresource === 'proxy' || api.aggregation.answering(info) !== undefined,
    handle,
    finished: (request) => {
      metrics.finished(request);
      if (request.failure !== undefined)
        log.error('Request failed', { method: request.method, path: request.path, failure: request.failure });
    },
  });
  try {
    await listen(http.server, options);
  } catch (error) {
    await customResources.close();
    served.close();
    encryption?.close();
    throw error;
  }
  const { port } = http.server.address() as AddressInfo;
  await bootstrap(api, {
    serviceClusterIpRange: options.serviceClusterIpRange,
    apiServiceIp: range.at(1),
    advertiseAddress: options.advertiseAddress ?? options.bindAddress,
    securePort: port,
  });
  await publishAuthentication(api, { clientCa: options.clientCa, frontProxy: options.frontProxy });
  const upkeep = await AggregationUpkeep.start(api);
  started.bootstrapped = true;
  return {
    port,
    handle,
    async close() {
      await http.close();
      await upkeep.close();
      api.aggregation.close();
      await customResources.close();
      served.close();
      encryption?.close();
    },
  };
}

function startEncryption({ encryption, clock, log }: ApiServerOptions): Promise<Encryption> | undefined {
  const builtin = descriptors.map(({ resource }) => resource as AnyResource);
  return encryption === undefined ? undefined : Encryption.start({ ...encryption, clock, log }, builtin);
}

function createApi(options: ApiServerOptions, served: ServedResources, encryption: Encryption | undefined): Api {
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
  const admission = new Admission([
    refuseCreate,
    ...createDefaultPlugins({ served, authorizer, reservations, random, store, clock, log }),
    createRbacEscalation(rbac, authorizer),
  ]);
  return {
    store,
    clock,
    random,
    log,
    resources: served,
    admission,
    authorizer,
    rules: (user, namespace) => rbac.rulesFor(user, namespace),
    tokens,
    authentication,
    reservations,
    kubelets: createKubeletConnection(options.kubelet),
    encryption,
    aggregation: new Aggregation(cache(resources.APIServices), createExtensionConnection(options.proxyClient)),
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

/** The steps of the start that others may wait for, by the names that Kubernetes gives them. */
const startSteps = [
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/apiservice-registration-controller',
];

function createHealth(
  store: Store,
  started: { readonly bootstrapped: boolean },
  encryption: Encryption | undefined,
): Health {
  const well = (): undefined => undefined;
  const step = (name: string) => ({ name, check: () => (started.bootstrapped ? undefined : 'not finished') });
  const live = [{ name: 'ping', check: well }, { name: 'log', check: well }, storeCheck(store)];
  return { live: [...live, ...(encryption?.checks() ?? []), ...startSteps.map(step)], ready: [] };
}

function storeCheck(store: Store): { name: string; check: () => string | undefined } {
  return { name: 'etcd', check: () => store.fault?.message };
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
