import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { createCertificate, type KeyPair } from '../../base/certificate.ts';
import { textAnswer } from '../request.ts';
import { createHttpServer } from './server.ts';
import type { Certificate, ServingOptions } from './tls.ts';

const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };

function certificateFor(commonName: string, ...hosts: string[]): Certificate {
  const { certificate, key }: KeyPair = createCertificate({ commonName, usage: 'server', hosts, ...validity });
  return { cert: certificate, key };
}

async function listen(t: TestContext, serving: ServingOptions): Promise<number> {
  const http = createHttpServer({
    serving,
    clientCa: () => undefined,
    now: () => 0,
    authenticate: async () => ({ name: 'anybody', groups: [] }),
    passesOn: () => false,
    handle: async () => textAnswer(200, 'ok'),
    inTime: (reading) => reading,
    watch: () => ({ sent: () => undefined, begun: () => undefined, dropped: () => undefined }),
    failed: () => undefined,
    sendsAway: () => false,
  });
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  t.after(() => http.close(0));
  return (http.server.address() as AddressInfo).port;
}

/** What a client that connects so comes to see. */
async function handshake(port: number, options: ConnectionOptions = {}) {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    const name = socket.getPeerX509Certificate()?.subject ?? '';
    return { name, protocol: socket.getProtocol(), cipher: socket.getCipher().standardName };
  } finally {
    socket.destroy();
  }
}

test('a client that asks for a name gets the certificate for it', async (t) => {
  const port = await listen(t, {
    certificate: () => certificateFor('default'),
    named: [
      { names: [], certificate: () => certificateFor('own', 'own.example') },
      { names: ['*.wide.example'], certificate: () => certificateFor('wide') },
    ],
  });
  const nameFor = async (servername: string) => (await handshake(port, { servername })).name;
  assert.equal(await nameFor('own.example'), 'CN=own');
  assert.equal(await nameFor('a.wide.example'), 'CN=wide');
  assert.equal(await nameFor('a.b.wide.example'), 'CN=default');
  assert.equal((await handshake(port)).name, 'CN=default');
});

test('a certificate that was replaced is shown to whoever connects next', async (t) => {
  let current = certificateFor('first');
  let named = certificateFor('named-first', 'x.example');
  let tell: () => void = () => undefined;
  const port = await listen(t, {
    certificate: () => current,
    named: [{ names: [], certificate: () => named }],
    onChange: (listener) => {
      tell = listener;
      return () => undefined;
    },
  });
  assert.equal((await handshake(port)).name, 'CN=first');
  current = certificateFor('second');
  named = certificateFor('named-second', 'x.example');
  tell();
  assert.equal((await handshake(port)).name, 'CN=second');
  assert.equal((await handshake(port, { servername: 'x.example' })).name, 'CN=named-second');
});

test('old versions and weak ciphers are not spoken', async (t) => {
  const port = await listen(t, { certificate: () => certificateFor('default') });
  assert.equal((await handshake(port)).protocol, 'TLSv1.3');
  assert.equal((await handshake(port, { maxVersion: 'TLSv1.2' })).protocol, 'TLSv1.2');
  await assert.rejects(handshake(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }));
  await assert.rejects(handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }));
  await assert.rejects(handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }));
});

test('what was chosen of versions and ciphers is what is spoken', async (t) => {
  const certificate = () => certificateFor('default');
  const newest = await listen(t, { certificate, minVersion: 'TLSv1.3' });
  await assert.rejects(handshake(newest, { maxVersion: 'TLSv1.2' }));
  const cipherSuites = ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'];
  const one = await listen(t, { certificate, cipherSuites });
  assert.equal((await handshake(one, { maxVersion: 'TLSv1.2' })).cipher, cipherSuites[0]);
});
