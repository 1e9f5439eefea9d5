/** Credentials for image registries from the Secrets that a pod names. */
import type { Secret } from '../../api/groups/core.v1.ts';
import type { RegistryAuth } from '../runtimes/runtime.ts';

interface DockerAuth {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly identitytoken?: string;
}

/** Those that fit the image's registry, in the order of the secrets. */
export function registryAuths(secrets: readonly Secret[], image: string): readonly RegistryAuth[] {
  const registry = registryOf(image);
  return secrets.flatMap((secret) =>
    Object.entries(authsOf(secret))
      .filter(([server]) => hostOfServer(server) === registry)
      .map(([serverAddress, { username, password, auth, identitytoken }]) => ({
        serverAddress,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(auth === undefined ? {} : { auth }),
        ...(identitytoken === undefined ? {} : { identityToken: identitytoken }),
      })),
  );
}

function registryOf(image: string): string {
  const [first = ''] = image.split('/');
  const isHost = image.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return isHost && first !== 'index.docker.io' ? first : 'docker.io';
}

function hostOfServer(server: string): string {
  const host = server.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function authsOf({ data = {} }: Secret): Readonly<Record<string, DockerAuth>> {
  const text = data['.dockerconfigjson'] ?? data['.dockercfg'];
  if (text === undefined) return {};
  const parsed = parseJson(Buffer.from(text, 'base64').toString());
  const auths = data['.dockerconfigjson'] === undefined ? parsed : parsed['auths'];
  return typeof auths === 'object' && auths !== null ? (auths as Readonly<Record<string, DockerAuth>>) : {};
}

/** A Secret that holds nonsense gives no credentials. */
function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
