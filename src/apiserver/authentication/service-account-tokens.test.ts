import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import type { KubeObject } from '../../api/kind.ts';
import { parseToken, signToken } from './json-web-token.ts';
import { createServiceAccountTokens, type ServiceAccountTokenOptions } from './service-account-tokens.ts';
import { readSigningKeys } from './signing-keys.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const pemOf = (curve: string): string =>
  generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicOf = (pem: string): string =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString();
const first = pemOf('P-256');
const second = pemOf('P-384');

const account = { metadata: { name: 'robot', namespace: 'ns', uid: 'u1' } } as unknown as KubeObject;
const pod = { metadata: { name: 'p', namespace: 'ns', uid: 'u2' } } as unknown as KubeObject;
const secretOf = (data: object, labels: object = {}): KubeObject =>
  ({ metadata: { name: 's', namespace: 'ns', uid: 'u3', labels }, data }) as unknown as KubeObject;

function tokens(more: Partial<ServiceAccountTokenOptions> = {}, objects: Readonly<Record<string, KubeObject>> = {}) {
  const stored: Readonly<Record<string, KubeObject>> = { ServiceAccount: account, Pod: pod, ...objects };
  return createServiceAccountTokens({
    signingKey: first,
    verifyingKeys: [],
    issuers: ['https://us'],
    audiences: ['https://us'],
    extendExpiration: true,
    find: async (kind) => stored[kind],
    label: async () => undefined,
    now: () => nowMs,
    ...more,
  });
}

const request = {
  namespace: 'ns',
  account: 'robot',
  accountUid: 'u1',
  audiences: ['https://us'],
  lifetimeSeconds: 3600,
};
const own = ['https://us'];

test('keys can be replaced: tokens of the old key and of an old issuer count while they are named', async () => {
  const { token } = await tokens().issue(request);
  const verifyingKeys = [publicOf(second), publicOf(first)];
  const next = tokens({ signingKey: second, verifyingKeys, issuers: ['https://new', 'https://us'] });
  assert.equal((await next.authenticateToken(token, own))?.user.name, 'system:serviceaccount:ns:robot');
  const { token: newToken } = await next.issue(request);
  assert.equal(parseToken(newToken)?.header.alg, 'ES384');
  assert.equal(parseToken(newToken)?.claims['iss'], 'https://new');
  const without = tokens({ signingKey: second });
  await assert.rejects(async () => without.authenticateToken(token, own), /invalid signature, no keys found/);
});

test('discovery names the issuer, its keys and their algorithms', async () => {
  const both = tokens({ verifyingKeys: [`${publicOf(first)}\n${publicOf(second)}`] });
  assert.deepEqual(await both.discovery(), {
    issuer: 'https://us',
    jwks_uri: 'https://us/openid/v1/jwks',
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256', 'ES384'],
  });
  const { keys } = await both.keySet();
  assert.deepEqual(
    keys.map((key) => (key as { readonly alg: string }).alg),
    ['ES256', 'ES384'],
  );
  assert.ok(
    keys.every((key) => !('d' in key)),
    'no private part',
  );
});

test("a pod's token lives a year when it is for this server and of the usual life", async () => {
  const bound = { kind: 'Pod', name: 'p', uid: 'u2' } as const;
  const usual = { ...request, lifetimeSeconds: 3607, bound };
  const { token, expirationSeconds } = await tokens().issue(usual);
  const claims = parseToken(token)?.claims ?? {};
  assert.equal(expirationSeconds, nowMs / 1000 + 3607, 'its owner is told the usual end');
  assert.equal(claims['exp'], nowMs / 1000 + 365 * 86_400);
  assert.equal((claims['kubernetes.io'] as { warnafter: number }).warnafter, nowMs / 1000 + 3607);
  const lives = async (asked: object, more: object = {}) =>
    parseToken((await tokens(more).issue({ ...usual, ...asked })).token)?.claims['exp'];
  assert.equal(await lives({ audiences: ['vault'] }), nowMs / 1000 + 3607);
  assert.equal(await lives({ lifetimeSeconds: 3600 }), nowMs / 1000 + 3600);
  assert.equal(await lives({}, { extendExpiration: false }), nowMs / 1000 + 3607);
});

test('a token ends with what it is bound to', async () => {
  const { token } = await tokens().issue({ ...request, bound: { kind: 'Pod', name: 'p', uid: 'u2' } });
  const ask = (objects: Readonly<Record<string, KubeObject>>) => tokens({}, objects).authenticateToken(token, own);
  const another = { metadata: { ...pod.metadata, uid: 'u9' } } as KubeObject;
  await assert.rejects(
    async () => ask({ Pod: another }),
    /pod UID \(u9\) does not match service account pod ref claim \(u2\)/,
  );
  const deleted = (atMs: number) =>
    ({ metadata: { ...pod.metadata, deletionTimestamp: new Date(atMs).toISOString() } }) as KubeObject;
  await assert.rejects(async () => ask({ Pod: deleted(nowMs - 61_000) }), /has been invalidated/);
  assert.ok(await ask({ Pod: deleted(nowMs - 30_000) }), 'a minute of grace');
});

test('tokens of Secrets count while the Secret holds them, and their use is written down', async () => {
  const labels: string[] = [];
  const { signing, signingKeyId } = readSigningKeys(first, []);
  const prefix = 'kubernetes.io/serviceaccount';
  const claims = {
    iss: 'kubernetes/serviceaccount',
    sub: 'system:serviceaccount:ns:robot',
    [`${prefix}/namespace`]: 'ns',
    [`${prefix}/secret.name`]: 's',
    [`${prefix}/service-account.name`]: 'robot',
    [`${prefix}/service-account.uid`]: 'u1',
  };
  const token = signToken(claims, signing, signingKeyId);
  const data = { token: Buffer.from(token).toString('base64') };
  const ask = (secret: KubeObject) =>
    tokens({ label: async (_secret, label, value) => void labels.push(`${label}=${value}`) }, { Secret: secret });
  const identity = await ask(secretOf(data)).authenticateToken(token, own);
  assert.equal(identity?.user.name, 'system:serviceaccount:ns:robot');
  assert.deepEqual(labels, ['kubernetes.io/legacy-token-last-used=2026-01-02']);
  await ask(secretOf(data, { 'kubernetes.io/legacy-token-last-used': '2026-01-02' })).authenticateToken(token, own);
  assert.equal(labels.length, 1, 'once a day');
  const invalid = secretOf(data, { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' });
  await assert.rejects(async () => ask(invalid).authenticateToken(token, own), /has been marked invalid/);
  await assert.rejects(
    async () => ask(secretOf({ token: 'eA==' })).authenticateToken(token, own),
    /does not match server's copy/,
  );
});

test('the algorithm is the key’s: a token that says another is refused', async () => {
  const { token } = await tokens().issue(request);
  const [, body = '', signature = ''] = token.split('.');
  const kid = parseToken(token)?.header.kid;
  for (const alg of ['none', 'HS256', 'RS256', 'ES384']) {
    const header = Buffer.from(JSON.stringify({ alg, kid })).toString('base64url');
    await assert.rejects(
      async () => tokens().authenticateToken(`${header}.${body}.${signature}`, own),
      /cryptographic primitive/,
    );
  }
});
