/** Controllers as processes of their own: two copies of one set, each set with a lease, and what they tell of themselves. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientTools, startTool } from './client-tool.ts';
import { freePort, slipwayProgram } from './cluster.ts';
import { eventually } from './eventually.ts';

function health(port: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
}

test('a leader that is stopped hands over at once, long before its lease has run out', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'slipway-hand-over-'));
  t.after(() => rm(data, { recursive: true, force: true }));
  const kubeconfig = join(data, 'kubeconfig');
  const start = (...args: readonly string[]) => startTool(t, slipwayProgram, args, kubeconfig);
  const server = start('apiserver', '--data-dir', data, '--secure-port', String(await freePort()));
  await server.match(/ready in \d+ ms/);
  const { kubectl } = clientTools(kubeconfig);
  const election = ['--leader-elect-resource-name=accounts', '--leader-elect-lease-duration=5m'];
  const own = ['controllers', '--verbose', '--kubeconfig', kubeconfig];
  const copy = async () => {
    const port = String(await freePort());
    return start(...own, '--controllers=serviceaccount,-job', '--secure-port', port, ...election);
  };
  const holder = () =>
    kubectl(['get', 'lease', 'accounts', '-n', 'kube-system', '-o', 'jsonpath={.spec.holderIdentity}']);
  const hasAccount = (namespace: string) =>
    eventually(() => kubectl(['get', 'serviceaccount', 'default', '-n', namespace]), { withinMs: 20_000 });

  const first = await copy();
  const port = await first.match(/told of on port (\d+)/);
  assert.equal(await health(port), 200);
  await kubectl(['create', 'namespace', 'a']);
  await hasAccount('a');
  const before = await holder();

  const second = await copy();
  await second.match(/works for https/);
  const other = start(...own, '--controllers=root-ca-cert-publisher');
  await eventually(() => kubectl(['get', 'configmap', 'kube-root-ca.crt', '-n', 'a']), { withinMs: 20_000 });
  await first.stop();
  await kubectl(['create', 'namespace', 'b']);
  await hasAccount('b');
  const after = await holder();
  assert.notEqual(after, '');
  assert.notEqual(after, before);
  for (const running of [other, second]) await running.stop();
  assert.equal(await holder(), '');
});
