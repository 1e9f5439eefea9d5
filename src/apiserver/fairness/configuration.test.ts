/** Priority and fairness as clients of the API meet it: the conformance suite's operations, and what is configured in force. */
import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { after, before, test } from 'node:test';
import { createPrivateKeyPem } from '../../base/certificate.ts';
import type { Json, JsonObject } from '../../api/schema.ts';
import { adminToken, at, startTestServer, type TestServer } from '../testing/test-server.ts';

const authenticatedAlice = { name: 'alice', groups: ['devs', 'system:authenticated'] };
const group = '/apis/flowcontrol.apiserver.k8s.io';
const schemas = `${group}/v1/flowschemas`;
const levels = `${group}/v1/prioritylevelconfigurations`;

let server: TestServer;
before(async () => {
  const serviceAccounts = { signingKey: createPrivateKeyPem() };
  const tokens = `${adminToken},admin,1,"system:masters"\nalice,alice,2,devs\n`;
  server = await startTestServer({ authentication: { serviceAccounts, tokens } });
});
after(() => server.close());

const level = (name: string, limited: JsonObject): Json => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'PriorityLevelConfiguration',
  metadata: { name, labels: { test: 'yes' } },
  spec: { type: 'Limited', limited },
});

const schema = (name: string, levelName: string, matchingPrecedence = 9000): Json => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name, labels: { test: 'yes' } },
  spec: {
    matchingPrecedence,
    priorityLevelConfiguration: { name: levelName },
    distinguisherMethod: { type: 'ByUser' },
    rules: [
      {
        subjects: [{ kind: 'User', user: { name: 'alice' } }],
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/version'] }],
      },
    ],
  },
});

const queuing: JsonObject = {
  nominalConcurrencyShares: 2,
  limitResponse: { type: 'Queue', queuing: { queues: 4, handSize: 2, queueLengthLimit: 5 } },
};

/** The object at the path as soon as it is as wanted. */
async function eventually(path: string, wanted: (object: JsonObject) => boolean): Promise<JsonObject> {
  for (let round = 0; round < 2000; round++) {
    const { body } = await server.call('GET', path);
    if (wanted(body)) return body;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`${path} did not become what was wanted`);
}

const dangling = (object: JsonObject): JsonObject =>
  ((at(object, 'status.conditions') as readonly JsonObject[] | undefined) ?? []).find(
    (condition) => condition['type'] === 'Dangling',
  ) ?? {};

test('the group is discovered, with both resources and their status', async () => {
  const groups = await server.ok('GET', '/apis');
  const names = (groups['groups'] as readonly JsonObject[]).map((one) => one['name']);
  assert.ok(names.includes('flowcontrol.apiserver.k8s.io'));
  assert.equal(at(await server.ok('GET', group), 'preferredVersion.version'), 'v1');
  const resources = (await server.ok('GET', `${group}/v1`))['resources'] as readonly JsonObject[];
  const wanted = [
    'flowschemas',
    'flowschemas/status',
    'prioritylevelconfigurations',
    'prioritylevelconfigurations/status',
  ];
  assert.deepEqual(resources.map((one) => one['name']).toSorted(), wanted);
});

for (const [path, make] of [
  [schemas, (name: string) => schema(name, 'exempt')],
  [levels, (name: string) => level(name, queuing)],
] as const) {
  test(`${path} supports create, get, list, watch, patch, update, delete and deletecollection`, async () => {
    const watch = await server.watch(`${path}?watch=true&labelSelector=test%3Dyes`);
    const created = await server.ok('POST', path, make('a'));
    assert.equal(at(await server.ok('GET', `${path}/a`), 'metadata.uid'), at(created, 'metadata.uid'));
    const listed = await server.ok('GET', `${path}?labelSelector=test%3Dyes`);
    assert.equal((listed['items'] as readonly Json[]).length, 1);
    const patch = { metadata: { annotations: { patched: 'true' } } };
    const patched = await server.ok('PATCH', `${path}/a`, patch, 'application/merge-patch+json');
    assert.equal(at(patched, 'metadata.annotations.patched'), 'true');
    const condition = { type: 'Odd', status: 'False', reason: 'Test', message: 'm', lastTransitionTime: null };
    const status = { status: { conditions: [condition] } };
    await server.ok('PATCH', `${path}/a/status`, status, 'application/merge-patch+json');
    const current = await server.ok('GET', `${path}/a`);
    const annotations = { updated: 'true' };
    const { name, resourceVersion } = current['metadata'] as JsonObject;
    await server.ok('PUT', `${path}/a`, {
      ...current,
      metadata: { name, resourceVersion, annotations, labels: { test: 'yes' } },
    } as Json);
    await server.ok('DELETE', `${path}/a`);
    for (const other of ['b', 'c']) await server.ok('POST', path, make(other));
    await server.ok('DELETE', `${path}?labelSelector=test%3Dyes`);
    const left = await server.ok('GET', `${path}?labelSelector=test%3Dyes`);
    assert.deepEqual(left['items'], []);
    const types = (await watch.events(8)).map((event) => event.type);
    assert.ok(types.includes('ADDED') && types.includes('MODIFIED') && types.includes('DELETED'), types.join(' '));
    await watch.stop();
  });
}

