/**
 * The API server, put together: store → caches → admission, authorization → pipeline → HTTPS. Other processes reach it
 * over the socket, components of this process through `handle` with an identity of their own.
 */
import type { AddressInfo } from 'node:net';
import { descriptors, optionalDescriptors } from '../api/kinds/descriptors.ts';
import { isApiError } from '../api/api-error.ts';
import type { AnyResource } from '../api/resource.ts';
import type { Json } from '../api/schema.ts';
import * as resources from '../api/resources.ts';
import { sleep, type Clock } from '../base/clock.ts';
import { errorText, type Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Store } from '../store/store.ts';
import { Admission } from './admission/admission.ts';
import { createDefaultPlugins } from './admission/default-plugins.ts';
import { createParamAccess } from './admission/param-access.ts';
import { createRbacEscalation } from './admission/rbac-escalation.ts';
import { Aggregation } from './aggregation/aggregation.ts';
import { publishAuthentication } from './aggregation/authentication-config.ts';
import { createExtensionConnection, type ProxyCertificate } from './aggregation/connection.ts';
import { AggregationUpkeep } from './aggregation/upkeep.ts';
import type { Api } from './api.ts';
import { configureAuthentication, type AuthenticationOptions } from './authentication/configure.ts';
import { createImpersonate } from './authentication/impersonation.ts';
import type { LabelSecret } from './authentication/legacy-tokens.ts';
import {
  configureAuthorization,
  type AuthorizationMode,
  type FollowedAuthorization,
} from './authorization/configure.ts';
import { holdEndpoint } from './bootstrap/endpoint-leases.ts';
import { holdIdentity } from './bootstrap/identity-lease.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import { keepEssentials } from './bootstrap/keep-essentials.ts';
import { CustomResources } from './custom-resources/definitions.ts';
import { refuseCreate } from './custom-resources/refuse-create.ts';
import { ownRequest } from './custom-resources/own-request.ts';
import { withRuleChecks } from './custom-resources/definition-rules.ts';
import type { Encryption } from './encryption/encryption.ts';
import type { AuditConfiguration } from './audit/configure.ts';
import { keepDefaults } from './fairness/keep-defaults.ts';
import { createHttpServer } from './http/server.ts';
import { countReloads } from './metrics/reload-metrics.ts';
import { createAllocatorMetrics } from './metrics/allocator-metrics.ts';
import { createEncryptionMetrics, type EncryptionMetrics } from './metrics/encryption-metrics.ts';
import { createDecisionMetrics } from './metrics/decision-metrics.ts';
import { createCredentialMetrics } from './metrics/credential-metrics.ts';
import { measuredPlugins, measuredSteps } from './metrics/admission-metrics.ts';
import { registerFeatures } from './metrics/feature-metrics.ts';
import { createWaitMetrics } from './metrics/wait-metrics.ts';
import { measuredStore } from './metrics/measured-store.ts';
import { Registry } from '../base/metrics.ts';
import { createObserved, type Start } from './observed.ts';
import type { Handle } from './pipeline.ts';
import { defaultLimits, type RequestLimits } from './request-limits.ts';
import type { ServingOptions } from './http/tls.ts';
import { createKubeletConnection, type KubeletCredentials } from './nodes/kubelet-connection.ts';
import { ServedResources } from './registry/served-resources.ts';
import { parseRange } from './services/address-range.ts';
import { update } from './verbs/update.ts';
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
  readonly serving: ServingOptions;
  readonly authentication: AuthenticationOptions;
  /** Default: Node, then RBAC. */
  readonly authorization?: readonly AuthorizationMode[] | FollowedAuthorization;
  readonly serviceClusterIpRange: string;
  readonly kubelet?: KubeletCredentials;
  /** Objects are encrypted before they are stored: the EncryptionConfiguration, and whether its changes are followed. */
  readonly encryption?: { readonly path: string; readonly reload: boolean };
  /** What this server shows to extension servers. */
  readonly proxyClient?: ProxyCertificate;
  /** What is served beside the built-in resources: some of `optionalResources`; default: nothing. */
  readonly switchedOn?: readonly AnyResource[];
  /** Built-in resources that clients do not find; default: none. */
  readonly switchedOff?: readonly AnyResource[];
  /** Default: `defaultLimits`. */
  readonly limits?: Partial<RequestLimits>;
  /** The flags of the command that started the server, as /flagz shows them; default: none. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Default: nothing is audited. */
  readonly audit?: AuditConfiguration;
}

