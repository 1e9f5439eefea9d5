import assert from 'node:assert/strict';
import https from 'node:https';
import { test } from 'node:test';
import { ConfigMaps, SubjectAccessReviews, TokenReviews } from '../api/resources.ts';
import { createCertificate } from '../base/certificate.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { seededRandom } from '../base/random.ts';
import type { Client } from './client.ts';
import { startComponentServer } from './component-server.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryServer } from './memory-server.ts';

const now = Date.now();
const lasting = { notBeforeMs: now - 1000, notAfterMs: now + 3_600_000 };
const authority = createCertificate({ commonName: 'ca', usage: 'authority', ...lasting });

/** A client whose reviews know the token `known` of the user prometheus, who may get /metrics. */
function reviewingClient(server: MemoryServer): Client {
  const inner = new MemoryClient(server);
  const create = async (resource: unknown, object: unknown): Promise<unknown> => {
    const { spec } = object as { readonly spec: Readonly<Record<string, unknown>> };
    if (resource === TokenReviews) {
      const authenticated = spec['token'] === 'known';
      return { status: { authenticated, user: authenticated ? { username: 'prometheus', groups: [] } : {} } };
    }
    assert.equal(resource, SubjectAccessReviews);
    const { path, verb } = spec['nonResourceAttributes'] as Readonly<Record<string, string>>;
    return { status: { allowed: spec['user'] === 'prometheus' && path === '/metrics' && verb === 'get' } };
  };
  return Object.assign(Object.create(inner) as Client, {
    create,
    find: (resource: typeof ConfigMaps, ref: { readonly name: string }) => inner.find(resource, ref),
  });
}

function get(
  port: number,
  path: string,
  options: https.RequestOptions = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = https.get(
      { host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...options },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    request.on('error', reject);
  });
}

test('startComponentServer() tells health to all, and metrics to whom the API server lets get them', async (t) => {
  const memory = new MemoryServer(systemClock);
  memory.create(ConfigMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
    data: { 'client-ca-file': authority.certificate },
  });
  const server = await startComponentServer({
    name: 'kube-scheduler',
    client: reviewingClient(memory),
    clock: systemClock,
    random: seededRandom(1),
    log: silentLog,
    address: '127.0.0.1',
    port: 0,
    metricsText: () => 'scheduler_x 1\n',
  });
  t.after(() => server.close());
  const { port } = server;
  const bearing = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  for (const path of ['/healthz', '/livez', '/readyz?verbose']) {
    assert.deepEqual(await get(port, path), { status: 200, text: 'ok' });
  }
  assert.equal((await get(port, '/metrics')).status, 403);
  assert.equal((await get(port, '/metrics', bearing('unknown'))).status, 401);
  assert.deepEqual(await get(port, '/metrics', bearing('known')), { status: 200, text: 'scheduler_x 1\n' });
  assert.equal((await get(port, '/secrets', bearing('known'))).status, 403);
  const admin = createCertificate(
    { commonName: 'root', organizations: ['system:masters'], usage: 'client', ...lasting },
    authority,
  );
  const withCertificate = { cert: admin.certificate, key: admin.key };
  assert.equal((await get(port, '/metrics', withCertificate)).status, 200);
  assert.equal((await get(port, '/nowhere', withCertificate)).status, 404);
});
