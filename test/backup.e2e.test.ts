/** A cluster that is lost and comes back from its backup, as its users see it. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runTool, type ToolResult } from './client-tool.ts';
import { slipwayProgram, startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-backup-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

function restore(file: string, dataDirectory: string): Promise<ToolResult> {
  return runTool(slipwayProgram, ['restore', file, '--data-dir', dataDirectory], '', {});
}

async function rolledOut(cluster: TestCluster, name: string): Promise<void> {
  await cluster.kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=60s']);
}

test('a backup of a running cluster brings everything back after the cluster was lost', async (t) => {
  const root = await folder(t);
  const lost = await startTestCluster({ runtime: 'simulated' });
  t.after(() => lost.remove());
  await lost.kubectl(['create', 'deployment', 'web', '--image=registry.example/web:1', '--replicas=3']);
  await lost.kubectl(['create', 'secret', 'generic', 'password', '--from-literal=it=secret']);
  await rolledOut(lost, 'web');
  const token = await lost.kubectl(['create', 'token', 'default']);
  const file = join(root, 'cluster.backup');
  const backup = await lost.slipway(['backup', file]);
  assert.equal(backup.status, 0, backup.stderr);
  assert.match(backup.stdout, /cluster\.backup: \d+ keys at revision \d+, \d\.\d MB/);
  await lost.kubectl(['scale', 'deployment', 'web', '--replicas=5']);
  await rolledOut(lost, 'web');
  const last = Number(await lost.kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.metadata.resourceVersion}']));
  await lost.kill();

  const dataDirectory = join(root, 'restored');
  const restored = await restore(file, dataDirectory);
  assert.equal(restored.status, 0, restored.stderr);
  const cluster = await startTestCluster({ runtime: 'simulated', dataDirectory });
  t.after(() => cluster.stop());
  await rolledOut(cluster, 'web');
  await eventually(async () => {
    const phases = await cluster.kubectl(['get', 'pods', '-o', 'jsonpath={.items[*].status.phase}']);
    assert.equal(phases, 'Running Running Running');
  });
  const secret = await cluster.kubectl(['get', 'secret', 'password', '-o', 'jsonpath={.data.it}']);
  assert.equal(Buffer.from(secret, 'base64').toString(), 'secret');
  await cluster.kubectl(['annotate', 'deployment', 'web', 'restored=yes']);
  const next = Number(
    await cluster.kubectl(['get', 'deployment', 'web', '-o', 'jsonpath={.metadata.resourceVersion}']),
  );
  assert.ok(next > last, `${next} comes after ${last}`);
  // A client that goes on from what it saw of the lost cluster learns that it has to list again.
  const watch = await cluster.kubectl([
    'get',
    '--raw',
    `/api/v1/namespaces/default/pods?watch=1&resourceVersion=${last}`,
  ]);
  assert.match(watch, /"type":"ERROR".*"reason":"Expired".*"code":410/);
  // The same authorities as before: what they gave out is good for the restored cluster.
  await cluster.kubectl(['--token', token, 'auth', 'whoami']);
  await cluster.stop();
});

test('restore refuses a damaged file and a folder that holds a cluster, and changes nothing', async (t) => {
  const root = await folder(t);
  const cluster = await startTestCluster({ runtime: 'simulated' });
  t.after(() => cluster.remove());
  const file = join(root, 'cluster.backup');
  assert.equal((await cluster.slipway(['backup', file])).status, 0);
  const held = await restore(file, cluster.dataDirectory);
  assert.notEqual(held.status, 0);
  assert.match(held.stderr, /in use by process \d+/);
  await cluster.stop();
  const full = await restore(file, cluster.dataDirectory);
  assert.match(full.stderr, /it holds a cluster\. Choose a new folder with --data-dir/);
  await truncate(file, 100_000);
  const damaged = await restore(file, join(root, 'new'));
  assert.match(damaged.stderr, /was cut short or changed since it was written/);
  assert.deepEqual(await readdir(root), ['cluster.backup']);
});
