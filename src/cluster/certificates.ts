/**
 * The cluster's certificates and keys, made once in a folder of the data directory under kubeadm's file names.
 *
 *   ca ─┬─ apiserver (server)          front-proxy-ca ── front-proxy-client
 *       ├─ apiserver-kubelet-client    sa.key, sa.pub   service account tokens, RS256
 *       ├─ admin, controller-manager, cloud-controller-manager, scheduler, proxy, dns (clients)
 *       └─ for each node: kubelet-NAME (server) and kubelet-client-NAME
 *
 * What is there is kept as long as it fits: signed by the authority, valid for another month, for the wanted names. What
 * does not is made anew; an authority near its end is renewed with its key, so that what it signed stays valid.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { User } from '../apiserver/user.ts';
import { createCertificate, type CertificateRequest, type KeyPair } from '../base/certificate.ts';

import { admin, cloudControllerManager, controllerManager, dns, kubelet, proxy, scheduler } from './identities.ts';

export interface NodeIdentity {
  readonly name: string;
  /** Where the node's kubelet listens: addresses and names. */
  readonly hosts: readonly string[];
}

export interface CertificatesOptions {
  readonly directory: string;
  readonly now: number;
  /** Names and addresses of the API server that clients may use, besides those inside the cluster. */
  readonly apiserverHosts: readonly string[];
  /** Suffix of the cluster's DNS names. */
  readonly clusterDomain: string;
  readonly nodes: readonly NodeIdentity[];
}

export interface ClusterCertificates {
  readonly authority: KeyPair;
  readonly frontProxyAuthority: KeyPair;
  readonly apiserver: KeyPair;
  readonly apiserverKubeletClient: KeyPair;
  readonly frontProxyClient: KeyPair;
  readonly clients: Readonly<Record<ClientName, KeyPair>>;
  readonly nodes: ReadonlyMap<string, { readonly server: KeyPair; readonly client: KeyPair }>;
  /** PEM of the key that signs service account tokens; a new one is still being made when the rest is there. */
  readonly serviceAccountKey: Promise<string>;
}

export type ClientName = 'admin' | 'controller-manager' | 'cloud-controller-manager' | 'scheduler' | 'proxy' | 'dns';

type Subject = Pick<CertificateRequest, 'commonName' | 'organizations'>;

/** Who each client is to the API server: the same as in one process. */
const clientSubjects: Readonly<Record<ClientName, Subject>> = {
  admin: subjectOf(admin),
  'controller-manager': subjectOf(controllerManager),
  'cloud-controller-manager': subjectOf(cloudControllerManager),
  scheduler: subjectOf(scheduler),
  proxy: subjectOf(proxy),
  dns: subjectOf(dns),
};

function subjectOf({ name, groups }: User): Subject {
  return { commonName: name, organizations: groups };
}

const dayMs = 86_400_000;
const authorityDays = 3650;
const certificateDays = 365;
const renewalDays = 30;
/** Clocks of other machines may be behind. */
const backdateMs = 300_000;

/** Reads what is there and makes what is missing, outdated or for other names. */
export async function ensureCertificates(options: CertificatesOptions): Promise<ClusterCertificates> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const [authority, frontProxyAuthority] = await Promise.all([
    ensureAuthority(options, 'ca', 'kubernetes'),
    ensureAuthority(options, 'front-proxy-ca', 'front-proxy-ca'),
  ]);
  const serviceAccountKey = ensureServiceAccountKey(options);
  serviceAccountKey.catch(() => undefined); // told to whoever needs it
  const issue = (file: string, subject: Subject, usage: 'client' | 'server', hosts: readonly string[] = []) =>
    ensureIssued(options, file, { ...subject, usage, hosts }, authority);
  const client = (name: ClientName): Promise<KeyPair> => issue(name, clientSubjects[name], 'client');

  const [apiserver, apiserverKubeletClient, frontProxyClient, admin, controllers, cloud, scheduler, proxy, dns] =
    await Promise.all([
      issue('apiserver', { commonName: 'kube-apiserver' }, 'server', apiserverHosts(options)),
      issue('apiserver-kubelet-client', kubeletClientSubject, 'client'),
      ensureIssued(
        options,
        'front-proxy-client',
        { commonName: 'front-proxy-client', usage: 'client' },
        frontProxyAuthority,
      ),
      client('admin'),
      client('controller-manager'),
      client('cloud-controller-manager'),
      client('scheduler'),
      client('proxy'),
      client('dns'),
    ]);
  const nodes = await Promise.all(
    options.nodes.map(async ({ name, hosts }) => {
      const subject = subjectOf(kubelet(name));
      const server = await issue(`kubelet-${name}`, subject, 'server', [...new Set([name, ...hosts])]);
      return [name, { server, client: await issue(`kubelet-client-${name}`, subject, 'client') }] as const;
    }),
  );
  return {
    authority,
    frontProxyAuthority,
    apiserver,
    apiserverKubeletClient,
    frontProxyClient,
    clients: {
      admin,
      'controller-manager': controllers,
      'cloud-controller-manager': cloud,
      scheduler,
      proxy,
      dns,
    },
    nodes: new Map(nodes),
    serviceAccountKey,
  };
}

