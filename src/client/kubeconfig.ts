/**
 * Where the cluster is and who we are, as every Kubernetes tool looks for it: the file that was named, else the files
 * of $KUBECONFIG (what an earlier one says wins), else ~/.kube/config, else the service account of the pod we are in.
 */
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { JsonObject } from '../api/schema.ts';
import type { Clock } from '../base/clock.ts';
import { basicCredential } from './credential.ts';
import { execCredential, type ExecCredential } from './exec-credential.ts';
import type { HttpClientOptions } from './http-client.ts';

export interface KubeconfigSources {
  /** As given by --kubeconfig: this file alone, and it must exist. */
  readonly path?: string | undefined;
  /** Default: the file's current context. */
  readonly context?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Where a pod finds its account; default: where Kubernetes mounts it. */
  readonly serviceAccountDirectory?: string | undefined;
}

export interface ClusterAccess {
  readonly client: HttpClientOptions;
  /** For commands that name none; default: `default`. */
  readonly namespace: string;
  /** Undefined in a pod. */
  readonly context: string | undefined;
}

/** @throws Error that says what is missing, and where it was looked for. */
export async function findClusterAccess(sources: KubeconfigSources): Promise<ClusterAccess> {
  const { path, environment, clock } = sources;
  const paths = path === undefined ? defaultPaths(environment) : [path];
  const files = await Promise.all(paths.map((each) => readConfigFile(each, path !== undefined)));
  const found = files.filter((file) => file !== undefined);
  if (found.length > 0) return accessFromConfig(mergeConfigs(found), sources, found[0]?.path ?? '');
  if (environment['KUBERNETES_SERVICE_HOST'] !== undefined) return accessFromPod(sources, clock);
  throw new Error(`Cannot find a cluster: there is no ${paths.join(' nor ')}, and this is no pod`);
}

function defaultPaths(environment: KubeconfigSources['environment']): readonly string[] {
  const listed = environment['KUBECONFIG'];
  if (listed !== undefined && listed !== '') return listed.split(delimiter).filter((path) => path !== '');
  return [join(environment['HOME'] ?? environment['USERPROFILE'] ?? '.', '.kube', 'config')];
}

interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
}

interface User {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly 'as-groups'?: readonly string[];
  readonly 'as-uid'?: string;
  readonly 'as-user-extra'?: JsonObject;
  readonly exec?: Exec;
  readonly 'auth-provider'?: JsonObject;
}

interface Exec {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly provideClusterInfo?: boolean;
  readonly interactiveMode?: string;
  readonly installHint?: string;
}

interface Context {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

interface ConfigFile {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly name: string; readonly cluster: Cluster }[] | null;
  readonly users?: readonly { readonly name: string; readonly user?: User }[] | null;
  readonly contexts?: readonly { readonly name: string; readonly context: Context }[] | null;
}

interface FoundFile {
  readonly path: string;
  readonly config: ConfigFile;
}

/** An entry, and the folder to which its file names are relative. */
interface Located<T> {
  readonly value: T;
  readonly directory: string;
}

interface Config {
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, Located<Cluster>>;
  readonly users: ReadonlyMap<string, Located<User>>;
  readonly contexts: ReadonlyMap<string, Located<Context>>;
}

async function readConfigFile(path: string, needed: boolean): Promise<FoundFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !needed) return undefined;
    throw new Error(`Cannot read the kubeconfig "${path}"`, { cause: error });
  }
  const { loadAll } = await import('js-yaml');
  try {
    return { path, config: (loadAll(text)[0] ?? {}) as ConfigFile };
  } catch (error) {
    throw new Error(`Cannot read the kubeconfig "${path}"`, { cause: error });
  }
}

function mergeConfigs(files: readonly FoundFile[]): Config {
  const clusters = new Map<string, Located<Cluster>>();
  const users = new Map<string, Located<User>>();
  const contexts = new Map<string, Located<Context>>();
  let currentContext = '';
  for (const { path, config } of files) {
    const directory = dirname(resolve(path));
    const keep = <T>(into: Map<string, Located<T>>, name: string, value: T): void => {
      if (!into.has(name)) into.set(name, { value, directory });
    };
    for (const { name, cluster } of config.clusters ?? []) keep(clusters, name, cluster);
    for (const { name, user } of config.users ?? []) keep(users, name, user ?? {});
    for (const { name, context } of config.contexts ?? []) keep(contexts, name, context);
    if (currentContext === '') currentContext = config['current-context'] ?? '';
  }
  return { currentContext, clusters, users, contexts };
}

