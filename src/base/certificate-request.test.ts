import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createCertificate, createPrivateKeyPem } from './certificate.ts';
import { createSigningRequest, readSigningRequest } from './certificate-request.ts';
import { signCertificate } from './sign-request.ts';

/** Made by OpenSSL 3: RSA 2048 with names of all kinds, EC P-384 with two organizations, Ed25519. */
const rsa = `-----BEGIN CERTIFICATE REQUEST-----
MIIC0jCCAboCAQAwMDEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRcwFQYDVQQDDA5z
eXN0ZW06bm9kZTpuMTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAML1
camHHXTsmEoig/YP9WWK99NuvncNy+faXcoW0oSlf8dOt4/SolLoQJMqjXvgKzZ1
xkBOglZumwt2r3ljo72Ce8n5nyD/xYTc9tCPsIELQjXnZPDaC/6z2GVts6iXl3kZ
/Rq3vig5omD1J9kf89hnucMNr+EbBcsw8XLvJJoIGHVIvn9RkuIDF8Zivq2KMaZT
Q8VPU0HN1e1P1u6dnk66Rk/udtCvNDrh6tcWU1U8yrB8vzBwOrsTn+wQZHMy3M1Q
Mciygg26FsZoElfk7EIdNq+VQAMA4hfeaMMjB/4XASUMJZTkob2KTkgpZktustd2
Sczp+wEKlaxxhzxTnskCAwEAAaBdMFsGCSqGSIb3DQEJDjFOMEwwSgYDVR0RBEMw
QYICbjGCDm4xLmV4YW1wbGUuY29thwQKAAABhxD9AAAAAAAAAAAAAAAAAAABgQVh
QGIuY4YMc3BpZmZlOi8veC95MA0GCSqGSIb3DQEBCwUAA4IBAQAEXYh9v18gt5pa
0b2++W6INszUH35mjwMviftlWYDVEETB+MP87XUrsEwhXzV+oUFV9iSq2wLDsVax
aLS/8vA72HwutSsqbIc7OkjV31n+AHLRUzbKHpGeP6zXOEa6JrvFCZWk7f/8Py/l
M4vkyDdn3vOlvMK18xJNUsgm1M0stnwgMsEnPGH0febtXOWAWcGlBM8LDv3LHLaf
AvJPberG/G293Gh2gK3DkR1MgWiglGYsmxTKBNYCt8X+pS9OHlyxblBmI/2Zeyhh
6sswvbAzNUBP1BjEyi2l13Ql/uWM9sZPUt3bb48Es+81qDFnNexn6Qgeg6ewuRy3
rvpLsk0O
-----END CERTIFICATE REQUEST-----
`;
const ec = `-----BEGIN CERTIFICATE REQUEST-----
MIIBJDCBqwIBADAsMQ0wCwYDVQQKDARkZXZzMQwwCgYDVQQKDANvcHMxDTALBgNV
BAMMBGphbmUwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAARPEjl8NciIO3e6aUXh31B2
hY3oAf2t8Is/JAjKpxqBx3M+eUx8WkGzv2h8WLiHlgtMGvnqiltd1agV50W9OAif
BoOQsM/+Fz3GwqcAWkP8pFBCjtiRDYe/teOpJgnLK6+gADAKBggqhkjOPQQDAwNo
ADBlAjEA59+iIFNZaQvHLhCP2frRHWOxlsO4Cr+yYvlp4fLpdWDNh7wcjgCn96RK
2TEyK2f6AjAct/Frq+dJHJGzmjNAqVFWNTs5K9/j1D0q119Q5N6LkgHTysUakywx
eQjT4OFlMh8=
-----END CERTIFICATE REQUEST-----
`;
const ed = `-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCZWQwKjAFBgMrZXADIQBpnbBCZRCueCiyhYSU
0F+X2IMj2nlq5ojMnaTH6b9ZDaAAMAUGAytlcANBAPbkxWOzFJEnxyqbzNM0fn3t
JPzxgKLwiLXRICdTP6dotJhTtgnoNwvVFlM1JwMewZUuVBqtKvke3b4mBFM/OQE=
-----END CERTIFICATE REQUEST-----
`;

test('readSigningRequest() reads what OpenSSL wrote, by all kinds of keys', () => {
  const read = readSigningRequest(rsa);
  assert.equal(read.commonName, 'system:node:n1');
  assert.deepEqual(read.organizations, ['system:nodes']);
  assert.deepEqual(read.dnsNames, ['n1', 'n1.example.com']);
  assert.deepEqual(
    read.addresses.map((each) => each.length),
    [4, 16],
  );
  assert.deepEqual([read.emails, read.uris], [['a@b.c'], ['spiffe://x/y']]);
  const two = readSigningRequest(ec);
  assert.deepEqual([two.commonName, two.organizations], ['jane', ['devs', 'ops']]);
  assert.equal(two.alternativeNames, undefined);
  assert.equal(readSigningRequest(ed).commonName, 'ed');
});

test('readSigningRequest() refuses what is no request, and what its key did not sign', () => {
  assert.throws(() => readSigningRequest('x'), { message: 'PEM block type must be CERTIFICATE REQUEST' });
  const bytes = Buffer.from(ed.replaceAll(/-----[^-]+-----/g, ''), 'base64');
  bytes[bytes.indexOf('ed')] = 'f'.charCodeAt(0);
  const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  assert.throws(() => readSigningRequest(changed), /its signature is not by its key/);
  const short = `-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n`;
  assert.throws(() => readSigningRequest(short), /a part of it is missing/);
});

test('createSigningRequest() writes what readSigningRequest() reads', () => {
  const privateKey = createPrivateKeyPem();
  const text = createSigningRequest({ commonName: 'c', organizations: ['o'], hosts: ['h', '10.0.0.1'], privateKey });
  const read = readSigningRequest(text);
  assert.deepEqual([read.commonName, read.organizations, read.dnsNames], ['c', ['o'], ['h']]);
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  assert.ok(read.publicKey.equals(key));
});

test("signCertificate() certifies the key and names of a request on the signer's terms", () => {
  const now = Date.UTC(2026, 0, 1);
  const validity = { notBeforeMs: now, notAfterMs: now + 10 * 86_400_000 };
  const authority = createCertificate({ commonName: 'ca', usage: 'authority', ...validity });
  const terms = { keyUsageBits: 0xa0, extendedUsages: ['1.3.6.1.5.5.7.3.1'], ...validity };
  const made = new X509Certificate(signCertificate(readSigningRequest(rsa), terms, authority));
  const issuer = new X509Certificate(authority.certificate);
  assert.ok(made.checkIssued(issuer) && made.verify(issuer.publicKey));
  assert.match(made.subject, /O=system:nodes\nCN=system:node:n1/);
  assert.match(made.subjectAltName ?? '', /DNS:n1, DNS:n1\.example\.com, IP Address:10\.0\.0\.1/);
  assert.deepEqual(made.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(made.ca, false);
  const late = { ...terms, notAfterMs: now + 99 * 86_400_000 };
  const cut = new X509Certificate(signCertificate(readSigningRequest(ec), late, authority));
  assert.equal(cut.validToDate.getTime(), validity.notAfterMs);
});
