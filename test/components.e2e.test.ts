/** Every component as a process of its own, against an API server that runs alone. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { clientTools, startTool } from './client-tool.ts';
import { freePort, slipwayProgram } from './cluster.ts';
import { eventually } from './eventually.ts';

const identities: Readonly<Record<string, string>> = {
  controllers: 'kubeconfigs/controller-manager',
  scheduler: 'kubeconfigs/scheduler',
  kubelet: 'kubeconfig',
  proxy: 'kubeconfigs/proxy',
  dns: 'kubeconfigs/dns',
  'local-path': 'kubeconfig',
};

const claimed = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: claimed }
spec:
  containers: [{ name: main, image: example.com/web:1, volumeMounts: [{ name: data, mountPath: /data }] }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`;

test('the components make a cluster together, each a process of its own', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-components-'));
  const data = join(folder, 'data');
  const kubeconfig = join(data, 'kubeconfig');
  const start = (command: string, args: readonly string[]) =>
    startTool(t, slipwayProgram, [command, ...args], kubeconfig);
  const port = String(await freePort());
  await start('apiserver', ['--data-dir', data, '--secure-port', port]).match(/ready in \d+ ms/);
  const component = (command: string, ...args: readonly string[]) =>
    start(command, ['--kubeconfig', join(data, identities[command] ?? ''), ...args]).match(/works for https/);
  const node = ['--root-dir', join(folder, 'node'), '--hostname-override', 'pretend', '--node-ip', '127.0.0.1'];
  await Promise.all([
    component('controllers'),
    component('scheduler'),
    component('kubelet', ...node, '--container-runtime-endpoint', 'simulated', '--port', '0'),
    component('dns', '--port', String(await freePort())),
    component('local-path', '--directory', join(folder, 'volumes'), '--hostname-override', 'pretend'),
  ]);
  t.after(() => rm(folder, { recursive: true }));

  const { kubectl } = clientTools(kubeconfig);
  await kubectl(['create', 'deployment', 'web', '--image=example.com/web:1', '--replicas=2']);
  await kubectl(['expose', 'deployment', 'web', '--port=80']);
  await kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s'], { timeoutMs: 70_000 });
  assert.match(await kubectl(['get', 'nodes']), /^pretend +Ready/m);
  await eventually(async () =>
    assert.match(
      await kubectl(['get', 'endpointslices', '-l', 'kubernetes.io/service-name=web']),
      /10\.244\.0\.\d+,10\.244/,
    ),
  );
  await kubectl(['apply', '-f', '-'], { input: claimed });
  await kubectl(['wait', 'pod/claimed', '--for=condition=Ready', '--timeout=60s']);
  assert.match((await readdir(join(folder, 'volumes')))[0] ?? '', /^pvc-.*_default_data$/);
  const leases = await kubectl(['-n', 'kube-system', 'get', 'leases', '-o', 'name']);
  assert.match(leases, /kube-controller-manager\n.*kube-scheduler/);
});

test('of two schedulers one works, and the other takes over', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-components-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const start = (...args: readonly string[]) => startTool(t, slipwayProgram, args, kubeconfig);
  await start('apiserver', '--data-dir', folder, '--secure-port', String(await freePort())).match(/ready in \d+ ms/);
  const scheduler = [
    'scheduler',
    '--secure-port=0',
    '--verbose',
    '--kubeconfig',
    join(folder, 'kubeconfigs', 'scheduler'),
  ];
  const first = start(...scheduler);
  await first.match(/Leads/);
  const second = start(...scheduler);
  await second.match(/works for https/);
  await first.stop();
  await second.match(/Leads/);
  t.after(() => rm(folder, { recursive: true }));
});
