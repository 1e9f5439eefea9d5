/** Certificate signing requests from end to end: an API server, the controllers, and what a kubelet does with its certificate. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Json, JsonObject } from '../src/api/schema.ts';
import { at, startTestServer, type TestServer } from '../src/apiserver/testing/test-server.ts';
import { createCertificate, createPrivateKeyPem, type KeyPair } from '../src/base/certificate.ts';
import { createSigningRequest } from '../src/base/certificate-request.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { createHttpClient } from '../src/client/http-client.ts';
import { findClusterAccess } from '../src/client/kubeconfig.ts';
import { bootstrapKubelet } from '../src/cluster/node-credentials.ts';
import { createInProcessClient } from '../src/cluster/in-process-client.ts';
import { runRotation } from '../src/kubelet/certificates/rotation.ts';
import { runControllers } from '../src/controllers/run-controllers.ts';
import { eventually } from './eventually.ts';

const validity = { notBeforeMs: Date.now() - 60_000, notAfterMs: Date.now() + 30 * 86_400_000 };
const authority = createCertificate({ commonName: 'kubernetes', usage: 'authority', ...validity });
const serving = createCertificate(
  { commonName: 'kube-apiserver', usage: 'server', hosts: ['127.0.0.1'], ...validity },
  authority,
);
const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const kubeletSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
/** The account that Kubernetes gives these controllers: its role must do. */
const controller = {
  name: 'system:serviceaccount:kube-system:certificate-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
};
const privateKey = createPrivateKeyPem();
const stop = new AbortController();

let server: TestServer;
let controllers: Promise<void>;
before(async () => {
  server = await startTestServer({
    serving: { certificate: () => ({ cert: serving.certificate, key: serving.key }) },
    authentication: {
      serviceAccounts: { signingKey: createPrivateKeyPem() },
      clientCa: () => authority.certificate,
      tokens: 'bootstrap-token,system:bootstrap:abcdef,1,"system:bootstrappers"\n',
    },
  });
  const client = createInProcessClient({ apiServer: server, user: controller, userAgent: 'controllers' });
  controllers = runControllers(
    stop.signal,
    { client, clock: systemClock, random: systemRandom, log: silentLog },
    {
      rootCertificate: authority.certificate,
      signingAuthority: authority,
      names: ['csrapproving', 'csrsigning', 'csrcleaner'],
    },
  );
});
after(async () => {
  stop.abort();
  await controllers;
  await server.close();
});

function ask(name: string, node: string, spec: object, groups: readonly string[]): Promise<unknown> {
  const request = createSigningRequest({
    commonName: `system:node:${node}`,
    organizations: ['system:nodes'],
    hosts: [],
    privateKey,
  });
  const body = {
    metadata: { name },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: kubeletSigner,
      usages: ['digital signature', 'client auth'],
      ...spec,
    },
  };
  return server.call('POST', requests, { body: body as Json, user: { name: 'system:bootstrap:abcdef', groups } });
}

const reasonOf = (request: JsonObject, index = 0): Json | undefined =>
  at((at(request, 'status.conditions') as Json[] | undefined)?.[index], 'reason');

test('a kubelet that may bootstrap is approved and signed without anybody looking', async () => {
  const bindings: readonly (readonly [string, string])[] = [
    ['kubelet-bootstrap', 'system:node-bootstrapper'],
    ['node-autoapprove', 'system:certificates.k8s.io:certificatesigningrequests:nodeclient'],
  ];
  for (const [name, role] of bindings) {
    await server.ok('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:bootstrappers' }],
    });
  }
  await ask('a', 'a', { expirationSeconds: 3600 }, ['system:bootstrappers']);
  const signed = await eventually(async () => {
    const found = await server.ok('GET', `${requests}/a`);
    assert.equal(typeof at(found, 'status.certificate'), 'string', JSON.stringify(found['status']));
    return found;
  });
  assert.equal(reasonOf(signed), 'AutoApproved');
  const certificate = new X509Certificate(Buffer.from(String(at(signed, 'status.certificate')), 'base64'));
  const issuer = new X509Certificate(authority.certificate);
  assert.ok(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  assert.match(certificate.subject, /O=system:nodes\nCN=system:node:a/);
  const lifetimeMs = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
  assert.equal(lifetimeMs, 3_600_000 + 300_000);
});

