import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { ensureCertificates, type CertificatesOptions } from './certificates.ts';

const dayMs = 86_400_000;

/** With the key that is made beside the rest, so that nothing is written after the test. */
async function make(options: CertificatesOptions) {
  const certificates = await ensureCertificates(options);
  return { ...certificates, serviceAccountKey: await certificates.serviceAccountKey };
}

async function fixture(t: TestContext): Promise<CertificatesOptions> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-certificates-'));
  t.after(() => rm(directory, { recursive: true }));
  return {
    directory,
    now: Date.now(),
    apiserverHosts: ['10.96.0.1', 'fd00::10:1', 'api.example.org'],
    clusterDomain: 'cluster.local',
    nodes: [{ name: 'node-1', hosts: ['127.0.0.1'] }],
  };
}

test('ensureCertificates() makes a set that verifies and names who Kubernetes expects', async (t) => {
  const options = await fixture(t);
  const made = await make(options);
  const authority = new X509Certificate(made.authority.certificate);
  assert.equal(authority.ca, true);
  assert.equal(authority.subject, 'CN=kubernetes');
  const apiserver = new X509Certificate(made.apiserver.certificate);
  assert.ok(apiserver.checkIssued(authority) && apiserver.verify(authority.publicKey));
  for (const address of ['127.0.0.1', '::1', '10.96.0.1', 'fd00::10:1']) assert.ok(apiserver.checkIP(address), address);
  for (const host of ['localhost', 'kubernetes.default.svc.cluster.local', 'api.example.org']) {
    assert.ok(apiserver.checkHost(host), host);
  }
  assert.equal(new X509Certificate(made.clients.admin.certificate).subject, 'O=system:masters\nCN=kubernetes-admin');
  const kubelet = made.nodes.get('node-1');
  assert.equal(new X509Certificate(kubelet?.client.certificate ?? '').subject, 'O=system:nodes\nCN=system:node:node-1');
  const frontProxy = new X509Certificate(made.frontProxyClient.certificate);
  assert.equal(frontProxy.verify(authority.publicKey), false);
});

test('ensureCertificates() gives what a TLS server and client accept from each other', async (t) => {
  const made = await make(await fixture(t));
  const ca = made.authority.certificate;
  const server = createServer({ ca, cert: made.apiserver.certificate, key: made.apiserver.key, requestCert: true });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { admin } = made.clients;
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, ca, cert: admin.certificate, key: admin.key });
  const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
  assert.equal(socket.authorized, true);
  assert.equal(socket.getPeerCertificate().subject.CN, 'kubernetes-admin');
  client.destroy();
  socket.destroy();
});

test('ensureCertificates() keeps what it made, in files only their owner reads', async (t) => {
  const options = await fixture(t);
  const first = await make(options);
  assert.deepEqual(await make({ ...options, now: options.now + 60_000 }), first);
  for (const file of await readdir(options.directory)) {
    assert.equal((await stat(join(options.directory, file))).mode & 0o777, 0o600, file);
  }
});

test('ensureCertificates() renews what ends within a month and keeps the authority', async (t) => {
  const options = await fixture(t);
  const first = await make(options);
  const later = await make({ ...options, now: options.now + 340 * dayMs });
  assert.equal(later.authority.certificate, first.authority.certificate);
  assert.notEqual(later.apiserver.certificate, first.apiserver.certificate);
});

test('ensureCertificates() renews an authority with its key, so that what it signed stays valid', async (t) => {
  const options = await fixture(t);
  const first = await make(options);
  const later = await make({ ...options, now: options.now + 3640 * dayMs });
  assert.equal(later.authority.key, first.authority.key);
  assert.notEqual(later.authority.certificate, first.authority.certificate);
  const renewed = new X509Certificate(later.authority.certificate);
  assert.ok(new X509Certificate(first.apiserver.certificate).verify(renewed.publicKey));
});

test('ensureCertificates() makes a server certificate anew for a name that was not in it', async (t) => {
  const options = await fixture(t);
  const first = await make(options);
  const second = await make({ ...options, apiserverHosts: [...options.apiserverHosts, '192.0.2.7'] });
  assert.ok(new X509Certificate(second.apiserver.certificate).checkIP('192.0.2.7'));
  assert.deepEqual(second.clients, first.clients);
});

test('ensureCertificates() replaces a certificate whose key does not belong to it', async (t) => {
  const options = await fixture(t);
  const first = await make(options);
  await writeFile(join(options.directory, 'admin.key'), first.apiserver.key);
  const second = await make(options);
  assert.notEqual(second.clients.admin.certificate, first.clients.admin.certificate);
});
