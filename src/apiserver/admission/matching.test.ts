import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Draft } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/kind.ts';
import { descriptors } from '../../api/kinds/descriptors.ts';
import * as resources from '../../api/resources.ts';
import type { AnyResource } from '../../api/resource.ts';
import { virtualClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { openEmbeddedStore } from '../../store/embedded/open.ts';
import { storedBytes } from '../registry/entry.ts';
import { ServedResources } from '../registry/served-resources.ts';
import { storageKey } from '../registry/served.ts';
import type { Admitted } from './admission.ts';
import { matchCriteria, matchRequest } from './matching.ts';

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };

/** Asks in a cluster whose namespace "n" is of team "a". */
async function createMatcher(context: TestContext) {
  const store = await openEmbeddedStore({ directory: ':memory:', clock: virtualClock(), log: silentLog });
  const served = new ServedResources(store, descriptors);
  context.after(async () => {
    served.close();
    await store.close();
  });
  const namespaces = served.of(resources.Namespaces);
  await namespaces.cache.ready();
  const metadata = { name: 'n', labels: { team: 'a' }, uid: '00000000-0000-4000-8000-000000000000' };
  const value = storedBytes({ kind: 'Namespace', apiVersion: 'v1', metadata } as unknown as KubeObject);
  await store.transact([], [{ type: 'put', key: storageKey(namespaces, undefined, 'n'), value }]);
  return (criteria: object, request: Partial<Admitted> & { readonly of?: AnyResource } = {}): string | undefined => {
    const { of = resources.Pods, ...change } = request;
    const object = { metadata: { name: 'p', labels: { app: 'web' } } } as unknown as Draft<KubeObject>;
    const asked: Admitted = {
      operation: 'CREATE',
      served: served.of(of),
      namespace: of.namespaced ? 'n' : undefined,
      name: 'p',
      subresource: '',
      object,
      old: undefined,
      options: {},
      user: { name: 'ann', groups: [] },
      dryRun: false,
      warn: () => undefined,
      ...change,
    };
    return matchRequest(matchCriteria({ rules: [rule], ...criteria }), asked, served)?.resource.apiVersion;
  };
}

test('matchRequest() compares operation, group, version, resource, name and scope', async (context) => {
  const match = await createMatcher(context);
  assert.equal(match({}), 'v1');
  const others = [
    { operations: ['UPDATE'] },
    { apiGroups: ['apps'] },
    { apiVersions: ['v2'] },
    { resources: ['pods/status'] },
    { scope: 'Cluster' },
    { resourceNames: ['other'] },
  ];
  for (const other of others) assert.equal(match({ rules: [{ ...rule, ...other }] }), undefined);
  const any = { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'] };
  const all = { rules: [{ ...any, resources: ['*'] }] };
  assert.equal(match(all, { of: resources.Deployments }), 'apps/v1');
  assert.equal(match(all, { subresource: 'status' }), undefined);
  for (const pattern of ['*/*', 'pods/*', '*/status']) {
    assert.equal(match({ rules: [{ ...any, resources: [pattern] }] }, { subresource: 'status' }), 'v1', pattern);
  }
  assert.equal(match({ rules: undefined, excluded: [rule] }), undefined);
});

test('matchRequest() asks the labels of the namespace and of the object, old or new', async (context) => {
  const match = await createMatcher(context);
  const inTeam = (team: string) => ({ namespaceSelector: { matchLabels: { team } } });
  assert.equal(match(inTeam('a')), 'v1');
  assert.equal(match(inTeam('b')), undefined);
  assert.throws(() => match(inTeam('a'), { namespace: 'gone' }), { message: 'namespaces "gone" not found' });
  const nodes = { ...inTeam('b'), rules: [{ ...rule, resources: ['nodes'] }] };
  assert.equal(match(nodes, { of: resources.Nodes }), 'v1');
  const namespaces = { ...inTeam('c'), rules: [{ ...rule, resources: ['namespaces'] }] };
  const named = { metadata: { name: 'new', labels: { team: 'c' } } } as unknown as Draft<KubeObject>;
  assert.equal(match(namespaces, { of: resources.Namespaces, object: named }), 'v1');
  const ofApp = { objectSelector: { matchLabels: { app: 'db' } } };
  assert.equal(match(ofApp), undefined);
  assert.equal(match(ofApp, { old: { metadata: { labels: { app: 'db' } } } as unknown as KubeObject }), 'v1');
});

test('matchRequest() finds requests in other versions of the resource when the policy is Equivalent', async (context) => {
  const match = await createMatcher(context);
  const rules = [{ ...rule, apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] }];
  const of = resources.HorizontalPodAutoscalers;
  assert.equal(match({ rules: [{ ...rules[0], apiVersions: ['v2'] }] }, { of }), 'autoscaling/v2');
  assert.equal(match({ rules, matchPolicy: 'Exact' }, { of }), undefined);
  assert.equal(match({ rules, matchPolicy: 'Equivalent' }, { of }), 'autoscaling/v1');
});
