/** What the suite asks of single kinds beyond their life: immutable data, empty keys, namespaces, pods, limits, reviews, tokens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JsonObject } from '../../src/api/schema.ts';
import { at, startTestServer, type TestServer } from '../../src/apiserver/testing/test-server.ts';
import { lifecycles } from './lifecycles.ts';

const namespace = '/api/v1/namespaces/default';
const merge = 'application/merge-patch+json';

let server: TestServer;
before(async () => {
  server = await startTestServer();
  await server.ok('POST', `${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
});
after(() => server.close());

const pod = (name: string, spec: JsonObject = {}, resources: JsonObject = {}): JsonObject => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'i', resources }], ...spec },
});

for (const plural of ['configmaps', 'secrets']) {
  test(`${plural} that are immutable take no other data, and no empty keys`, async () => {
    const path = `${namespace}/${plural}`;
    const data = { a: 'MQ==' };
    await server.ok('POST', path, { metadata: { name: 'fixed' }, data });
    await server.ok('PATCH', `${path}/fixed`, { data: { a: 'Mg==' } }, merge);
    await server.ok('PATCH', `${path}/fixed`, { immutable: true }, merge);
    for (const change of [{ data: { a: 'Mw==' } }, { immutable: false }]) {
      const refused = await server.call('PATCH', `${path}/fixed`, { body: change, contentType: merge });
      assert.equal(refused.status, 422, refused.text);
    }
    await server.ok('PATCH', `${path}/fixed`, { metadata: { labels: { still: 'free' } } }, merge);
    await server.ok('DELETE', `${path}/fixed`);
    const empty = await server.call('POST', path, { body: { metadata: { name: 'empty' }, data: { '': 'MQ==' } } });
    assert.equal(empty.status, 422);
  });
}

test('namespaces take patches, updates, conditions and finalizers', async () => {
  const path = '/api/v1/namespaces/changed';
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'changed' } });
  const patched = await server.ok('PATCH', path, { metadata: { labels: { patched: 'yes' } } }, merge);
  assert.equal(at(patched, 'metadata.labels.patched'), 'yes');
  const labels = { ...(at(patched, 'metadata.labels') as JsonObject), updated: 'yes' };
  const updated = await server.ok('PUT', path, {
    ...patched,
    metadata: { ...(patched['metadata'] as JsonObject), labels },
  });
  assert.equal(at(updated, 'metadata.labels.updated'), 'yes');
  const condition = { type: 'StatusPatch', status: 'True', reason: 'Test', message: 'm' };
  const told = await server.ok('PATCH', `${path}/status`, { status: { conditions: [condition] } }, merge);
  assert.equal((at(told, 'status.conditions') as readonly JsonObject[])[0]?.['type'], 'StatusPatch');
  const finalizers = [...(at(told, 'spec.finalizers') as readonly string[]), 'example.com/hold'];
  const held = await server.ok('PUT', `${path}/finalize`, { ...told, spec: { finalizers } });
  assert.deepEqual(at(held, 'spec.finalizers'), ['kubernetes', 'example.com/hold']);
  const freed = await server.ok('PUT', `${path}/finalize`, { ...held, spec: { finalizers: ['kubernetes'] } });
  assert.deepEqual(at(freed, 'spec.finalizers'), ['kubernetes']);
});

test('pods have a class of service, by what they ask for', async () => {
  const full = { cpu: '100m', memory: '100Mi' };
  for (const [name, resources, wanted] of [
    ['guaranteed', { requests: full, limits: full }, 'Guaranteed'],
    ['burstable', { requests: full }, 'Burstable'],
    ['besteffort', {}, 'BestEffort'],
  ] as const) {
    const made = await server.ok('POST', `${namespace}/pods`, pod(name, {}, resources));
    assert.equal(at(made, 'status.qosClass'), wanted);
  }
});

test('pods count the changes of their spec in metadata.generation, whatever a client says', async () => {
  const path = `${namespace}/pods`;
  const metadata = { name: 'counted', generation: 100 };
  const made = await server.ok('POST', path, { ...pod('counted'), metadata });
  assert.equal(at(made, 'metadata.generation'), 1);
  const change = async (body: JsonObject): Promise<unknown> =>
    at(await server.ok('PATCH', `${path}/counted`, body, merge), 'metadata.generation');
  assert.equal(await change({ metadata: { labels: { a: 'b' } } }), 1);
  assert.equal(await change({ spec: { activeDeadlineSeconds: 100 } }), 2);
  assert.equal(await change({ spec: { activeDeadlineSeconds: 50 } }), 3);
  assert.equal(await change({ metadata: { generation: 100 } }), 3);
  assert.equal(
    (
      await server.call('PATCH', `${path}/counted`, {
        body: { spec: { activeDeadlineSeconds: 60 } },
        contentType: merge,
      })
    ).status,
    422,
  );
  const image = [{ op: 'replace', path: '/spec/containers/0/image', value: 'other' }];
  const changed = await server.ok('PATCH', `${path}/counted`, image, 'application/json-patch+json');
  assert.equal(at(changed, 'metadata.generation'), 4);
});

test('sysctls that are no names are refused', async () => {
  const sysctls = ['foo-', 'kernel.shmmax', 'safe-and-unsafe', 'bar..'].map((name) => ({ name, value: '1' }));
  const refused = await server.call('POST', `${namespace}/pods`, {
    body: pod('sysctls', { securityContext: { sysctls } }),
  });
  assert.equal(refused.status, 422);
  for (const name of ['foo-', 'bar..']) assert.ok(refused.text.includes(`Invalid value: \\"${name}\\"`), refused.text);
  assert.ok(!refused.text.includes('kernel.shmmax'));
});

test('a pod takes the overhead of its runtime class, and is refused with a class that is none', async () => {
  const refused = await server.call('POST', `${namespace}/pods`, { body: pod('none', { runtimeClassName: 'none' }) });
  assert.equal(refused.status, 403);
  const overhead = { podFixed: { cpu: '10m', memory: '1Mi' } };
  const classes = '/apis/node.k8s.io/v1/runtimeclasses';
  await server.ok('POST', classes, { metadata: { name: 'heavy' }, handler: 'runc', overhead });
  const made = await server.ok('POST', `${namespace}/pods`, pod('heavy', { runtimeClassName: 'heavy' }));
  assert.deepEqual(at(made, 'spec.overhead'), overhead.podFixed);
  await server.ok('DELETE', `${classes}/heavy`);
  assert.equal(
    (await server.call('POST', `${namespace}/pods`, { body: pod('gone', { runtimeClassName: 'heavy' }) })).status,
    403,
  );
});

test('the default requests and limits of a LimitRange are filled in, its bounds are kept', async () => {
  await server.ok('POST', '/api/v1/namespaces', { metadata: { name: 'limited' } });
  const own = '/api/v1/namespaces/limited';
  await server.ok('POST', `${own}/serviceaccounts`, { metadata: { name: 'default' } });
  const limit = {
    type: 'Container',
    min: { cpu: '50m', memory: '100Mi' },
    max: { cpu: '500m', memory: '500Mi' },
    default: { cpu: '500m', memory: '500Mi' },
    defaultRequest: { cpu: '100m', memory: '200Mi' },
  };
  await server.ok('POST', `${own}/limitranges`, { metadata: { name: 'limits' }, spec: { limits: [limit] } });
  const made = await server.ok('POST', `${own}/pods`, pod('plain'));
  const [container] = at(made, 'spec.containers') as readonly JsonObject[];
  assert.deepEqual(container?.['resources'], { limits: limit.default, requests: limit.defaultRequest });
  for (const cpu of ['10m', '600m']) {
    const refused = await server.call('POST', `${own}/pods`, {
      body: pod('crossing', {}, { requests: { cpu }, limits: { cpu } }),
    });
    assert.equal(refused.status, 403, refused.text);
  }
});

test('a token of a service account is reviewed as that account; access reviews answer', async () => {
  const account = `${namespace}/serviceaccounts/default`;
  const token =
    at(await server.ok('POST', `${account}/token`, { spec: { expirationSeconds: 600 } }), 'status.token') ?? '';
  const review = await server.ok('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token } });
  assert.equal(at(review, 'status.authenticated'), true);
  assert.equal(at(review, 'status.user.username'), 'system:serviceaccount:default:default');
  const resourceAttributes = { verb: 'list', resource: 'configmaps', version: 'v1', namespace: 'default' };
  const spec = { user: 'system:serviceaccount:default:default', resourceAttributes };
  const authorization = '/apis/authorization.k8s.io/v1';
  for (const path of ['subjectaccessreviews', 'namespaces/default/localsubjectaccessreviews']) {
    const body = path.startsWith('n') ? { metadata: { namespace: 'default' }, spec } : { spec };
    assert.equal(at(await server.ok('POST', `${authorization}/${path}`, body), 'status.allowed'), false);
  }
});

test('signing requests are approved and their certificate written through subresources', async () => {
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const spec = lifecycles.find(({ kind }) => kind === 'CertificateSigningRequest')?.body('signed')['spec'] ?? {};
  const made = await server.ok('POST', path, { metadata: { name: 'signed' }, spec });
  const condition = { type: 'Approved', status: 'True', reason: 'Test', message: 'm' };
  const approved = await server.ok('PUT', `${path}/signed/approval`, { ...made, status: { conditions: [condition] } });
  assert.equal((at(approved, 'status.conditions') as readonly JsonObject[])[0]?.['type'], 'Approved');
  assert.deepEqual(await server.ok('GET', `${path}/signed/approval`), approved);
  const more = [...(at(approved, 'status.conditions') as readonly JsonObject[]), { ...condition, type: 'Odd' }];
  await server.ok('PATCH', `${path}/signed/status`, { status: { conditions: more } }, merge);
  await server.ok('DELETE', `${path}/signed`);
});

test('pods take CSI volumes of their own', async () => {
  const volumes = [{ name: 'v', csi: { driver: 'example.com', volumeAttributes: { a: 'b' } } }];
  const made = await server.ok('POST', `${namespace}/pods`, pod('inline', { volumes }));
  assert.deepEqual((at(made, 'spec.volumes') as readonly JsonObject[])[0], volumes[0]);
  await server.ok('PATCH', `${namespace}/pods/inline`, { metadata: { labels: { a: 'b' } } }, merge);
  await server.ok('DELETE', `${namespace}/pods/inline`);
});
