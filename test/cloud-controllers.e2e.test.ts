/** The cloud controllers as a process of their own, with the rights of their accounts, for a cluster on the emulated Hetzner Cloud. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Node, Service } from '../src/api/groups/core.v1.ts';
import { clientTools, startTool } from './client-tool.ts';
import { freePort, slipwayProgram } from './cluster.ts';
import { eventually } from './eventually.ts';
import { HcloudEmulator } from './hcloud/emulator.ts';

test('a node is initialized, routed, balanced to and removed as its server is', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cloud-'));
  const cloud = new HcloudEmulator();
  const network = cloud.addNetwork('cluster');
  const server = cloud.addServer('pretend', { private_net: [{ network: network.id, ip: '10.0.0.5', alias_ips: [] }] });
  const settings = join(folder, 'cloud.yaml');
  const token = join(folder, 'token');
  await writeFile(token, cloud.token);
  const endpoint = await cloud.start();
  await writeFile(
    settings,
    `endpoint: ${endpoint}\ntokenFile: ${token}\nnetwork: cluster\nusePrivateIp: true\nlocation: fsn1\n`,
  );
  t.after(() => cloud.stop());

  const kubeconfig = join(folder, 'data', 'kubeconfig');
  const { kubectl, kubectlJson } = clientTools(kubeconfig);
  const start = (...args: readonly string[]) => startTool(t, slipwayProgram, args, kubeconfig);
  const port = String(await freePort());
  await start('apiserver', '--data-dir', join(folder, 'data'), '--secure-port', port).match(/ready in \d+ ms/);
  t.after(() => rm(folder, { recursive: true }));
  await kubectl(['apply', '-f', join(import.meta.dirname, '../examples/cloud-provider/role.yaml')]);
  const provider = ['--cloud-provider', 'hcloud', '--cloud-config', settings, '--cluster-cidr', '10.244.0.0/16'];
  const identity = join(folder, 'data', 'kubeconfigs', 'cloud-controller-manager');
  await start('cloud-controllers', '--verbose', '--kubeconfig', identity, ...provider).match(/Leads/);
  const place = ['--root-dir', join(folder, 'node'), '--hostname-override', 'pretend', '--port', '0'];
  const pretend = ['--container-runtime-endpoint', 'simulated', '--cloud-provider', 'external'];
  const kubelet = start('kubelet', '--kubeconfig', kubeconfig, ...place, '--node-ip', '10.0.0.5', ...pretend);

  const node = async (): Promise<Node> => (await kubectlJson(['get', 'node', 'pretend'])) as Node;
  const initialized = await eventually(async () => {
    const found = await node();
    assert.equal(found.spec.providerID, `hcloud://${server.id}`);
    return found;
  });
  assert.deepEqual(initialized.spec.taints?.filter(({ key }) => key.startsWith('node.cloudprovider')) ?? [], []);
  assert.equal(initialized.metadata.labels?.['topology.kubernetes.io/region'], 'fsn1');
  assert.equal(initialized.metadata.labels?.['node.kubernetes.io/instance-type'], 'cx22');
  // The kubelet reports its node again and again, and leaves these alone.
  await eventually(async () => assert.ok((await node()).status.conditions?.some(({ type }) => type === 'Ready')));
  assert.deepEqual(
    (await node()).status.addresses?.map(({ type }) => type),
    ['Hostname', 'InternalIP', 'ExternalIP', 'ExternalIP'],
  );

  await kubectl([
    'patch',
    'node',
    'pretend',
    '-p',
    '{"spec":{"podCIDR":"10.244.0.0/24","podCIDRs":["10.244.0.0/24"]}}',
  ]);
  await eventually(() => assert.deepEqual(network.routes, [{ destination: '10.244.0.0/24', gateway: '10.0.0.5' }]));
  await eventually(async () => {
    const reached = (await node()).status.conditions?.find(({ type }) => type === 'NetworkUnavailable');
    assert.equal(reached?.reason, 'RouteCreated');
  });

  await kubectl(['create', 'service', 'loadbalancer', 'web', '--tcp=80:8080']);
  await eventually(async () => {
    const { status } = (await kubectlJson(['get', 'service', 'web'])) as Service;
    const [balancer] = cloud.project.balancers.values();
    assert.equal(status.loadBalancer.ingress?.[0]?.ip, balancer?.public_net.ipv4.ip);
    assert.deepEqual(balancer?.targets, [{ type: 'server', server: { id: server.id }, use_private_ip: true }]);
  });
  await kubectl(['delete', 'service', 'web', '--timeout=30s']);
  assert.equal(cloud.project.balancers.size, 0);

  await kubelet.stop();
  cloud.project.servers.delete(server.id);
  const lost = JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } });
  await kubectl(['patch', 'node', 'pretend', '--subresource=status', '-p', lost]);
  await eventually(async () => assert.equal(await kubectl(['get', 'nodes', '-o', 'name']), ''));
  await eventually(() => assert.deepEqual(network.routes, []));
  const events = await kubectl([
    'get',
    'events',
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.source.component} {.reason}{"\\n"}{end}',
  ]);
  for (const told of [
    'cloud-node-controller Synced',
    'service-controller EnsuredLoadBalancer',
    'service-controller DeletedLoadBalancer',
    'cloud-node-lifecycle-controller DeletingNode',
  ]) {
    assert.match(events, new RegExp(`^${told}$`, 'm'));
  }
});
