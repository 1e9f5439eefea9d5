import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateSigningRequest } from '../../api/groups/certificates.v1.ts';
import { createPrivateKeyPem } from '../../base/certificate.ts';
import { createSigningRequest, readSigningRequest } from '../../base/certificate-request.ts';
import { mayBeSigned, recognize, removableAtMs, signingFault, signingTerms } from './plan.ts';

const privateKey = createPrivateKeyPem();
const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
const clientUsages = ['digital signature', 'client auth'];
const created = '2026-01-01T00:00:00Z';
const createdMs = Date.parse(created);
const hourMs = 3_600_000;

const read = (commonName: string, organizations: readonly string[], hosts: readonly string[] = []) =>
  readSigningRequest(createSigningRequest({ commonName, organizations, hosts, privateKey }));

const node = read('system:node:a', ['system:nodes']);

function request(spec: object, status: object = {}): CertificateSigningRequest {
  return {
    metadata: { name: 'r', creationTimestamp: created },
    spec: { request: '', signerName: clientSigner, usages: clientUsages, ...spec },
    status,
  } as unknown as CertificateSigningRequest;
}

test('recognize() knows kubelets that ask for themselves and those that others ask for', () => {
  const names = (spec: object, asked = node) => recognize(request(spec), asked).map(({ subresource }) => subresource);
  assert.deepEqual(names({ username: 'system:node:a' }), ['selfnodeclient', 'nodeclient']);
  assert.deepEqual(names({ username: 'system:bootstrap:abc' }), ['nodeclient']);
  assert.deepEqual(names({ usages: [...clientUsages, 'key encipherment'] }), ['nodeclient']);
  assert.deepEqual(names({ usages: [...clientUsages, 'server auth'] }), []);
  assert.deepEqual(names({ signerName: 'kubernetes.io/kube-apiserver-client' }), []);
  assert.deepEqual(names({}, read('system:node:a', ['system:nodes', 'system:masters'])), []);
  assert.deepEqual(names({}, read('admin', ['system:nodes'])), []);
  assert.deepEqual(names({}, read('system:node:a', ['system:nodes'], ['a'])), []);
});

test('signingFault() says why a signer of Kubernetes refuses', () => {
  const serving = 'kubernetes.io/kubelet-serving';
  const servingUsages = ['digital signature', 'key encipherment', 'server auth'];
  const withHost = read('system:node:a', ['system:nodes'], ['a']);
  const cases: readonly (readonly [object, Parameters<typeof signingFault>[1], unknown])[] = [
    [{}, node, undefined],
    [
      { usages: ['client auth'] },
      node,
      { fault: 'usages did not match [client auth digital signature key encipherment]' },
    ],
    [{}, withHost, { fault: 'DNS subjectAltNames are not allowed' }],
    [{ signerName: serving, usages: servingUsages }, withHost, undefined],
    [{ signerName: serving, usages: servingUsages }, node, { fault: 'DNS or IP subjectAltName is required' }],
    [
      { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['server auth'] },
      node,
      { fault: 'invalid usage for client certificate: server auth' },
    ],
    [
      { signerName: 'kubernetes.io/kube-apiserver-client', usages: ['digital signature'] },
      node,
      { fault: 'missing required usage for client certificate: client auth' },
    ],
    [{ signerName: 'example.com/mine' }, node, 'foreign'],
  ];
  for (const [spec, asked, expected] of cases) assert.deepEqual(signingFault(request(spec), asked), expected);
});

test('mayBeSigned() wants an approval, and nothing that speaks against it', () => {
  const condition = (type: string) => ({ type, status: 'True' });
  assert.equal(mayBeSigned(request({}, {})), false);
  assert.equal(mayBeSigned(request({}, { conditions: [condition('Approved')] })), true);
  assert.equal(mayBeSigned(request({}, { conditions: [condition('Approved')], certificate: 'x' })), false);
  for (const type of ['Denied', 'Failed']) {
    assert.equal(mayBeSigned(request({}, { conditions: [condition('Approved'), condition(type)] })), false);
  }
});

test('signingTerms() gives what was asked for, between ten minutes and the most there is', () => {
  const longest = 24 * hourMs;
  const minutes = (expirationSeconds: number | null): number =>
    (signingTerms(request({ expirationSeconds }), createdMs, longest).notAfterMs - createdMs) / 60_000;
  assert.deepEqual([minutes(null), minutes(10 ** 9), minutes(1), minutes(3600)], [24 * 60 - 5, 24 * 60 - 5, 10, 60]);
  const terms = signingTerms(
    request({ usages: ['digital signature', 'key encipherment', 'client auth'] }),
    createdMs,
    longest,
  );
  assert.deepEqual([terms.keyUsageBits, terms.extendedUsages], [0xa0, ['1.3.6.1.5.5.7.3.2']]);
  assert.equal(terms.notBeforeMs, createdMs - 300_000);
});

test('removableAtMs() keeps what waits for a day, and what was decided for an hour', () => {
  const decided = (type: string): object => ({ conditions: [{ type, status: 'True', lastUpdateTime: created }] });
  assert.equal(removableAtMs(request({}), undefined), createdMs + 24 * hourMs);
  assert.equal(removableAtMs(request({}, decided('Denied')), undefined), createdMs + hourMs);
  assert.equal(removableAtMs(request({}, decided('Failed')), undefined), createdMs + hourMs);
  assert.equal(removableAtMs(request({}, decided('Approved')), undefined), undefined);
  const issued = { ...decided('Approved'), certificate: 'x' };
  assert.equal(removableAtMs(request({}, issued), createdMs + 60_000), createdMs + 60_000);
  assert.equal(removableAtMs(request({}, issued), createdMs + 9 * hourMs), createdMs + hourMs);
});
