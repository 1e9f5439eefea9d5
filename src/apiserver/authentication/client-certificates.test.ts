import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, sign, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as der from '../../base/der.ts';
import { createCertificate, type CertificateRequest, type KeyPair } from '../../base/certificate.ts';
import type { Credentials } from './authenticator.ts';
import { certificatePool } from './certificate-pool.ts';
import { createCertificateAuthenticator } from './client-certificates.ts';
import { createFrontProxyAuthenticator } from './front-proxy.ts';

const nowMs = Date.now();
const validity = { notBeforeMs: nowMs - 60_000, notAfterMs: nowMs + 3_600_000 };
const authority = createCertificate({ commonName: 'ca', usage: 'authority', ...validity });
const other = createCertificate({ commonName: 'ca', usage: 'authority', ...validity });

const issue = (more: Partial<CertificateRequest>, by: KeyPair = authority): X509Certificate =>
  new X509Certificate(createCertificate({ commonName: 'jane', usage: 'client', ...validity, ...more }, by).certificate);

const shown = (leaf: X509Certificate, headers: Readonly<Record<string, readonly string[]>> = {}): Credentials => ({
  certificate: { leaf, trusted: true },
  bearerToken: undefined,
  headers: () => headers,
  path: '/',
});

const authenticator = (now = nowMs) =>
  createCertificateAuthenticator(
    certificatePool(() => authority.certificate),
    () => now,
  );

test('a certificate of the authority is its common name and organizations', async () => {
  const leaf = issue({ organizations: ['devs', 'ops,all'] });
  const user = await authenticator().authenticate(shown(leaf));
  assert.equal(user?.name, 'jane');
  assert.deepEqual(user?.groups, ['devs', 'ops,all']);
  const id = `X509SHA256=${leaf.fingerprint256.replaceAll(':', '').toLowerCase()}`;
  assert.deepEqual(user?.extra, { 'authentication.kubernetes.io/credential-id': [id] });
});

test('a name with a line feed is one name', async () => {
  const user = await authenticator().authenticate(shown(issue({ commonName: 'jane\nO=system:masters' })));
  assert.deepEqual([user?.name, user?.groups], ['jane\nO=system:masters', []]);
});

test('certificates of unknown authorities, and those that are over, are refused', () => {
  assert.throws(() => authenticator().authenticate(shown(issue({}, other))), /signed by unknown authority/);
  const leaf = issue({});
  assert.throws(() => authenticator(nowMs + 7_200_000).authenticate(shown(leaf)), /expired or is not yet valid/);
  const untrusted = { ...shown(leaf), certificate: { leaf, trusted: false } };
  assert.throws(() => authenticator().authenticate(untrusted), /signed by unknown authority/);
});

test('a certificate without a common name is nobody', async () => {
  assert.equal(await authenticator().authenticate(shown(issue({ commonName: '' }))), undefined);
});

/** A certificate with these names in its subject, signed by the authority. */
function withSubject(...names: readonly (readonly [id: string, value: string])[]): X509Certificate {
  const parsed = new X509Certificate(authority.certificate);
  const issuer = der.readElements(
    der.readElements(der.readElements(parsed.raw)[0]?.content ?? Buffer.of())[0]?.content ?? Buffer.of(),
  )[5];
  const key = createPrivateKey(authority.key);
  const algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(Buffer.of(7)),
    algorithm,
    issuer?.whole ?? Buffer.of(),
    der.sequence(der.time(validity.notBeforeMs), der.time(validity.notAfterMs)),
    der.sequence(
      ...names.map(([id, value]) => der.setOf(der.sequence(der.objectIdentifier(id), der.utf8String(value)))),
    ),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  return new X509Certificate(der.sequence(body, algorithm, der.bitString(sign('sha256', body, key))));
}

test('a certificate may carry the uid of its user, once', async () => {
  const [name, uid] = ['2.5.4.3', '1.3.6.1.4.1.57683.2'];
  const user = await authenticator().authenticate(shown(withSubject([name, 'jane'], [uid, 'u-7'])));
  assert.deepEqual([user?.name, user?.uid], ['jane', 'u-7']);
  const twice = withSubject([name, 'jane'], [uid, 'a'], [uid, 'b']);
  await assert.rejects(async () => authenticator().authenticate(shown(twice)), /expected 1 UID, but found multiple/);
  await assert.rejects(
    async () => authenticator().authenticate(shown(withSubject([name, 'jane'], [uid, '']))),
    /cannot be an empty string/,
  );
});

const proxy = createFrontProxyAuthenticator(
  {
    authorities: certificatePool(() => authority.certificate),
    allowedNames: ['proxy'],
    usernameHeaders: ['X-Remote-User'],
    uidHeaders: ['X-Remote-Uid'],
    groupHeaders: ['X-Remote-Group'],
    extraHeaderPrefixes: ['X-Remote-Extra-'],
  },
  () => nowMs,
);

const forJane = {
  'x-remote-user': ['jane'],
  'x-remote-uid': ['7'],
  'x-remote-group': ['devs', 'CN=a,OU=b'],
  'x-remote-extra-acme.io%2fscope': ['read', 'write'],
};

test('the front proxy says for whom it asks', async () => {
  assert.deepEqual(await proxy.authenticate(shown(issue({ commonName: 'proxy' }), forJane)), {
    name: 'jane',
    uid: '7',
    groups: ['devs', 'CN=a,OU=b'],
    extra: { 'acme.io/scope': ['read', 'write'] },
  });
  assert.equal(await proxy.authenticate(shown(issue({ commonName: 'proxy' }))), undefined);
});

test('nobody else says for whom he asks', async () => {
  await assert.rejects(async () => proxy.authenticate(shown(issue({}), forJane)), /cn=jane is not in the allowed list/);
  await assert.rejects(
    async () => proxy.authenticate(shown(issue({ commonName: 'proxy' }, other), forJane)),
    /unknown authority/,
  );
  const none = { ...shown(issue({}), forJane), certificate: undefined };
  assert.equal(await proxy.authenticate(none), undefined);
});
