import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const eviction = (name: string): Json => ({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name } });
const mergePatch = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await server.ok('POST', '/api/v1/namespaces/default/serviceaccounts', account);
  await server.ok('POST', budgets, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
  });
});
after(() => server.close());

async function startPod(name: string): Promise<void> {
  const spec = { automountServiceAccountToken: false, nodeName: 'n', containers: [{ name: 'c', image: 'c:1' }] };
  await server.ok('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'x' } }, spec });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await server.ok('PATCH', `${pods}/${name}/status`, { status }, mergePatch);
}

const setBudget = (status: JsonObject) => server.ok('PATCH', `${budgets}/b/status`, { status }, mergePatch);
const evict = (name: string) => server.call('POST', `${pods}/${name}/eviction`, { body: eviction(name) });

test('evict() waits for a budget that its controller has not seen', async () => {
  await startPod('a');
  const { status, body } = await evict('a');
  assert.equal(status, 429);
  assert.equal(at(body, 'details.retryAfterSeconds'), 10);
});

test('evict() charges the budget, marks the pod and ends it', async () => {
  await setBudget({
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 2,
    desiredHealthy: 1,
    expectedPods: 2,
  });
  assert.equal((await evict('a')).status, 201);
  const pod = await server.ok('GET', `${pods}/a`);
  assert.ok(at(pod, 'metadata.deletionTimestamp'));
  const conditions = at(pod, 'status.conditions') as Json[];
  assert.ok(conditions.some((condition) => at(condition, 'reason') === 'EvictionByEvictionAPI'));
  const budget = await server.ok('GET', `${budgets}/b`);
  assert.deepEqual(
    [at(budget, 'status.disruptionsAllowed'), Object.keys(at(budget, 'status.disruptedPods') ?? {})],
    [0, ['a']],
  );
});

test('evict() refuses when the budget is used up, and lets finished pods go', async () => {
  await startPod('c');
  const refused = await evict('c');
  assert.equal(refused.status, 429);
  assert.equal(refused.body['message'], "Cannot evict pod as it would violate the pod's disruption budget.");
  await server.ok('PATCH', `${pods}/c/status`, { status: { phase: 'Succeeded' } }, mergePatch);
  assert.equal((await evict('c')).status, 201);
});

test('evict() refuses another name than the path has', async () => {
  await startPod('d');
  const { status } = await server.call('POST', `${pods}/d/eviction`, { body: eviction('other') });
  assert.equal(status, 400);
});

test('evict() refuses a body of another kind', async () => {
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
  const refused = await server.call('POST', `${pods}/a/eviction`, { body });
  assert.equal(refused.status, 400);
  const why = 'converting (v1.Pod) to (policy.Eviction): unknown conversion';
  assert.equal(refused.body['message'], `Pod in version "v1" cannot be handled as a Eviction: ${why}`);
});

test('evict() marks pods that no budget protects too, and takes the version in its options for a condition', async () => {
  const spec = { automountServiceAccountToken: false, nodeName: 'n', containers: [{ name: 'c', image: 'c:1' }] };
  const made = await server.ok('POST', pods, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pending' }, spec });
  const evictAt = (resourceVersion: string): ReturnType<TestServer['call']> =>
    server.call('POST', `${pods}/pending/eviction`, {
      body: { ...(eviction('pending') as JsonObject), deleteOptions: { preconditions: { resourceVersion } } },
    });
  const refused = await evictAt('1');
  assert.equal(refused.status, 409);
  assert.match(
    String(refused.body['message']),
    /^Operation cannot be fulfilled on Pod "pending": the ResourceVersion in the precondition \(1\) does not match/,
  );
  assert.equal((await evictAt(String(at(made, 'metadata.resourceVersion')))).status, 201);
  const conditions = at(await server.ok('GET', `${pods}/pending`), 'status.conditions') as Json[];
  assert.deepEqual(
    conditions.map((condition) => at(condition, 'type')),
    ['DisruptionTarget'],
  );
});

test('evict() says why a budget lets nobody go', async () => {
  await startPod('why');
  const condition = { type: 'DisruptionAllowed', status: 'False', lastTransitionTime: '2020-01-01T00:00:00Z' };
  const enough = { disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 3, observedGeneration: 1 };
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{ ...enough, currentHealthy: 3 }, 'needs 3 healthy pods and has 3 currently'],
    [enough, 'does not allow evicting pods currently'],
    [
      { ...enough, conditions: [{ ...condition, reason: 'SyncFailed', message: 'hm' }] },
      'does not allow evicting pods currently because it failed sync: hm',
    ],
    [
      { ...enough, conditions: [{ ...condition, reason: 'Other', message: 'hm' }] },
      'does not allow evicting pods currently (Other): hm',
    ],
  ];
  for (const [status, why] of cases) {
    await setBudget({ conditions: null, ...status });
    const { body } = await evict('why');
    assert.equal(at(body, 'details.causes.0.message'), `The disruption budget b ${why}`);
  }
});
