import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { parseFieldSelector } from '../../api/field-selector.ts';
import { parseLabelSelector } from '../../api/label-selector.ts';
import { startHttpsServer, type TestAnswer } from '../testing/https-server.ts';
import { anyOf, type AccessQuestion } from './authorizer.ts';
import { compileMatchConditions } from './match-conditions.ts';
import { createWebhookAuthorizer, type WebhookAuthorizerOptions } from './webhook.ts';

async function fixture(t: TestContext, answer: () => TestAnswer, more: Partial<WebhookAuthorizerOptions> = {}) {
  const webhook = await startHttpsServer(answer);
  t.after(() => webhook.close());
  const clock = virtualClock(0);
  const authorizer = createWebhookAuthorizer({
    name: 'test',
    server: { url: webhook.url, ca: webhook.ca },
    version: 'v1',
    timeoutMs: 5000,
    clock,
    authorizedMs: 60_000,
    unauthorizedMs: 10_000,
    cacheAuthorized: true,
    cacheUnauthorized: true,
    failurePolicy: 'NoOpinion',
    ...more,
  });
  return { webhook, clock, authorizer };
}

const says = (status: object) => (): TestAnswer => ({ body: { kind: 'SubjectAccessReview', status } });

const pods = { group: '', version: 'v1', resource: 'pods', subresource: '', namespace: 'ns', name: '' };
const question: AccessQuestion = {
  user: { name: 'jane', groups: ['devs'] },
  verb: 'list',
  path: '/api/v1/namespaces/ns/pods',
  resource: {
    ...pods,
    fieldSelector: parseFieldSelector('spec.nodeName=n1'),
    labelSelector: parseLabelSelector('app in (a,b),!c'),
  },
};

test('the webhook is sent the question with its selectors, and its yes counts for a while', async (t) => {
  const { webhook, clock, authorizer } = await fixture(t, says({ allowed: true, reason: 'because' }));
  assert.deepEqual(await authorizer.decide(question), { allowed: true, reason: 'because' });
  assert.deepEqual(webhook.requests[0]?.body, {
    kind: 'SubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {
      resourceAttributes: {
        namespace: 'ns',
        verb: 'list',
        version: 'v1',
        resource: 'pods',
        fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['n1'] }] },
        labelSelector: {
          requirements: [
            { key: 'app', operator: 'In', values: ['a', 'b'] },
            { key: 'c', operator: 'DoesNotExist' },
          ],
        },
      },
      user: 'jane',
      groups: ['devs'],
    },
  });
  clock.advance(59_000);
  await authorizer.decide(question);
  assert.equal(webhook.requests.length, 1);
  clock.advance(2000);
  await authorizer.decide(question);
  assert.equal(webhook.requests.length, 2);
});

test('a refusal for good keeps others from being asked, no opinion does not', async (t) => {
  const yes = { decide: () => ({ allowed: true, reason: 'other' }) };
  const denying = await fixture(t, says({ allowed: false, denied: true, reason: 'never' }));
  assert.deepEqual(await anyOf([denying.authorizer, yes]).decide(question), {
    allowed: false,
    denied: true,
    reason: 'never',
  });
  const silent = await fixture(t, says({ allowed: false, reason: 'unsure' }));
  assert.deepEqual(await anyOf([silent.authorizer, yes]).decide(question), { allowed: true, reason: 'other' });
  const { allowed, reason } = (await anyOf([silent.authorizer]).decide(question)) ?? {};
  assert.deepEqual([allowed, reason], [false, 'unsure']);
});

test('a failure is no opinion or a refusal, as configured, and is not remembered', async (t) => {
  const broken = (): TestAnswer => ({ status: 403, body: {} });
  const open = await fixture(t, broken);
  const decision = await open.authorizer.decide(question);
  assert.equal(decision?.denied, undefined);
  assert.equal(decision?.error, 'the server answered with status 403');
  await open.authorizer.decide(question);
  assert.equal(open.webhook.requests.length, 2);
  const closed = await fixture(t, broken, { failurePolicy: 'Deny' });
  assert.equal((await closed.authorizer.decide(question))?.denied, true);
});

test('conditions choose what the webhook is asked about', async (t) => {
  const errors: never[] = [];
  const compile = (...texts: string[]) => compileMatchConditions(texts, 'authorizers[0]', errors);
  const own = compile("has(request.resourceAttributes) && request.resourceAttributes.namespace == 'ns'");
  const { webhook, authorizer } = await fixture(t, says({ allowed: true }), { matches: own });
  assert.equal((await authorizer.decide(question))?.allowed, true);
  assert.equal(await authorizer.decide({ ...question, resource: { ...pods, namespace: 'other' } }), undefined);
  assert.equal(await authorizer.decide({ user: question.user, verb: 'get', path: '/version' }), undefined);
  assert.equal(webhook.requests.length, 1);
  const failing = compile("request.resourceAttributes.namespace == 'ns'");
  const strict = await fixture(t, says({ allowed: true }), { matches: failing, failurePolicy: 'Deny' });
  const decision = await strict.authorizer.decide({ user: question.user, verb: 'get', path: '/version' });
  assert.equal(decision?.denied, true);
  assert.match(decision?.error ?? '', /cel evaluation error: .* no such key: resourceAttributes/);
  assert.deepEqual(errors, []);
});