export interface ApiServer {
  readonly port: number;
  /** Names and types of all metrics, those without figures too. */
  readonly metrics: Registry['families'];
  /** Answers a request of this process; who asks was established by whoever calls. */
  readonly handle: Handle;
  /** Ends in good order: not ready first, then no new requests, then those under way finish, watches end at once. */
  close(): Promise<void>;
}

/** Caches that every request or many need: filled before the server says it is ready. */
const neededAtOnce: readonly AnyResource[] = [
  resources.APIServices,
  resources.Namespaces,
  resources.Pods,
  resources.ServiceAccounts,
  resources.Services,
  resources.ServiceCIDRs,
  resources.IPAddresses,
  resources.PriorityClasses,
  resources.Roles,
  resources.ClusterRoles,
  resources.RoleBindings,
  resources.ClusterRoleBindings,
  resources.FlowSchemas,
  resources.PriorityLevelConfigurations,
];

/** Resolves when the server answers /readyz with ok. */
export async function startApiServer(given: ApiServerOptions): Promise<ApiServer> {
  const { clock, log } = given;
  const registry = new Registry();
  const encryption = await startEncryption(given, createEncryptionMetrics(registry));
  const measured = measuredStore(given.store, registry);
  const store = encryption?.over(measured) ?? measured;
  const options = { ...given, store };
  const served = new ServedResources(store, servedDescriptors(given).map(withRuleChecks), given.switchedOff, given.log);
  await Promise.all(neededAtOnce.map((resource) => served.of(resource).cache.ready()));
  encryption?.whenReloaded(({ succeeded }) => {
    if (succeeded) served.reread();
  });
  const limits = { ...defaultLimits, ...options.limits };
  const api = createApi(options, served, { encryption, registry, limits });
  const customResources = await CustomResources.start(api);
  const range = parseRange(options.serviceClusterIpRange);
  registerFeatures(registry, options.switchedOn ?? []);
  const start: Start = { bootstrapped: false, stopping: false };
  const observed = createObserved(options, { api, registry, limits, start });
  const http = createHttpServer({
    serving: options.serving,
    clientCa: () => clientAuthorities(options.authentication),
    now: clock.now,
    authenticate: observed.authenticate,
    inTime: observed.inTime,
    passesOn: (info) => info.resource?.subresource === 'proxy' || api.aggregation.answering(info) !== undefined,
    handle: observed.handle,
    watch: observed.watch,
    failed: (failure) => log.error('Request failed', { ...failure }),
    sendsAway: () => limits.goawayChance > 0 && options.random.next() < limits.goawayChance,
  });
  const handshakeErrors = registry.counter({
    name: 'apiserver_tls_handshake_errors_total',
    help: 'Failed TLS handshakes',
  });
  http.server.on('tlsClientError', () => handshakeErrors.of().add());
  try {
    await listen(http.server, options);
  } catch (error) {
    await observed.close();
    await customResources.close();
    served.close();
    encryption?.close();
    throw error;
  }
  const { port } = http.server.address() as AddressInfo;
  const reachable = { advertiseAddress: options.advertiseAddress ?? options.bindAddress, securePort: port };
  const { serviceClusterIpRange } = options;
  const { switchedOn = [] } = options;
  const defaults = { serviceClusterIpRange, apiServiceIp: range.at(1), ...reachable, switchedOn };
  await bootstrap(api, defaults);
  const publish = (): Promise<void> => publishAuthentication(api, authoritiesOf(options.authentication));
  const upkeeps = await Promise.all([
    holdEndpoint(api, reachable),
    holdIdentity(api, reachable),
    keepEssentials(api, defaults, publish),
  ]);
  const stopPublishing = options.serving.onChange?.(() => {
    publish().catch((error: unknown) => log.warn('Could not publish whom to believe', { why: errorText(error) }));
  });
  const upkeep = await AggregationUpkeep.start(api);
  const stopKeeping = keepDefaults(api);
  start.bootstrapped = true;
  return {
    port,
    metrics: registry.families,
    handle: observed.handle,
    async close() {
      start.stopping = true;
      const delay = limits.shutdownDelayMs > 0 ? [sleep(clock, limits.shutdownDelayMs)] : [];
      await Promise.all([...upkeeps.map((each) => each.stop()), ...delay]);
      stopPublishing?.();
      await http.close(limits.requestTimeoutMs);
      await stopKeeping();
      await observed.close();
      await upkeep.close();
      api.aggregation.close();
      await customResources.close();
      served.close();
      encryption?.close();
    },
  };
}

