/** etcd that serves by TLS and asks for certificates. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCertificate } from '../../base/certificate.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { prefixEnd } from '../store.ts';
import { recordWatch } from '../watch-recorder.ts';
import { openEtcdStore } from './open.ts';
import { startRealEtcd } from './testing/real-etcd.ts';

const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 3_600_000 };

test('the store speaks TLS with etcd, and shows its certificate', { timeout: 120_000 }, async (context) => {
  const authority = createCertificate({ commonName: 'etcd-ca', usage: 'authority', ...validity });
  const server = createCertificate(
    { commonName: 'etcd', usage: 'server', hosts: ['127.0.0.1'], ...validity },
    authority,
  );
  const client = createCertificate({ commonName: 'apiserver', usage: 'client', ...validity }, authority);
  const stranger = createCertificate({ commonName: 'apiserver', usage: 'client', ...validity });
  const directory = await mkdtemp(join(tmpdir(), 'slipway-etcd-tls-'));
  context.after(() => rm(directory, { recursive: true }));
  const files = { cert: server.certificate, key: server.key, ca: authority.certificate };
  const file = (name: keyof typeof files): string => join(directory, `${name}.pem`);
  for (const name of ['cert', 'key', 'ca'] as const) await writeFile(file(name), files[name]);
  const etcd = await startRealEtcd(context, 3, { tls: { cert: file('cert'), key: file('key'), ca: file('ca') } });
  const openWith = (cert: typeof client, ca: string) =>
    openEtcdStore({
      servers: etcd.urls,
      tls: { ca, cert: cert.certificate, key: cert.key },
      clock: systemClock,
      log: silentLog,
    });

  const store = await openWith(client, authority.certificate);
  context.after(() => store.close());
  const watch = recordWatch(store, '/a/', { end: prefixEnd('/a/') });
  for (let index = 0; index < 20; index++) {
    await store.transact([], [{ type: 'put', key: `/a/${index}`, value: Buffer.from(`${index}`) }]);
  }
  assert.equal((await watch.received(20)).length, 20);
  assert.equal((await store.range('/a/', { end: prefixEnd('/a/') })).entries.length, 20);
  watch.stop();

  await assert.rejects(openWith(stranger, authority.certificate), { name: 'StoreError', reason: 'unavailable' });
  await assert.rejects(openWith(client, stranger.certificate), { name: 'StoreError', reason: 'unavailable' });
});
