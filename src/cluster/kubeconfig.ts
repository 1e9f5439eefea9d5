/** Writes kubeconfig files: where the API server is, which authority to trust and who the reader is, all in one file. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KeyPair } from '../base/certificate.ts';
import type { ControlPlane } from './control-plane.ts';

export interface KubeconfigOptions {
  readonly path: string;
  /** `https://host:port` */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate; '' = one that the machine trusts anyhow. */
  readonly authority: string;
  readonly user: string;
  readonly client: KeyPair;
}

/** Replaces the file as a whole; only its owner may read it, because the key is inside. */
export async function writeKubeconfig(options: KubeconfigOptions): Promise<void> {
  await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
  await writeFile(`${options.path}.new`, kubeconfigText(options), { mode: 0o600 });
  await rename(`${options.path}.new`, options.path);
}

/** The administrator's, and one for each component that may run as a process of its own. */
export async function writeKubeconfigs({ directory, certificates, url }: ControlPlane): Promise<void> {
  const common = { server: url, authority: certificates.authority.certificate };
  const { admin, ...components } = certificates.clients;
  const nodes = [...certificates.nodes].map(([name, { client }]) => [`kubelet-${name}`, client] as const);
  await Promise.all([
    writeKubeconfig({ ...common, path: directory.kubeconfig, user: 'kubernetes-admin', client: admin }),
    ...[...Object.entries(components), ...nodes].map(([user, client]) =>
      writeKubeconfig({ ...common, path: join(directory.kubeconfigs, user), user, client }),
    ),
  ]);
}

function kubeconfigText({ server, authority, user, client }: KubeconfigOptions): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
  - name: slipway
    cluster:
      server: ${server}
${authority === '' ? '' : `      certificate-authority-data: ${base64(authority)}\n`}users:
  - name: ${user}
    user:
      client-certificate-data: ${base64(client.certificate)}
      client-key-data: ${base64(client.key)}
contexts:
  - name: slipway
    context:
      cluster: slipway
      user: ${user}
current-context: slipway
`;
}
