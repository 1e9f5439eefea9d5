/** Simulated nodes as users meet them: `slipway up --simulated-nodes`, and `slipway simulate` beside it with a file of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { slipwayProgram, startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';

let cluster: TestCluster;

before(async () => {
  cluster = await startTestCluster({ simulatedNodes: 30 });
});

after(() => cluster?.remove());

const readyNodes = async (selector: string): Promise<number> => {
  const text = await cluster.kubectl(['get', 'nodes', '--no-headers', '-l', selector]);
  return text.split('\n').filter((line) => / Ready /.test(line)).length;
};

test('slipway up --simulated-nodes runs workloads on nodes that only pretend', async () => {
  assert.equal(await readyNodes('slipway.dev/simulated'), 30);
  await cluster.kubectl(['create', 'deployment', 'web', '--image=nginx', '--replicas=40']);
  await cluster.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
  await cluster.kubectl(['create', 'job', 'once', '--image=busybox']);
  await cluster.kubectl(['wait', '--for=condition=complete', 'job/once', '--timeout=60s']);
  assert.equal(await cluster.kubectl(['logs', 'deployment/web', '--tail=1']), 'started\n');
  const pod = (await cluster.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name'])).split('\n')[0] ?? '';
  assert.equal(await cluster.kubectl(['exec', pod, '--', 'hostname']), `${pod.replace('pod/', '')}\n`);
  const refused = await cluster.tryKubectl(['exec', pod, '--', 'no-such-program']);
  assert.match(refused.stderr, /executable file not found/);
  await cluster.kubectl(['delete', 'deployment', 'web', '--cascade=foreground']);
  await eventually(async () => assert.equal(await cluster.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name']), ''));
});

test('slipway simulate adds nodes by a file, and tells at its end what happened', async () => {
  const file = join(cluster.dataDirectory, 'simulation.yaml');
  const lines = [
    'apiVersion: simulation.slipway.dev/v1',
    'kind: Simulation',
    'nodes: [{ name: extra, labels: { pool: extra } }]',
    'pods: [{ logs: [{ text: "hello from {pod} on {node}" }], exec: [{ command: date, stdout: "today\\n" }] }]',
  ];
  await writeFile(file, lines.join('\n'));
  const args = ['simulate', '--file', file, '--nodes', '7', '--kubeconfig', cluster.kubeconfig];
  const child = spawn(slipwayProgram, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (output += piece.toString()));
  try {
    await eventually(async () => assert.equal(await readyNodes('pool=extra'), 7, output));
    const overrides = JSON.stringify({ spec: { nodeSelector: { pool: 'extra' } } });
    await cluster.kubectl(['run', 'there', '--image=nginx', '--overrides', overrides]);
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/there', '--timeout=60s']);
    assert.match(await cluster.kubectl(['logs', 'there']), /^hello from there on extra-\d\n$/);
    assert.equal(await cluster.kubectl(['exec', 'there', '--', 'date', '-u']), 'today\n');
    await cluster.kubectl(['delete', 'pod', 'there', '--timeout=60s']);
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  }
  assert.match(output, /all nodes ready after/);
  assert.match(output, /creation to running: p50/);
});

test('slipway simulate tells what is wrong with a file', async () => {
  const file = join(cluster.dataDirectory, 'wrong.yaml');
  await writeFile(file, 'apiVersion: simulation.slipway.dev/v1\nkind: Simulation\nnodes: [{ cuont: 3 }]\n');
  const child = spawn(slipwayProgram, ['simulate', '--file', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()));
  const [status] = (await once(child, 'close')) as [number];
  assert.equal(status, 2);
  assert.match(errors, /there is no field "nodes\[0\].cuont"/);
});