async function accessFromConfig(config: Config, sources: KubeconfigSources, path: string): Promise<ClusterAccess> {
  const name = sources.context ?? config.currentContext;
  if (name === '') throw new Error(`Cannot choose a cluster: the kubeconfig "${path}" has no current-context`);
  const context = entry(config.contexts, 'context', name).value;
  const cluster = entry(config.clusters, 'cluster', context.cluster ?? '');
  const user = context.user === undefined ? undefined : entry(config.users, 'user', context.user);
  refuseUnknownWays(cluster.value, user?.value ?? {});
  const ca = await pem(cluster, 'certificate-authority');
  const identity = user === undefined ? {} : await identify(user, { cluster: cluster.value, ca, sources });
  const { cert, key, ...rest } = identity;
  return {
    client: {
      server: cluster.value.server ?? '',
      clock: sources.clock,
      tls: {
        ca,
        cert,
        key,
        serverName: cluster.value['tls-server-name'],
        insecureSkipVerify: cluster.value['insecure-skip-tls-verify'],
      },
      ...rest,
    },
    namespace: context.namespace ?? 'default',
    context: name,
  };
}

function entry<T>(entries: ReadonlyMap<string, Located<T>>, what: string, name: string): Located<T> {
  const found = entries.get(name);
  if (found !== undefined) return found;
  const known = [...entries.keys()].map((each) => `"${each}"`).join(', ');
  throw new Error(`Cannot find the ${what} "${name}" in the kubeconfig: it has ${known === '' ? 'none' : known}`);
}

/** Better no access than one by another way, or with other rights, than the file says. */
function refuseUnknownWays(cluster: Cluster, user: User): void {
  if (cluster.server === undefined || cluster.server === '')
    throw new Error('Cannot use the cluster: it has no server');
  if (cluster['proxy-url'] !== undefined) throw new Error('Cannot use the cluster: proxy-url is not supported');
  if (user['auth-provider'] !== undefined)
    throw new Error('Cannot use the user: auth-provider is not supported, use exec');
  if (user['as-user-extra'] !== undefined) throw new Error('Cannot use the user: as-user-extra is not supported');
}

type Identity = Pick<HttpClientOptions, 'token' | 'tokenFile' | 'credential' | 'impersonate'> & {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
};

interface Surroundings {
  readonly cluster: Cluster;
  readonly ca: string | undefined;
  readonly sources: KubeconfigSources;
}

async function identify(located: Located<User>, around: Surroundings): Promise<Identity> {
  const { value: user, directory } = located;
  const exec = user.exec === undefined ? undefined : await runExec(user.exec, directory, around);
  const basic = user.username === undefined ? undefined : basicCredential(user.username, user.password ?? '');
  const impersonate =
    user.as === undefined ? undefined : { user: user.as, groups: user['as-groups'], uid: user['as-uid'] };
  return {
    cert: exec?.cert ?? (await pem(located, 'client-certificate')),
    key: exec?.key ?? (await pem(located, 'client-key')),
    token: user.token,
    tokenFile: user.tokenFile === undefined ? undefined : resolve(directory, user.tokenFile),
    // A token of the file itself wins over the program and the password.
    credential: user.token === undefined && user.tokenFile === undefined ? (exec?.credential ?? basic) : undefined,
    impersonate,
  };
}

function runExec(exec: Exec, directory: string, around: Surroundings): Promise<ExecCredential> {
  const { cluster, ca, sources } = around;
  if (exec.interactiveMode === 'Always') throw new Error(`Cannot run "${exec.command}": it wants a terminal`);
  const added = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const clusterInfo = {
    server: cluster.server ?? '',
    ...(cluster['tls-server-name'] === undefined ? {} : { 'tls-server-name': cluster['tls-server-name'] }),
    ...(ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }),
  };
  return execCredential(
    {
      apiVersion: exec.apiVersion ?? '',
      command: /[/\\]/.test(exec.command) ? resolve(directory, exec.command) : exec.command,
      args: exec.args ?? [],
      environment: { ...sources.environment, ...added },
      cluster: exec.provideClusterInfo === true ? clusterInfo : undefined,
      installHint: exec.installHint,
    },
    sources.clock,
  );
}

/** The text behind `name-data` (base64), else that of the file called `name`. */
async function pem<K extends string>(
  { value, directory }: Located<{ readonly [key in K | `${K}-data`]?: string }>,
  name: K,
): Promise<string | undefined> {
  const data: string | undefined = value[`${name}-data`];
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const file: string | undefined = value[name];
  return file === undefined || file === '' ? undefined : readFile(resolve(directory, file), 'utf8');
}

/** Kubernetes gives every pod the address of the API server, its certificate authority and a token that is renewed. */
async function accessFromPod(sources: KubeconfigSources, clock: Clock): Promise<ClusterAccess> {
  const directory = sources.serviceAccountDirectory ?? '/var/run/secrets/kubernetes.io/serviceaccount';
  const host = sources.environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = sources.environment['KUBERNETES_SERVICE_PORT'] ?? '443';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ca = await readFile(join(directory, 'ca.crt'), 'utf8');
  const namespace = (await readFile(join(directory, 'namespace'), 'utf8')).trim();
  return { client: { server, clock, tls: { ca }, tokenFile: join(directory, 'token') }, namespace, context: undefined };
}
