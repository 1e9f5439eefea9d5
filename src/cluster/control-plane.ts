/**
 * The part of a cluster that keeps its objects: data directory → certificates → store → API server, each opened after the
 * one before and closed in the opposite order.
 */
import { hostname, networkInterfaces } from 'node:os';
import type { Log } from '../base/log.ts';
import { steadyClock, systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { startApiServer, type ApiServer } from '../apiserver/api-server.ts';
import type { AuditConfiguration } from '../apiserver/audit/configure.ts';
import type { AnyResource } from '../api/resource.ts';
import type { RequestLimits } from '../apiserver/request-limits.ts';
import type { AuthenticationOptions } from '../apiserver/authentication/configure.ts';
import type { AuthorizationMode, FollowedAuthorization } from '../apiserver/authorization/configure.ts';
import type { ServingOptions } from '../apiserver/http/tls.ts';
import type { KubeletCredentials } from '../apiserver/nodes/kubelet-connection.ts';
import { parseRange } from '../apiserver/services/address-range.ts';
import { EmbeddedStore } from '../store/embedded/embedded-store.ts';
import { openEmbeddedStore } from '../store/embedded/open.ts';
import { StoreError, type Store } from '../store/store.ts';
import { ensureCertificates, type ClusterCertificates, type NodeIdentity } from './certificates.ts';
import { openDataDirectory, type DataDirectory } from './data-directory.ts';
import type { EtcdChoice } from './etcd-client.ts';
import { explainListen } from './explain-listen.ts';
import { SetupError } from './setup-error.ts';
import type { Steps } from './steps.ts';

type AuthenticationChoice = Partial<Omit<AuthenticationOptions, 'serviceAccounts'>> & {
  readonly serviceAccounts?: Partial<AuthenticationOptions['serviceAccounts']>;
};

export interface ControlPlaneOptions {
  /** Taken by the caller, who gives it back after `close`. */
  readonly directory: DataDirectory;
  readonly bindAddress: string;
  readonly port: number;
  /** The flag that chooses another port, for messages. */
  readonly portFlag: string;
  /** Where pods reach the API server; default: the bind address, or this machine's when it listens on all. */
  readonly advertiseAddress?: string;
  readonly serviceRange: string;
  /** Default: one that the cluster's own authority signs. */
  readonly serving?: ServingOptions | undefined;
  /** For the default certificate: which TLS to speak. */
  readonly tls?: Omit<ServingOptions, 'certificate'>;
  /** Default: certificates of the cluster's own authorities and tokens of its own service accounts. */
  readonly authentication?: AuthenticationChoice;
  readonly authorization?: readonly AuthorizationMode[] | FollowedAuthorization;
  /** How objects are encrypted before they are stored. */
  readonly encryption?: { readonly path: string; readonly reload: boolean };
  readonly nodes: readonly NodeIdentity[];
  /** Where the store is served by the etcd v3 API; default: nowhere. */
  readonly etcdListenUrls?: readonly string[];
  /** Size of the store in the data directory beyond which nothing is put; default: what the disk holds. */
  readonly quotaBytes?: number;
  /** An etcd cluster that keeps the objects; default: a store in the data directory. */
  readonly etcd?: EtcdChoice;
  readonly limits?: Partial<RequestLimits>;
  /** Resources that are served beside those that are on by default. */
  readonly switchedOn?: readonly AnyResource[];
  /** Built-in resources that are not. */
  readonly switchedOff?: readonly AnyResource[];
  readonly audit?: AuditConfiguration;
  /** The flags of the command, as /flagz shows them. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly log: Log;
}

export interface ControlPlane {
  readonly directory: DataDirectory;
  readonly certificates: ClusterCertificates;
  readonly apiServer: ApiServer;
  /** Where a client on this machine reaches the API. */
  readonly url: string;
  close(): Promise<void>;
}

export const clusterDomain = 'cluster.local';

/** @throws SetupError when the directory is held, cannot be written, is of a newer format, or holds something else. */
export function takeDataDirectory(path: string, steps: Steps): Promise<DataDirectory> {
  return steps.step(
    'data directory',
    () => openDataDirectory(path),
    (directory) => directory.path,
  );
}

/** @throws SetupError for what the user can mend: a port in use, a full disk. */
export async function startControlPlane(options: ControlPlaneOptions, steps: Steps): Promise<ControlPlane> {
  const opened: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) await last();
  };
  try {
    const { directory } = options;
    const storeOpening = openStoreOf(options); // on its own thread, while certificates are read
    const opening = storeOpening.catch(() => undefined);
    opened.push(async () => (await opening)?.close());
    const certificates = await steps.step('certificates', () => certificatesFor(directory, options));
    opened.push(async () => void (await certificates.serviceAccountKey.catch(() => undefined)));
    const store = await steps.step(
      'store',
      () => storeOpening,
      ({ revision }) => `revision ${revision}`,
    );
    const etcdUrls = options.etcdListenUrls ?? [];
    if (etcdUrls.length > 0 && store instanceof EmbeddedStore) {
      const etcd = await steps.step(
        'etcd API',
        () => serveStore(store, certificates, etcdUrls),
        ({ urls }) => urls.join(' '),
      );
      opened.push(() => etcd.close());
    }
    const start = (): Promise<ApiServer> =>
      startApiServer({
        store,
        clock: systemClock,
        random: systemRandom,
        log: options.log.named('apiserver'),
        bindAddress: options.bindAddress,
        securePort: options.port,
        advertiseAddress: options.advertiseAddress ?? reachableAddress(options.bindAddress),
        serving: options.serving ?? { ...options.tls, ...servingPair(certificates) },
        authentication: authenticationOf(certificates, options.authentication),
        ...(options.authorization === undefined ? {} : { authorization: options.authorization }),
        ...(options.encryption === undefined ? {} : { encryption: options.encryption }),
        serviceClusterIpRange: options.serviceRange,
        ...(options.switchedOn === undefined ? {} : { switchedOn: options.switchedOn }),
        ...(options.switchedOff === undefined ? {} : { switchedOff: options.switchedOff }),
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...(options.audit === undefined ? {} : { audit: options.audit }),
        ...(options.flags === undefined ? {} : { flags: options.flags }),
        kubelet: kubeletCredentials(certificates),
        proxyClient: { cert: certificates.frontProxyClient.certificate, key: certificates.frontProxyClient.key },
      });
    const urlOf = ({ port }: ApiServer): string => `https://${localAddress(options.bindAddress)}:${port}`;
    const apiServer = await steps.step('API server', () => listening(start, options), urlOf);
    opened.push(() => apiServer.close());
    return { directory, certificates, apiServer, url: urlOf(apiServer), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The cluster's own authorities and keys, where nothing else was chosen. */
function authenticationOf(
  { authority, frontProxyAuthority, serviceAccountKey }: ClusterCertificates,
  chosen: AuthenticationChoice = {},
): AuthenticationOptions {
  return {
    clientCa: () => authority.certificate,
    frontProxy: { ...frontProxyDefaults, ca: () => frontProxyAuthority.certificate },
    ...chosen,
    serviceAccounts: { signingKey: serviceAccountKey, ...chosen.serviceAccounts },
  };
}

/** As kubeadm has them. */
const frontProxyDefaults = {
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['X-Remote-User'],
  uidHeaders: ['X-Remote-Uid'],
  groupHeaders: ['X-Remote-Group'],
  extraHeaderPrefixes: ['X-Remote-Extra-'],
};

const servingPair = ({ apiserver }: ClusterCertificates) => ({
  certificate: () => ({ cert: apiserver.certificate, key: apiserver.key }),
});

/** Over TLS the API server's certificate is shown, and whoever may do everything in the cluster may do so here. */
async function serveStore(store: EmbeddedStore, certificates: ClusterCertificates, listenUrls: readonly string[]) {
  const { apiserver, authority } = certificates;
  const tls = {
    cert: apiserver.certificate,
    key: apiserver.key,
    clientCa: authority.certificate,
    clientCertAuth: true,
    clientOrganization: 'system:masters',
  };
  const { serveEtcd } = await import('./etcd-server.ts');
  return await serveEtcd(store, { listenUrls, tls }, '--etcd-listen-client-urls');
}

function certificatesFor(directory: DataDirectory, options: ControlPlaneOptions): Promise<ClusterCertificates> {
  const addresses = options.bindAddress === '127.0.0.1' ? [] : machineAddresses();
  const advertised = options.advertiseAddress === undefined ? [] : [options.advertiseAddress];
  return ensureCertificates({
    directory: directory.certificates,
    now: systemClock.now(),
    apiserverHosts: [parseRange(options.serviceRange).at(1), hostname().toLowerCase(), ...addresses, ...advertised],
    clusterDomain,
    nodes: options.nodes,
  });
}

async function openStoreOf({ etcd, directory, log, quotaBytes }: ControlPlaneOptions): Promise<Store> {
  if (etcd === undefined) return await openStore(directory, log, quotaBytes);
  const { openEtcd } = await import('./etcd-client.ts');
  return await openEtcd(etcd, log);
}

/** What Kubernetes' servers let an etcd keep, unless told otherwise. */
const historyMs = 300_000;

async function openStore(
  directory: DataDirectory,
  log: Log,
  quotaBytes = Infinity,
): ReturnType<typeof openEmbeddedStore> {
  try {
    return await openEmbeddedStore({
      directory: directory.store,
      clock: steadyClock,
      log: log.named('store'),
      quotaBytes,
      retention: { mode: 'periodic', keepMs: historyMs },
    });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new SetupError(`Cannot open the store in "${directory.store}": ${error.message}`, { cause: error });
  }
}

async function listening(start: () => Promise<ApiServer>, options: ControlPlaneOptions): Promise<ApiServer> {
  try {
    return await start();
  } catch (error) {
    throw explainListen(error, options.bindAddress, options.port, options.portFlag);
  }
}

function kubeletCredentials({ apiserverKubeletClient, authority }: ClusterCertificates): KubeletCredentials {
  return { cert: apiserverKubeletClient.certificate, key: apiserverKubeletClient.key, ca: authority.certificate };
}

/** IPv4 addresses of this machine that others can use, in the order of its interfaces. */
function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

function reachableAddress(bindAddress: string): string {
  return bindAddress === '0.0.0.0' ? (machineAddresses()[0] ?? '127.0.0.1') : bindAddress;
}

function localAddress(bindAddress: string): string {
  return bindAddress === '0.0.0.0' ? '127.0.0.1' : bindAddress;
}
