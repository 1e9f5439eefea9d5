import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { after, before, test } from 'node:test';
import { adminToken, alice, at, startTestServer, type TestServer } from '../testing/test-server.ts';
import { textLine } from './text-line.ts';
import type { AuditEvent } from './audit-event.ts';

const policy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitManagedFields: true
rules:
- {level: None, nonResourceURLs: [/readyz]}
- {level: Metadata, resources: [{group: "", resources: [secrets]}]}
- {level: Request, resources: [{group: apps}]}
- {level: RequestResponse, omitStages: [RequestReceived]}
`;

const events: AuditEvent[] = [];
let server: TestServer;
before(async () => {
  const post = async (body: string): Promise<number> => {
    events.push(...(JSON.parse(body) as { readonly items: readonly AuditEvent[] }).items);
    return 200;
  };
  const batch = { bufferSize: 1, maxSize: 1, maxWaitMs: 0, throttle: undefined };
  const webhook = { post, mode: 'blocking', initialBackoffMs: 1, batch, truncate: undefined } as const;
  server = await startTestServer({ audit: { policy, webhook } });
});
after(() => server.close());

/** Events of requests to the path, when their last stage has been told. */
async function eventsOf(path: string): Promise<readonly AuditEvent[]> {
  for (let round = 0; round < 100; round++) {
    const found = events.filter(({ requestURI }) => requestURI === path);
    if (found.some(({ stage }) => stage === 'ResponseComplete')) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`Nothing was told of ${path}`);
}

const stagesOf = (told: readonly AuditEvent[]): readonly string[] => told.map(({ stage }) => stage);

test('audit tells both bodies at level RequestResponse, without managed fields', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid: 'mine' }, data: { k: 'v' } };
  await server.ok('POST', path, body);
  const told = await eventsOf(path);
  assert.deepEqual(stagesOf(told), ['ResponseComplete']);
  const [event] = told;
  assert.equal(event?.level, 'RequestResponse');
  assert.equal(event?.verb, 'create');
  assert.deepEqual(event?.objectRef, {
    resource: 'configmaps',
    namespace: 'default',
    name: 'a',
    uid: 'mine',
    apiVersion: 'v1',
  });
  assert.deepEqual(event?.responseStatus, { metadata: {}, code: 201 });
  assert.deepEqual(at(event?.requestObject, 'data'), { k: 'v' });
  assert.equal(at(event?.responseObject, 'metadata.managedFields'), undefined);
  assert.equal(at(event?.responseObject, 'metadata.name'), 'a');
});

test('audit tells the object with its defaults at level Request, and no answer', async () => {
  const path = '/apis/apps/v1/namespaces/default/deployments?dryRun=All';
  const selector = { matchLabels: { app: 'a' } };
  const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const metadata = { name: 'a' };
  await server.ok('POST', path, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector, template } });
  const told = await eventsOf(path);
  assert.deepEqual(stagesOf(told), ['RequestReceived', 'ResponseComplete']);
  const last = told.at(-1);
  assert.equal(at(last?.requestObject, 'spec.revisionHistoryLimit'), 10);
  assert.equal(last?.responseObject, undefined);
});

test('audit tells no body of secrets at level Metadata', async () => {
  const path = '/api/v1/namespaces/default/secrets';
  const metadata = { name: 'top' };
  await server.ok('POST', path, { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { word: 'hush-hush' } });
  const told = await eventsOf(path);
  assert.ok(told.length > 0 && !JSON.stringify(told).includes('hush'));
  assert.equal(told.at(-1)?.objectRef?.name, 'top');
});

test('audit tells who was refused and why', async () => {
  const path = '/api/v1/namespaces/kube-system/pods';
  const refused = await server.call('GET', path, { user: alice });
  assert.equal(refused.status, 403);
  const event = (await eventsOf(path)).at(-1);
  assert.deepEqual(event?.user, { username: 'alice', groups: ['devs', 'system:authenticated'] });
  assert.deepEqual(event?.annotations, {
    'authorization.k8s.io/decision': 'forbid',
    'authorization.k8s.io/reason': '',
  });
  assert.equal(event?.responseStatus?.['code'], 403);
  assert.equal(event?.responseStatus?.['reason'], 'Forbidden');
});

test('audit tells the beginning and the end of a watch', async () => {
  const path = '/api/v1/namespaces/default/services?watch=true&timeoutSeconds=1';
  await overHttps(path, { authorization: `Bearer ${adminToken}` });
  assert.deepEqual(stagesOf(await eventsOf(path)), ['ResponseStarted', 'ResponseComplete']);
});

test('audit names a request as its client does, and tells of one without a valid credential', async () => {
  const path = '/api/v1/namespaces/default/endpoints';
  const id = await overHttps(path, { authorization: 'Bearer wrong', 'audit-id': 'my-own-id' });
  assert.equal(id, 'my-own-id');
  const [event] = await eventsOf(path);
  assert.equal(event?.auditID, 'my-own-id');
  assert.deepEqual(event?.user, {});
  assert.deepEqual(event?.sourceIPs, ['127.0.0.1']);
  assert.equal(event?.responseStatus?.['code'], 401);
});

test('audit tells who acts in whose name', async () => {
  const path = '/api/v1/namespaces/default/serviceaccounts';
  await overHttps(path, { authorization: `Bearer ${adminToken}`, 'impersonate-user': 'bob' });
  const event = (await eventsOf(path)).at(-1);
  assert.equal(event?.user.username, 'admin');
  assert.equal(event?.impersonatedUser?.username, 'bob');
});

test('textLine() writes an event on a line', () => {
  const event: AuditEvent = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: 'id',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/a/pods',
    verb: 'list',
    user: { username: 'alice', groups: ['devs', 'ops'] },
    sourceIPs: ['10.0.0.1'],
    objectRef: { namespace: 'a' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000000Z',
    stageTimestamp: '2026-01-01T00:00:00.000000Z',
  };
  assert.equal(
    textLine(event),
    '2026-01-01T00:00:00.000000Z AUDIT: id="id" stage="ResponseComplete" ip="10.0.0.1" method="list" user="alice" ' +
      'groups="\\"devs\\",\\"ops\\"" as="<self>" asgroups="<lookup>" namespace="a" uri="/api/v1/namespaces/a/pods" response="200"',
  );
});

/** The Audit-ID of the answer, when it has ended. */
function overHttps(path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, headers, agent: false, rejectUnauthorized: false };
    const outgoing = httpsRequest(options, (response) => {
      response.resume();
      response.on('end', () => resolve(String(response.headers['audit-id'])));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('audit tells who asks for an API that is deprecated', async () => {
  const path = '/api/v1/namespaces/default/endpoints';
  await server.ok('GET', path);
  const last = (await eventsOf(path)).at(-1);
  assert.equal(last?.annotations?.['k8s.io/deprecated'], 'true');
});
