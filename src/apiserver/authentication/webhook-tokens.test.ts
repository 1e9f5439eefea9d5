import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { virtualClock } from '../../base/clock.ts';
import { startHttpsServer, type TestAnswer } from '../testing/https-server.ts';
import { createWebhookTokens } from './webhook-tokens.ts';

async function fixture(t: TestContext, answer: (body: unknown) => TestAnswer) {
  const webhook = await startHttpsServer((_path, body) => answer(body));
  t.after(() => webhook.close());
  const clock = virtualClock(0);
  const server = { url: `${webhook.url}/authenticate`, ca: webhook.ca };
  const tokens = createWebhookTokens({
    server,
    version: 'v1',
    cacheMs: 60_000,
    timeoutMs: 5000,
    audiences: ['api'],
    clock,
  });
  return { webhook, clock, ask: (token: string, audiences = ['api']) => tokens.authenticateToken(token, audiences) };
}

const knows = (status: object): TestAnswer => ({
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status },
});
const jane = { username: 'jane', uid: '7', groups: ['devs'], extra: { 'acme.io/a': ['b'] } };

test('a webhook that knows the token says who it is, and is not asked again for a while', async (t) => {
  const { webhook, clock, ask } = await fixture(t, () => knows({ authenticated: true, user: jane }));
  const user = { name: 'jane', uid: '7', groups: ['devs'], extra: { 'acme.io/a': ['b'] } };
  assert.deepEqual(await ask('tok'), { user, audiences: ['api'] });
  await ask('tok');
  assert.equal(webhook.requests.length, 1);
  assert.deepEqual(webhook.requests[0]?.body, {
    kind: 'TokenReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec: { token: 'tok', audiences: ['api'] },
    status: { user: {} },
  });
  clock.advance(60_001);
  await ask('tok');
  assert.equal(webhook.requests.length, 2);
});

test('a token that the webhook does not know is left to others, or refused with its words', async (t) => {
  const { ask } = await fixture(t, (body) => {
    const { token } = (body as { spec: { token: string } }).spec;
    return knows(token === 'old' ? { authenticated: false, error: 'token has expired' } : { authenticated: false });
  });
  assert.equal(await ask('other'), undefined);
  await assert.rejects(async () => ask('old'), /token has expired/);
});

test('a token for other audiences is none', async (t) => {
  const { ask } = await fixture(t, () => knows({ authenticated: true, user: jane, audiences: ['them'] }));
  assert.equal(await ask('tok'), undefined);
  assert.deepEqual((await ask('tok', ['them']))?.audiences, ['them']);
});

test('a webhook that fails lets nobody in, and is asked again the next time', async (t) => {
  const { webhook, ask } = await fixture(t, () => ({ status: 403, body: {} }));
  for (let i = 0; i < 2; i++) {
    await assert.rejects(
      async () => ask('secret-token'),
      (error: Error) => {
        assert.match(error.message, /webhook token authentication failed: the server answered with status 403/);
        assert.doesNotMatch(error.message, /secret-token/);
        return true;
      },
    );
  }
  assert.equal(webhook.requests.length, 2);
});
