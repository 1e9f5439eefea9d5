import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../api/schema.ts';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const root = '/apis/rbac.authorization.k8s.io/v1';

type Change = (object: Record<string, Json>) => void;

async function change(server: TestServer, path: string, how: Change): Promise<void> {
  const object = structuredClone(await server.ok('GET', path)) as Record<string, Json>;
  how(object);
  await server.ok('PUT', path, object as Json);
}

const versionOf = ({ metadata }: JsonObject): Json => (metadata as JsonObject)['resourceVersion'] ?? '';

test('a server that starts adds what default roles and bindings lack, and keeps what was added', async () => {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: systemClock, log: silentLog });
  let server = await startTestServer({ store });
  try {
    const basic = `${root}/clusterroles/system:basic-user`;
    const view = `${root}/clusterroles/view`;
    const reader = `${root}/namespaces/kube-system/roles/extension-apiserver-authentication-reader`;
    const discovery = `${root}/clusterrolebindings/system:discovery`;
    const admin = `${root}/clusterrolebindings/cluster-admin`;
    const extra = { verbs: ['get'], apiGroups: ['x'], resources: ['y'] };
    const own = { matchLabels: { mine: 'yes' } };
    const group = { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'extra' };
    const complete = await server.ok('GET', basic);
    const untouched = versionOf(await server.ok('GET', `${root}/clusterroles/admin`));
    await change(server, basic, (role) => {
      role['rules'] = [extra];
      (role['metadata'] as Record<string, Json>)['labels'] = { mine: 'yes' };
    });
    await change(server, view, (role) => void (role['aggregationRule'] = { clusterRoleSelectors: [own] }));
    await change(server, reader, (role) => {
      const metadata = role['metadata'] as Record<string, Json>;
      metadata['annotations'] = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
      role['rules'] = [];
    });
    await change(server, discovery, (binding) => void (binding['subjects'] = [group]));
    await server.ok('DELETE', admin);
    const wrong = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
    await server.ok('POST', `${root}/clusterrolebindings`, { metadata: { name: 'cluster-admin' }, roleRef: wrong });
    await server.close();

    server = await startTestServer({ store });
    const role = await server.ok('GET', basic);
    assert.deepEqual((role['metadata'] as JsonObject)['labels'], {
      'kubernetes.io/bootstrapping': 'rbac-defaults',
      mine: 'yes',
    });
    const rules = role['rules'] as readonly JsonObject[];
    assert.deepEqual(rules[0], extra);
    const wanted = (complete['rules'] as readonly JsonObject[]).flatMap((rule) => rule['resources'] as string[]);
    assert.deepEqual(
      rules.slice(1).map((rule) => (rule['resources'] as string[])[0]),
      wanted,
    );
    assert.deepEqual((await server.ok('GET', view))['aggregationRule'], {
      clusterRoleSelectors: [own, { matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
    });
    assert.equal((await server.ok('GET', reader))['rules'], null);
    const subjects = (await server.ok('GET', discovery))['subjects'] as readonly JsonObject[];
    assert.deepEqual(
      subjects.map(({ name }) => name),
      ['extra', 'system:authenticated'],
    );
    const { roleRef } = await server.ok('GET', admin);
    assert.equal((roleRef as JsonObject)['name'], 'cluster-admin');
    assert.equal(versionOf(await server.ok('GET', `${root}/clusterroles/admin`)), untouched);
  } finally {
    await server.close();
    await store.close();
  }
});
