import assert from 'node:assert/strict';
import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../api/groups/core.v1.ts';
import { nodePaths } from '../paths.ts';
import { claimedVolume } from './claimed-volume.ts';
import { giveToGroup } from './give-to-group.ts';
import { plainFolders } from './mounts.ts';
import type { VolumeContext } from './volume-kind.ts';

const stored = { resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
const pod = {
  metadata: { name: 'p', namespace: 'default', uid: 'uid-p', ...stored },
  spec: { containers: [] },
  status: {},
} as unknown as Pod;
const named: Volume = { name: 'v', persistentVolumeClaim: { claimName: 'data' } };

function claim(phase: string, meta: object = {}): PersistentVolumeClaim {
  return {
    metadata: { name: 'data', namespace: 'default', uid: 'uid-data', ...stored, ...meta },
    spec: { resources: {}, ...(phase === 'Bound' ? { volumeName: 'disk' } : {}) },
    status: { phase },
  };
}

function disk(spec: PersistentVolume['spec']): PersistentVolume {
  return {
    metadata: { name: 'disk', uid: 'd', ...stored },
    spec: { claimRef: { uid: 'uid-data' }, ...spec },
    status: {},
  };
}

function context(found: PersistentVolumeClaim | undefined, volume?: PersistentVolume): VolumeContext {
  return {
    pod,
    paths: nodePaths('/none'),
    facts: {} as never,
    mounts: plainFolders,
    claimed: new Map(),
    nowMs: 0,
    objects: {
      configMap: async () => undefined,
      secret: async () => undefined,
      token: async () => '',
      claim: async () => found,
      persistentVolume: async () => volume,
    },
  };
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'slipway-volume-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('claimedVolume is the path of the volume that the claim is bound to, for as long as the pod lives', async (t) => {
  const path = await folder(t);
  const facts = context(claim('Bound'), disk({ local: { path } }));
  assert.equal(await claimedVolume.setUp(named, facts), path);
  await rm(path, { recursive: true });
  assert.equal(await claimedVolume.setUp(named, facts), path);
  const made = join(path, 'made');
  assert.equal(await claimedVolume.setUp(named, context(claim('Bound'), disk({ hostPath: { path: made } }))), made);
});

test('claimedVolume says what is wrong on the way to the volume', async () => {
  const missing = { path: '/nowhere/at/all' };
  const cases: readonly (readonly [VolumeContext, RegExp])[] = [
    [context(undefined), /^error processing PVC default.data: failed to fetch PVC .* "data" not found$/],
    [context(claim('Pending')), /PVC is not bound$/],
    [context(claim('Bound', { deletionTimestamp: 'now' })), /PVC is being deleted$/],
    [context(claim('Bound')), /persistentvolumes "disk" not found$/],
    [context(claim('Bound'), disk({ claimRef: { uid: 'x' } })), /does not point to claim.UID "uid-data"$/],
    [context(claim('Bound'), disk({ local: missing })), /^path "\/nowhere\/at\/all" does not exist$/],
    [context(claim('Bound'), disk({ nfs: { server: 's', path: '/' } })), /kind "nfs" are not supported by this node/],
    [context(claim('Bound'), disk({ csi: { driver: 'd', volumeHandle: 'h' } })), /kind "csi" are not supported/],
    [context(claim('Bound'), disk({ volumeMode: 'Block', local: missing })), /block volumes are not supported/],
  ];
  for (const [facts, message] of cases) await assert.rejects(claimedVolume.setUp(named, facts), { message });
});

test('claimedVolume takes for an ephemeral volume only a claim that was made for the pod', async (t) => {
  const path = await folder(t);
  const own = { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-p', controller: true }] };
  const ephemeral: Volume = { name: 'v', ephemeral: {} };
  const volume = disk({ local: { path } });
  assert.equal(await claimedVolume.setUp(ephemeral, context(claim('Bound', own), volume)), path);
  const message = /was not created for pod default.p \(pod is not owner\)$/;
  await assert.rejects(claimedVolume.setUp(ephemeral, context(claim('Bound'), volume)), { message });
});

test('giveToGroup() opens files and folders to the group, follows no link, and leaves what is right', async (t) => {
  const path = await folder(t);
  const group = process.getgid?.() ?? 0;
  await mkdir(join(path, 'inner'));
  await writeFile(join(path, 'inner', 'file'), '', { mode: 0o600 });
  await symlink('/nowhere', join(path, 'link'));
  const mode = async (name: string) => ((await lstat(join(path, name))).mode & 0o7777).toString(8);
  await giveToGroup(path, group, { onlyIfRootDiffers: false });
  assert.equal(await mode('inner/file'), '660');
  assert.equal(await mode('inner'), '2775');
  await chmod(join(path, 'inner', 'file'), 0o600);
  await giveToGroup(path, group, { onlyIfRootDiffers: true });
  assert.equal(await mode('inner/file'), '600');
});