test('who may not is left for people, who decide', async () => {
  await server.ok('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'others' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-bootstrapper' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'others' }],
  });
  await ask('b', 'b', {}, ['others']);
  // The next request is handled after this one: when it is signed, this one was looked at.
  await ask('c', 'c', {}, ['system:bootstrappers']);
  await eventually(async () => assert.equal(reasonOf(await server.ok('GET', `${requests}/c`)), 'AutoApproved'));
  const waiting = await server.ok('GET', `${requests}/b`);
  assert.equal(at(waiting, 'status.conditions'), undefined);
  const approved = {
    ...waiting,
    status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Looked', message: 'x' }] },
  };
  await server.ok('PUT', `${requests}/b/approval`, approved as Json);
  await eventually(async () => {
    assert.equal(typeof at(await server.ok('GET', `${requests}/b`), 'status.certificate'), 'string');
  });
});

test('an approved request that its signer may not sign fails with the reason', async () => {
  await ask('d', 'd', { usages: ['client auth'], signerName: kubeletSigner }, ['others']);
  const waiting = await server.ok('GET', `${requests}/d`);
  const approved = {
    ...waiting,
    status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Looked', message: 'x' }] },
  };
  await server.ok('PUT', `${requests}/d/approval`, approved as Json);
  await eventually(async () => {
    const failed = await server.ok('GET', `${requests}/d`);
    assert.equal(reasonOf(failed, 1), 'SignerValidationFailure', JSON.stringify(failed['status']));
  });
});

test('bootstrapKubelet() joins with a token, and the kubelet renews what it got', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-bootstrap-'));
  try {
    const bootstrapKubeconfig = join(directory, 'bootstrap.conf');
    const kubeconfig = join(directory, 'kubelet.conf');
    await writeFile(
      bootstrapKubeconfig,
      JSON.stringify({
        'current-context': 'c',
        clusters: [
          {
            name: 'c',
            cluster: {
              server: `https://127.0.0.1:${server.port}`,
              'certificate-authority-data': Buffer.from(authority.certificate).toString('base64'),
            },
          },
        ],
        users: [{ name: 'u', user: { token: 'bootstrap-token' } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      }),
    );
    await bootstrapKubelet({ bootstrapKubeconfig, kubeconfig, nodeName: 'joiner' }, stop.signal);
    const { client } = await findClusterAccess({ path: kubeconfig, environment: {}, clock: systemClock });
    const certificate = client.tls?.cert ?? '';
    assert.match(new X509Certificate(certificate).subject, /CN=system:node:joiner/);

    // A certificate near its end: the node asks with the one it has, and is approved because it asks for itself.
    await server.ok('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'node-renewal' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
      },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }],
    });
    const old = createCertificate({ commonName: 'old', usage: 'client', notBeforeMs: 0, notAfterMs: 1000 });
    const ownClient = createHttpClient({ ...client, userAgent: 'kubelet' });
    const ended = new AbortController();
    const { promise, resolve } = Promise.withResolvers<KeyPair>();
    const rotation = runRotation(ended.signal, {
      client: ownClient,
      clock: systemClock,
      random: systemRandom,
      log: silentLog,
      nodeName: 'joiner',
      certificate: old.certificate,
      async renewed(pair) {
        resolve(pair);
      },
    });
    const renewed = await promise;
    ended.abort();
    await rotation;
    ownClient.close();
    assert.match(new X509Certificate(renewed.certificate).subject, /CN=system:node:joiner/);
    assert.notEqual(renewed.certificate, certificate);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