test('a flow schema says whether its priority level exists, as that comes and goes', async () => {
  await server.ok('POST', schemas, schema('lost', 'later'));
  const missing = dangling(await eventually(`${schemas}/lost`, (object) => dangling(object)['status'] === 'True'));
  assert.equal(missing['reason'], 'NotFound');
  const named = 'This FlowSchema references the PriorityLevelConfiguration object named "later"';
  assert.equal(missing['message'], `${named} but there is no such object`);
  await server.ok('POST', levels, level('later', queuing));
  const found = dangling(await eventually(`${schemas}/lost`, (object) => dangling(object)['status'] === 'False'));
  assert.deepEqual([found['reason'], found['message']], ['Found', `${named} and it exists`]);
  await server.ok('DELETE', `${levels}/later`);
  await eventually(`${schemas}/lost`, (object) => dangling(object)['status'] === 'True');
  await server.ok('DELETE', `${schemas}/lost`);
});

test('answers say by which schema and level they were served', async () => {
  const named = await server.ok('POST', levels, level('for-alice', queuing));
  const made = await server.ok('POST', schemas, schema('for-alice', 'for-alice', 50));
  await eventually(`${schemas}/for-alice`, (object) => dangling(object)['status'] === 'False');
  const { headers } = await overHttps('/version', 'alice');
  assert.equal(headers['x-kubernetes-pf-flowschema-uid'], at(made, 'metadata.uid'));
  assert.equal(headers['x-kubernetes-pf-prioritylevel-uid'], at(named, 'metadata.uid'));
  const exempt = await server.ok('GET', `${schemas}/exempt`);
  const admin = await overHttps('/version', adminToken);
  assert.equal(admin.headers['x-kubernetes-pf-flowschema-uid'], at(exempt, 'metadata.uid'));
});

test('a full level refuses with 429, Retry-After and plain text, and serves again when there is room', async () => {
  const full = { nominalConcurrencyShares: 1, borrowingLimitPercent: 0, limitResponse: { type: 'Reject' } };
  await server.ok('POST', levels, level('narrow', full));
  await server.ok('POST', schemas, schema('to-narrow', 'narrow', 40));
  await eventually(`${schemas}/to-narrow`, (object) => dangling(object)['status'] === 'False');
  const seats = Math.ceil(600 / 248);
  const held = await Promise.all(Array.from({ length: seats }, () => server.hold('/version', authenticatedAlice)));
  const refused = await overHttps('/version', 'alice');
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal(refused.headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(refused.text, 'Too many requests, please try again later.\n');
  assert.equal((await overHttps('/version', adminToken)).status, 200);
  await Promise.all(held.map((release) => release()));
  assert.equal((await overHttps('/version', 'alice')).status, 200);
  const metrics = (await server.call('GET', '/metrics')).text;
  assert.match(
    metrics,
    /rejected_requests_total\{priority_level="narrow",flow_schema="to-narrow",reason="concurrency-limit"\} 1/,
  );
  await server.ok('DELETE', `${schemas}/to-narrow`);
  await server.ok('DELETE', `${levels}/narrow`);
});

test('the debug endpoints show levels, queues and requests', async () => {
  const dump = async (name: string): Promise<string> =>
    (await server.call('GET', `/debug/api_priority_and_fairness/${name}`)).text;
  assert.match(await dump('dump_priority_levels'), /^PriorityLevelName, +ActiveQueues, +IsIdle,/);
  assert.match(await dump('dump_priority_levels'), /\nexempt, +<none>,/);
  assert.match(await dump('dump_queues'), /\nworkload-low, +127, +0, /);
  assert.match(await dump('dump_requests?includeRequestDetails=1'), /UserName, +Verb, +APIPath,/);
  assert.equal((await server.call('GET', '/debug/api_priority_and_fairness/other')).status, 404);
});

interface Received {
  readonly text: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

function overHttps(path: string, token: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const options = { host: '127.0.0.1', port: server.port, path, headers, agent: false, rejectUnauthorized: false };
    const outgoing = httpsRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
