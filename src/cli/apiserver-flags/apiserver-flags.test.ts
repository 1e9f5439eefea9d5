import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { JsonObject } from '../../api/schema.ts';
import { createCertificate } from '../../base/certificate.ts';
import { readArguments } from '../command.ts';
import { command } from '../commands/apiserver.ts';

interface Asked {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
}

/** An API server with these flags, its data directory, and a way to ask it. */
async function start(t: TestContext, flagsOf: (directory: string) => Promise<readonly string[]> | readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'apiserver-'));
  const data = join(directory, 'data');
  await writeFile(join(directory, 'tokens'), 'admintok,admin,1,"system:masters"\n');
  const args = ['--data-dir', data, '--secure-port', '0', '--token-auth-file', join(directory, 'tokens')];
  const stopping = new AbortController();
  let ready: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (ready = resolve));
  const write = (text: string): void => void (text.includes('ready in') && ready());
  const terminal = {
    interactive: false,
    columns: 80,
    write,
    writeError: () => undefined,
    style: (_: string, text: string) => text,
  };
  const invocation = {
    ...readArguments(command, [...args, ...(await flagsOf(directory))]),
    terminal,
    signal: stopping.signal,
  };
  const running = command.run(invocation);
  t.after(async () => {
    stopping.abort();
    await running;
    await rm(directory, { recursive: true });
  });
  await Promise.race([started, running]);
  const config = await readFile(join(data, 'kubeconfig'), 'utf8');
  const server = /server: (\S+)/.exec(config)?.[1] ?? '';
  const ask = (
    path: string,
    { body, headers, token, ...options }: Asked = {},
  ): Promise<{ status: number; body: JsonObject }> =>
    new Promise((resolve, reject) => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const type = { 'content-type': 'application/json', ...authorization, ...headers };
      const method = body === undefined ? 'GET' : 'POST';
      const outgoing = request(`${server}${path}`, {
        rejectUnauthorized: false,
        method,
        headers: type,
        agent: false,
        ...options,
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({
            status: response.statusCode ?? 0,
            body: text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {},
          });
        });
      });
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const whoami = async (asked: Asked) => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await ask('/apis/authentication.k8s.io/v1/selfsubjectreviews', { ...asked, body: review });
    const { userInfo } = (answer.body['status'] ?? {}) as { userInfo?: { username?: string; groups?: string[] } };
    return userInfo === undefined ? answer.status : [userInfo.username, ...(userInfo.groups ?? [])];
  };
  const pki = async (name: string) => ({
    cert: await readFile(join(data, 'certificates', `${name}.crt`), 'utf8'),
    key: await readFile(join(data, 'certificates', `${name}.key`), 'utf8'),
  });
  return { ask, whoami, pki, directory };
}

test('bootstrap tokens, the front proxy and certificates let in who they are for', { timeout: 60_000 }, async (t) => {
  const { ask, whoami, pki } = await start(t, () => ['--enable-bootstrap-token-auth', '--anonymous-auth=false']);
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
    stringData: { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true' },
  };
  const made = await ask('/api/v1/namespaces/kube-system/secrets', { token: 'admintok', body: secret });
  assert.equal(made.status, 201);
  assert.deepEqual(await whoami({ token: 'abcdef.0123456789abcdef' }), [
    'system:bootstrap:abcdef',
    'system:bootstrappers',
    'system:authenticated',
  ]);
  assert.equal(await whoami({ token: 'abcdef.0123456789abcdeg' }), 401);
  const headers = { 'x-remote-user': 'jane', 'x-remote-group': 'devs' };
  assert.deepEqual(await whoami({ ...(await pki('front-proxy-client')), headers }), [
    'jane',
    'devs',
    'system:authenticated',
  ]);
  assert.deepEqual(await whoami({ ...(await pki('scheduler')), headers }), [
    'system:kube-scheduler',
    'system:authenticated',
  ]);
  const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 60_000 };
  const stranger = createCertificate({
    commonName: 'admin',
    organizations: ['system:masters'],
    usage: 'client',
    ...validity,
  });
  assert.equal(await whoami({ cert: stranger.certificate, key: stranger.key }), 401);
  assert.deepEqual(await whoami({ cert: stranger.certificate, key: stranger.key, token: 'admintok' }), [
    'admin',
    'system:masters',
    'system:authenticated',
  ]);
  assert.equal((await ask('/livez')).status, 401, 'nobody');
});

test('anonymous requests may be limited to paths, and AlwaysDeny forbids the rest', { timeout: 60_000 }, async (t) => {
  const { ask } = await start(t, async (directory) => {
    const path = join(directory, 'authentication.yaml');
    const conditions = 'anonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n';
    await writeFile(path, `apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n${conditions}`);
    return ['--authentication-config', path, '--authorization-mode', 'RBAC,AlwaysDeny'];
  });
  assert.equal((await ask('/livez')).status, 200);
  assert.equal((await ask('/readyz')).status, 401);
  assert.equal((await ask('/api/v1/namespaces', { token: 'admintok' })).status, 200);
});

test('service account flags choose issuers and keys', { timeout: 60_000 }, async (t) => {
  const { ask } = await start(t, async (directory) => {
    const path = join(directory, 'sa.key');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return [
      '--service-account-issuer=https://one',
      '--service-account-issuer=https://two',
      '--service-account-signing-key-file',
      path,
    ];
  });
  const { body } = await ask('/.well-known/openid-configuration', { token: 'admintok' });
  assert.equal(body['issuer'], 'https://one');
  assert.deepEqual(body['id_token_signing_alg_values_supported'], ['ES256']);
});

test('flags that cannot be understood are refused before anything starts', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'apiserver-'));
  t.after(() => rm(directory, { recursive: true }));
  const config = join(directory, 'config.yaml');
  await writeFile(
    config,
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: []\n',
  );
  const terminal = {
    interactive: false,
    columns: 80,
    write: () => undefined,
    writeError: () => undefined,
    style: (_: string, text: string) => text,
  };
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--authorization-mode', 'RBAC,ABAC'], /authorization-mode "ABAC" is not a valid mode/],
    [['--authorization-config', config], /at least one authorization mode must be defined/],
    [['--tls-cipher-suites', 'TLS_RSA_WITH_RC4_128_SHA'], /not supported or doesn't exist/],
    [['--tls-min-version', 'VersionTLS10'], /--tls-min-version must be one of/],
    [['--oidc-issuer-url', 'http://x', '--oidc-client-id', 'y'], /URL scheme must be https/],
    [['--client-ca-file', join(directory, 'none')], /ENOENT/],
    [['--tls-sni-cert-key', 'one'], /expects comma separated certificate and key file paths/],
  ];
  for (const [args, text] of wrong) {
    const invocation = {
      ...readArguments(command, ['--data-dir', join(directory, 'data'), ...args]),
      terminal,
      signal: AbortSignal.abort(),
    };
    await assert.rejects(command.run(invocation), text, args.join(' '));
  }
});
