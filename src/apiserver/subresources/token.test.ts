import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { at, startTestServer, type TestServer } from '../testing/test-server.ts';

const accounts = '/api/v1/namespaces/default/serviceaccounts';
const reviews = '/apis/authentication.k8s.io/v1/tokenreviews';
const asked = (spec: JsonObject = {}): Json => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  spec,
});

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.ok('POST', accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } });
});
after(() => server.close());

const tokenOf = async (spec: JsonObject = {}): Promise<string> =>
  String(at(await server.ok('POST', `${accounts}/robot/token`, asked(spec)), 'status.token'));

async function review(token: string, audiences?: readonly string[]): Promise<Json | undefined> {
  const spec = { token, ...(audiences === undefined ? {} : { audiences }) };
  return (await server.ok('POST', reviews, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec }))[
    'status'
  ];
}

test('requestToken() issues a token that names the account and its groups', async () => {
  const status = await review(await tokenOf());
  assert.equal(at(status, 'authenticated'), true);
  assert.equal(at(status, 'user.username'), 'system:serviceaccount:default:robot');
  const groups = ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'];
  assert.deepEqual(at(status, 'user.groups'), groups);
});

test('requestToken() keeps a token to its audiences', async () => {
  const token = await tokenOf({ audiences: ['vault'] });
  assert.deepEqual(at(await review(token, ['vault', 'other']), 'audiences'), ['vault']);
  assert.equal(
    at(await review(token), 'error'),
    '[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["https://kubernetes.default.svc"]]',
  );
});

test('requestToken() refuses what it cannot issue', async () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'bound' } };
  await server.ok('POST', '/api/v1/namespaces/default/secrets', secret);
  const refused: readonly (readonly [string, Json, number, RegExp])[] = [
    ['robot', asked({ expirationSeconds: 60 }), 422, /may not specify a duration less than 10 minutes/],
    ['missing', asked(), 404, /serviceaccounts "missing" not found/],
    ['robot', asked({ boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'c' } }), 400, /cannot bind token/],
    ['robot', asked({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'none' } }), 404, /"none" not found/],
    ['robot', asked({ boundObjectRef: { kind: 'Secret', name: 'none' } }), 404, /"none" not found/],
    [
      'robot',
      asked({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'bound', uid: 'other' } }),
      409,
      /^Operation cannot be fulfilled on Secret "bound": the UID in the bound object reference \(other\) does not match/,
    ],
  ];
  for (const [account, body, code, message] of refused) {
    const { status, body: answer } = await server.call('POST', `${accounts}/${account}/token`, { body });
    assert.equal(status, code);
    assert.match(String(answer['message']), message);
  }
});

test('a token ends with what it is bound to', async () => {
  const secrets = '/api/v1/namespaces/default/secrets';
  await server.ok('POST', secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } });
  const token = await tokenOf({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 's' } });
  assert.equal(at(await review(token), 'authenticated'), true);
  await server.ok('DELETE', `${secrets}/s`);
  assert.equal(at(await review(token), 'error'), '[invalid bearer token, service account token has been invalidated]');
});

test('a token is not good for an account of the same name that came later', async () => {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'again' } };
  await server.ok('POST', accounts, account);
  const token = String(at(await server.ok('POST', `${accounts}/again/token`, asked()), 'status.token'));
  await server.ok('DELETE', `${accounts}/again`);
  assert.equal(at(await review(token), 'error'), '[invalid bearer token, serviceaccounts "again" not found]');
  await server.ok('POST', accounts, account);
  assert.match(String(at(await review(token), 'error')), /service account UID \(.*\) does not match claim/);
});

test('tokens that are none are told apart from nothing', async () => {
  for (const token of ['nonsense', 'eyJhbGciOiJub25lIn0.e30.', `${await tokenOf()}.x`]) {
    assert.equal(at(await review(token), 'error'), 'invalid bearer token');
  }
  const forged = '[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]';
  assert.equal(at(await review(`${await tokenOf()}x`), 'error'), forged);
});
