/** Writes kubeconfig files: where the API server is, which authority to trust and who the reader is, all in one file. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyPair } from '../base/certificate.ts';

export interface KubeconfigOptions {
  readonly path: string;
  /** `https://host:port` */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
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

function kubeconfigText({ server, authority, user, client }: KubeconfigOptions): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
kind: Config
clusters:
  - name: slipway
    cluster:
      server: ${server}
      certificate-authority-data: ${base64(authority)}
users:
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
