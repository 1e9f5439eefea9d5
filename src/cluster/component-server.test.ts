import assert from 'node:assert/strict';
import { get } from 'node:https';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { Registry } from '../base/metrics.ts';
import { startTestServer } from '../apiserver/testing/test-server.ts';
import { startComponentServer } from './component-server.ts';
import { controllerManager } from './identities.ts';
import { createInProcessClient } from './in-process-client.ts';

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

function read(port: number, path: string, token?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const options = { host: '127.0.0.1', port, path, headers, rejectUnauthorized: false };
    get(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    }).on('error', reject);
  });
}

test('startComponentServer() tells everybody that it is well, and its figures to who may read them', async () => {
  const apiServer = await startTestServer();
  const client = createInProcessClient({ apiServer, user: controllerManager, userAgent: 'test/1' });
  const metrics = new Registry();
  metrics.counter({ name: 'things_total', help: 'Things' }).of().add(3);
  const options = { client, clock: systemClock, log: silentLog, metrics, address: '127.0.0.1', port: 0 };
  const server = await startComponentServer(options);
  try {
    for (const path of ['/healthz', '/livez', '/readyz?verbose']) {
      assert.deepEqual(await read(server.port, path), { status: 200, text: 'ok' });
    }
    assert.equal((await read(server.port, '/metrics')).status, 401);
    assert.equal((await read(server.port, '/metrics', 'unknown')).status, 401);
    assert.equal((await read(server.port, '/other')).status, 404);
    const asked = { spec: { expirationSeconds: 600 } };
    const { namespaces } = { namespaces: '/api/v1/namespaces/default/serviceaccounts' };
    await apiServer.ok('POST', namespaces, { metadata: { name: 'reader' } });
    const issued = await apiServer.ok('POST', `${namespaces}/reader/token`, asked);
    const { token } = issued['status'] as { readonly token: string };
    assert.equal((await read(server.port, '/metrics', token)).status, 403);
    const admin = await read(server.port, '/metrics', 'admin-token');
    assert.equal(admin.status, 200);
    assert.match(admin.text, /^things_total 3$/m);
  } finally {
    await server.close();
    await apiServer.close();
  }
});