const kubeletClientSubject: Subject = {
  commonName: 'kube-apiserver-kubelet-client',
  organizations: ['system:masters'],
};

function apiserverHosts(options: CertificatesOptions): readonly string[] {
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${options.clusterDomain}`,
  ];
  return [...new Set([...service, 'localhost', '127.0.0.1', '::1', ...options.apiserverHosts])];
}

async function ensureAuthority(options: CertificatesOptions, file: string, commonName: string): Promise<KeyPair> {
  const found = await readKeyPair(options, file);
  if (found !== undefined && validFor(new X509Certificate(found.certificate), options.now)) return found;
  const validity = { notBeforeMs: options.now - backdateMs, notAfterMs: options.now + authorityDays * dayMs };
  const made = createCertificate({ commonName, usage: 'authority', ...validity }, undefined, found?.key);
  await writeKeyPair(options, file, made);
  return made;
}

async function ensureIssued(
  options: CertificatesOptions,
  file: string,
  wanted: Omit<CertificateRequest, 'notBeforeMs' | 'notAfterMs'>,
  authority: KeyPair,
): Promise<KeyPair> {
  const found = await readKeyPair(options, file);
  if (found !== undefined && fits(found, wanted, authority, options.now)) return found;
  const validity = { notBeforeMs: options.now - backdateMs, notAfterMs: options.now + certificateDays * dayMs };
  const made = createCertificate({ ...wanted, ...validity }, authority);
  await writeKeyPair(options, file, made);
  return made;
}

function fits(found: KeyPair, wanted: Pick<CertificateRequest, 'hosts'>, authority: KeyPair, now: number): boolean {
  const certificate = new X509Certificate(found.certificate);
  const issuer = new X509Certificate(authority.certificate);
  if (!validFor(certificate, now) || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
    return false;
  return (wanted.hosts ?? []).every((host) =>
    isIP(host) === 0
      ? certificate.checkHost(host, { subject: 'never' }) !== undefined
      : certificate.checkIP(host) !== undefined,
  );
}

function validFor(certificate: X509Certificate, now: number): boolean {
  return certificate.validFromDate.getTime() <= now && certificate.validToDate.getTime() - now > renewalDays * dayMs;
}

/** RSA takes some 100 ms, so it is made on another thread and nobody waits who does not need it. */
async function ensureServiceAccountKey({ directory }: CertificatesOptions): Promise<string> {
  const path = join(directory, 'sa.key');
  const found = await readText(path);
  const key = found === undefined ? await newServiceAccountKey() : createPrivateKey(found);
  const privateKey = found ?? key.export({ type: 'pkcs8', format: 'pem' }).toString();
  if (found === undefined) await writePrivately(path, privateKey);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const publicPath = join(directory, 'sa.pub');
  if ((await readText(publicPath)) !== publicKey) await writePrivately(publicPath, publicKey);
  return privateKey;
}

async function newServiceAccountKey(): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey;
}

async function readKeyPair(options: CertificatesOptions, file: string): Promise<KeyPair | undefined> {
  const [certificate, key] = await Promise.all([
    readText(join(options.directory, `${file}.crt`)),
    readText(join(options.directory, `${file}.key`)),
  ]);
  if (certificate === undefined || key === undefined) return undefined;
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) ? { certificate, key } : undefined;
}

/** The key first: a certificate without its key would be useless, a key alone is used by nobody. */
async function writeKeyPair(options: CertificatesOptions, file: string, pair: KeyPair): Promise<void> {
  await writePrivately(join(options.directory, `${file}.key`), pair.key);
  await writePrivately(join(options.directory, `${file}.crt`), pair.certificate);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writePrivately(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
