import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerdPaths, printContainerdConfig } from './containerd-config.ts';
import { parseImportedImages } from './containerd.ts';
import { parseMounts } from './leftovers.ts';
import { hasCapability } from './machine.ts';

const machine = { canLowerOomScore: false, snapshotter: 'native' } as const;

test('printContainerdConfig() keeps everything below the data directory and minds what the machine cannot do', () => {
  const paths = containerdPaths('/data', 'a');
  const config = printContainerdConfig({ paths, machine, sandboxImage: 'p:1', pluginDirectory: '/usr/lib/cni' });
  for (const line of [
    'root = "/data/root"',
    'state = "/data/run"',
    'address = "/data/run/containerd.sock"',
    'sandbox_image = "p:1"',
    'restrict_oom_score_adj = true',
    'netns_mounts_under_state_dir = true',
    'conf_dir = "/data/net.d"',
    'bin_dir = "/usr/lib/cni"',
    'snapshotter = "native"',
    'SystemdCgroup = false',
  ]) {
    assert.ok(config.split('\n').includes(line), `${line} is missing in\n${config}`);
  }
});

for (const directory of [`/${'x'.repeat(100)}`, '/a,b', '/with blank']) {
  test(`containerdPaths() moves the state of ${directory} to /run, and nothing else`, () => {
    const { state, socket, root } = containerdPaths(directory, 'a');
    assert.deepEqual([state, socket], ['/run/slipway-a', '/run/slipway-a/containerd.sock']);
    assert.equal(root, `${directory}/root`);
  });
}

test('hasCapability() reads the effective set', () => {
  const status = 'Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t000001fffeffffff\n';
  assert.deepEqual(
    [23, 24, 25, 40, 41].map((number) => hasCapability(status, number)),
    [true, false, true, true, false],
  );
  assert.equal(hasCapability('', 24), false);
});

test('parseMounts() reads paths with blanks and the type behind the optional fields', () => {
  const text = [
    '22 28 0:21 / /proc rw,nosuid shared:12 master:1 - proc proc rw',
    '90 28 0:50 / /data/a\\040b rw - overlay overlay rw,lowerdir=/x',
    '',
  ].join('\n');
  assert.deepEqual(parseMounts(text), [
    { path: '/proc', type: 'proc' },
    { path: '/data/a b', type: 'overlay' },
  ]);
});

test('parseImportedImages() reads the names that ctr prints', () => {
  const printed =
    'unpacking slipway.local/pause:1 (sha256:aa)...done\nunpacking docker.io/library/b:2 (sha256:bb)...done\n';
  assert.deepEqual(parseImportedImages(printed), ['slipway.local/pause:1', 'docker.io/library/b:2']);
});
