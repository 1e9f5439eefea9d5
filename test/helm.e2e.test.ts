/** Real Helm with the chart of examples/: a Deployment, a Service, a ConfigMap, a ServiceAccount, a Role and a hook Job. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadBusybox } from './test-images.ts';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';

const chart = join(import.meta.dirname, '..', 'examples', 'chart');
const waiting = ['--wait', '--timeout', '60s'];

let cluster: TestCluster;

before(async () => {
  cluster = await startTestCluster({ runtime: 'containerd' });
  await loadBusybox(cluster);
});

after(() => cluster.remove());

async function greeting(): Promise<string> {
  const ip = await cluster.kubectl(['get', 'service', 'hello', '-o', 'jsonpath={.spec.clusterIP}']);
  return await eventually(async () => {
    const answer = await fetch(`http://${ip}/`, { headers: { connection: 'close' } });
    return (await answer.text()).trim();
  });
}

test('helm install runs the chart and its hook', async () => {
  const { helm, kubectl } = cluster;
  assert.match(await helm(['install', 'hello', chart, ...waiting]), /STATUS: deployed/);
  assert.equal(await greeting(), 'Hello');
  assert.match(await kubectl(['logs', 'job/hello-greet']), /^Hello from the hook$/m);
  const role = await kubectl(['auth', 'can-i', 'get', 'configmap/hello', '--as=system:serviceaccount:default:hello']);
  assert.equal(role, 'yes\n');
  assert.match(await helm(['list']), /^hello\s+default\s+1\s/m);
  assert.match(await helm(['get', 'manifest', 'hello']), /kind: Deployment/);
});

test('helm upgrade changes what runs, rollback brings it back', async () => {
  const { helm, kubectl } = cluster;
  await helm(['upgrade', 'hello', chart, '--set', 'greeting=Ahoy,replicas=3', ...waiting]);
  await eventually(async () => assert.equal(await greeting(), 'Ahoy'));
  assert.match(await kubectl(['get', 'deployment', 'hello']), /^hello +3\/3/m);
  assert.match(await kubectl(['logs', 'job/hello-greet']), /^Ahoy from the hook$/m);
  assert.match(await helm(['rollback', 'hello', '1', ...waiting]), /Rollback was a success/);
  await eventually(async () => assert.equal(await greeting(), 'Hello'));
  assert.match(await kubectl(['get', 'deployment', 'hello']), /^hello +2\/2/m);
  const history = await helm(['history', 'hello']);
  assert.deepEqual(
    [...history.matchAll(/^(\d)\s.*\s(superseded|deployed)\s/gm)].map(
      ([, revision, status]) => `${revision} ${status}`,
    ),
    ['1 superseded', '2 superseded', '3 deployed'],
  );
});

test('helm uninstall takes everything of the release away', async () => {
  await cluster.helm(['uninstall', 'hello', ...waiting]);
  const ofRelease = ['get', 'all,configmaps,serviceaccounts,roles,rolebindings', '-o', 'name'];
  await eventually(async () => {
    const left = (await cluster.kubectl(ofRelease)).split('\n').filter((name) => name.includes('hello'));
    // Helm leaves hooks and what they made.
    assert.deepEqual(
      left.filter((name) => !name.includes('hello-greet')),
      [],
    );
  });
  assert.equal((await cluster.helm(['list', '-q'])).trim(), '');
});
