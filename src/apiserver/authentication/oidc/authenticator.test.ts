import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startHttpsServer, type TestHttpsServer } from '../../testing/https-server.ts';
import { knownAlgorithms, signToken } from '../json-web-token.ts';
import { createOidc } from './authenticator.ts';
import { readAuthenticationConfiguration, type JwtConfiguration } from './configuration.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const key = newKey();

let issuer: TestHttpsServer;
let published: { id: string; key: KeyObject }[];
let clock: number;

before(async () => {
  issuer = await startHttpsServer((path) => {
    if (path === '/.well-known/openid-configuration') {
      return { body: { issuer: issuer.url, jwks_uri: `${issuer.url}/keys` } };
    }
    const keys = published.map(({ id, key: one }) => ({
      ...createPublicKey(one).export({ format: 'jwk' }),
      kid: id,
      use: 'sig',
    }));
    return { body: { keys } };
  });
});
after(() => issuer.close());

function oidc(more: Partial<JwtConfiguration> = {}, algorithms = knownAlgorithms) {
  published = [{ id: 'k1', key }];
  clock = nowMs;
  const { jwt } = readAuthenticationConfiguration(
    {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [
        {
          issuer: { url: issuer.url, certificateAuthority: issuer.ca, audiences: ['us'] },
          claimMappings: { username: { claim: 'sub', prefix: 'oidc:' }, groups: { claim: 'groups', prefix: 'g:' } },
          ...more,
        },
      ],
    },
    [],
  );
  const [checked] = jwt;
  assert.ok(checked !== undefined);
  return createOidc({ jwt: checked, algorithms, now: () => clock });
}

const claims = (more: object = {}) => ({
  iss: issuer.url,
  aud: 'us',
  sub: 'jane',
  exp: nowMs / 1000 + 600,
  ...more,
});

const token = (more: object = {}, by = key, id = 'k1'): string => signToken(claims(more), by, id);

test('a token of the issuer is a user with prefixed name and groups', async () => {
  const authenticate = oidc();
  assert.deepEqual(await authenticate(token({ groups: ['a', 'b'] })), { name: 'oidc:jane', groups: ['g:a', 'g:b'] });
  assert.deepEqual((await authenticate(token({ groups: 'a' })))?.groups, ['g:a']);
});

test('tokens of other issuers, and what is no token, are left to others', async () => {
  const authenticate = oidc();
  assert.equal(await authenticate(token({ iss: 'https://other' })), undefined);
  assert.equal(await authenticate('abcdef.0123456789abcdef'), undefined);
});

test('tokens that do not hold are refused with what is wrong', async () => {
  const authenticate = oidc();
  const wrong: readonly (readonly [string, RegExp])[] = [
    [token({ aud: ['them'] }), /expected audience in \["us"\] got \["them"\]/],
    [token({ exp: nowMs / 1000 - 1 }), /token is expired/],
    [token({ exp: undefined }), /token is expired/],
    [token({ nbf: nowMs / 1000 + 400 }), /before the nbf/],
    [token({}, newKey()), /failed to verify id token signature/],
    [token({ sub: 7 }), /parse username claims "sub"/],
    [`${token().split('.').slice(0, 2).join('.')}.AAAA`, /failed to verify id token signature/],
  ];
  for (const [one, text] of wrong) await assert.rejects(authenticate(one), text);
});

test('the algorithm is the configuration to say: none, HMAC by the public key and others are refused', async () => {
  const authenticate = oidc({}, ['RS256']);
  await assert.rejects(authenticate(token()), /unsupported algorithm, expected \["RS256"\] got "ES256"/);
  const [, body = ''] = token().split('.');
  for (const alg of ['none', 'HS256']) {
    const header = Buffer.from(JSON.stringify({ alg, kid: 'k1' })).toString('base64url');
    await assert.rejects(oidc()(`${header}.${body}.AAAA`), /unsupported algorithm/);
  }
});

test('keys are fetched once, again when a new one signs, and not for every unknown one', async () => {
  const authenticate = oidc();
  const before = issuer.requests.length;
  await Promise.all([authenticate(token()), authenticate(token()), authenticate(token())]);
  assert.equal(issuer.requests.length - before, 2);
  const next = newKey();
  published = [{ id: 'k2', key: next }];
  await assert.rejects(authenticate(token({}, next, 'k2')), /signature/, 'too soon after the last fetch');
  clock += 6000;
  assert.equal((await authenticate(token({}, next, 'k2')))?.name, 'oidc:jane');
  assert.equal(issuer.requests.length - before, 4);
  for (let i = 0; i < 5; i++) await assert.rejects(authenticate(token({}, newKey(), `x${i}`)));
  assert.equal(issuer.requests.length - before, 4);
});

test('an issuer that cannot be reached lets nobody in, and says so', async () => {
  const authenticate = oidc({ issuer: { url: issuer.url, audiences: ['us'] } });
  await assert.rejects(authenticate(token()), /oidc: authenticator not initialized/, 'its authority is not known');
});

test('expressions map claims, and rules by expressions refuse', async () => {
  const authenticate = oidc({
    claimMappings: {
      username: { expression: 'claims.name + "@acme"' },
      groups: { expression: 'claims.roles.split(",")' },
      uid: { expression: 'claims.sub' },
      extra: [{ key: 'acme.io/tenant', valueExpression: 'claims.tenant' }],
    },
    claimValidationRules: [
      { claim: 'hd', requiredValue: 'acme' },
      { expression: 'claims.level > 1', message: 'level must be above 1' },
    ],
    userValidationRules: [{ expression: "!user.username.startsWith('system:')", message: 'reserved' }],
  });
  const good = { name: 'jane', roles: 'a,b', tenant: 't1', hd: 'acme', level: 2 };
  assert.deepEqual(await authenticate(token(good)), {
    name: 'jane@acme',
    groups: ['a', 'b'],
    uid: 'jane',
    extra: { 'acme.io/tenant': ['t1'] },
  });
  await assert.rejects(authenticate(token({ ...good, hd: 'x' })), /required claim hd value does not match/);
  await assert.rejects(authenticate(token({ ...good, level: 1 })), /failed: level must be above 1/);
  await assert.rejects(authenticate(token({ ...good, name: 'system:x' })), /failed: reserved/);
  await assert.rejects(authenticate(token({ ...good, name: undefined })), /no such key: name/);
});

test('an unverified address of mail is no name', async () => {
  const authenticate = oidc({ claimMappings: { username: { claim: 'email', prefix: '' } } });
  assert.equal((await authenticate(token({ email: 'a@b', email_verified: true })))?.name, 'a@b');
  await assert.rejects(authenticate(token({ email: 'a@b', email_verified: false })), /email not verified/);
});