async function startEncryption(
  { encryption, clock, log }: ApiServerOptions,
  metrics: EncryptionMetrics,
): Promise<Encryption | undefined> {
  if (encryption === undefined) return undefined;
  const { Encryption } = await import('./encryption/encryption.ts');
  const builtin = [...descriptors, ...optionalDescriptors].map(({ resource }) => resource as AnyResource);
  return await Encryption.start({ ...encryption, clock, log, metrics }, builtin);
}

function servedDescriptors({ switchedOn = [] }: ApiServerOptions): typeof descriptors {
  return [...descriptors, ...optionalDescriptors.filter(({ resource }) => switchedOn.includes(resource))];
}

interface ApiParts {
  readonly encryption: Encryption | undefined;
  readonly registry: Registry;
  readonly limits: RequestLimits;
}

function createApi(
  options: ApiServerOptions,
  served: ServedResources,
  { encryption, registry, limits }: ApiParts,
): Api {
  const { store, clock, random, log } = options;
  const cache = (resource: AnyResource): ReturnType<typeof served.of>['cache'] => served.of(resource).cache;
  const { authorization = ['Node', 'RBAC'] } = options;
  const { authorizer, rbac } = configureAuthorization(authorization, served, createDecisionMetrics(registry));
  const { configuration } = options.authentication;
  if ('modes' in authorization) countReloads(registry, 'authorization', authorization, clock.now);
  if (configuration !== undefined) countReloads(registry, 'authentication', configuration, clock.now);
  if (encryption !== undefined) countReloads(registry, 'encryption', encryption, clock.now);
  const reservations = createReservations({
    served,
    range: options.serviceClusterIpRange,
    store,
    random,
    clock,
    metrics: createAllocatorMetrics(registry),
  });
  const label: LabelSecret = (...labelled) => labelSecret(api, ...labelled);
  const context = { served, label, now: clock.now, log, metrics: createCredentialMetrics(registry) };
  const { authentication, tokens } = configureAuthentication(options.authentication, context);
  const plugins = [
    refuseCreate,
    createParamAccess(served, authorizer),
    ...createDefaultPlugins({ served, authorizer, reservations, random, store, clock, log, registry }),
    createRbacEscalation(rbac, authorizer),
  ];
  const api: Api = {
    store,
    clock,
    random,
    log,
    resources: served,
    admission: new Admission(measuredPlugins(registry, plugins), measuredSteps(registry)),
    authorizer,
    impersonate: createImpersonate(authorizer),
    tokens,
    authentication,
    reservations,
    kubelets: createKubeletConnection(options.kubelet),
    minRequestTimeoutSeconds: limits.minRequestTimeoutSeconds,
    encryption,
    waited: createWaitMetrics(registry),
    aggregation: new Aggregation(cache(resources.APIServices), createExtensionConnection(options.proxyClient)),
  };
  return api;
}

/** What extension servers are told of whom to believe: what this server believes itself. */
const authoritiesOf = ({ clientCa, frontProxy }: AuthenticationOptions) => ({
  clientCa: clientCa?.(),
  frontProxy: frontProxy === undefined ? undefined : { ...frontProxy, ca: frontProxy.ca() },
});

/** What TLS may check client certificates by: all authorities together; which of them counts is decided later. */
function clientAuthorities({ clientCa, frontProxy }: AuthenticationOptions): string | undefined {
  const texts = [clientCa?.(), frontProxy?.ca()].filter((text) => text !== undefined && text !== '');
  return texts.length === 0 ? undefined : texts.join('\n');
}

const labelSecret = async (api: Api, ...[secret, label, value]: Parameters<LabelSecret>): Promise<void> => {
  const served = api.resources.of(resources.Secrets);
  const { name, namespace, labels } = secret.metadata;
  const body = { ...secret, metadata: { ...secret.metadata, labels: { ...labels, [label]: value } } };
  const request = ownRequest(served, { verb: 'update', name, namespace, body: body as unknown as Json });
  try {
    await update(api, served, request);
  } catch (error) {
    // A token is not the worse for it; the next use writes it.
    if (!isApiError(error)) throw error;
    api.log.info('Could not write on a token when it was used', { namespace, name, why: error.message });
  }
};

function listen(server: ReturnType<typeof createHttpServer>['server'], options: ApiServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.securePort, options.bindAddress, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
