import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Events, Nodes, PersistentVolumeClaims, PersistentVolumes, StorageClasses } from '../api/resources.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { MemoryClient } from '../client/memory-client.ts';
import { MemoryServer } from '../client/memory-server.ts';
import { runLocalPath } from './provisioner.ts';

const ref = { namespace: 'default', name: 'data' };
const turnsMax = 100_000;

/** Runs the provisioner for the node "here" until the test has ended. */
async function provision(
  act: (client: MemoryClient, folder: string, until: (done: () => Promise<boolean>) => Promise<void>) => Promise<void>,
): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'slipway-local-path-'));
  const abort = new AbortController();
  const client = new MemoryClient(new MemoryServer(systemClock));
  const folder = join(root, 'volumes');
  const context = { client, clock: systemClock, random: systemRandom, log: silentLog };
  const folderOf = (name: string) => (name === 'here' ? folder : undefined);
  const running = runLocalPath(abort.signal, context, { folderOf });
  const until = async (done: () => Promise<boolean>): Promise<void> => {
    for (let turn = 0; !(await done()); turn++) {
      if (turn === turnsMax) throw new Error(`It did not get there in ${turnsMax} turns: ${String(done)}`);
      await setImmediate();
    }
  };
  try {
    await client.create(Nodes, { metadata: { name: 'here' } });
    await act(client, folder, until);
  } finally {
    abort.abort();
    await running;
    await rm(root, { recursive: true, force: true });
  }
}

async function askFor(client: MemoryClient, node: string, accessModes = ['ReadWriteOnce']) {
  await client.create(StorageClasses, {
    metadata: { name: 'standard' },
    provisioner: 'slipway.dev/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  const annotations = {
    'volume.kubernetes.io/storage-provisioner': 'slipway.dev/local-path',
    'volume.kubernetes.io/selected-node': node,
  };
  const resources = { requests: { storage: '1Gi' } };
  return client.create(PersistentVolumeClaims, {
    metadata: { ...ref, annotations },
    spec: { accessModes, resources, storageClassName: 'standard' },
    status: { phase: 'Pending' },
  });
}

test('runLocalPath() makes a folder that everybody may write to, and removes it with its volume', async () => {
  await provision(async (client, folder, until) => {
    const { uid } = (await askFor(client, 'here')).metadata;
    const name = `pvc-${uid}`;
    await until(async () => (await client.find(PersistentVolumes, { name })) !== undefined);
    const made = await client.get(PersistentVolumes, { name });
    assert.equal(made.spec.local?.path, join(folder, `${name}_default_data`));
    const { mode } = await stat(made.spec.local?.path ?? '');
    assert.equal(mode & 0o777, 0o777);
    await writeFile(join(made.spec.local?.path ?? '', 'file'), 'data');
    await client.delete(PersistentVolumeClaims, ref);
    await client.updateStatus(PersistentVolumes, { ...made, status: { phase: 'Released' } });
    await until(async () => (await client.find(PersistentVolumes, { name })) === undefined);
    assert.deepEqual(await readdir(folder), []);
  });
});

test('runLocalPath() lets a claim grow when it is bound', async () => {
  await provision(async (client, _, until) => {
    const claim = await askFor(client, 'here');
    const name = `pvc-${claim.metadata.uid}`;
    await until(async () => (await client.find(PersistentVolumes, { name })) !== undefined);
    const spec = { ...claim.spec, volumeName: name, resources: { requests: { storage: '3Gi' } } };
    const latest = await client.update(PersistentVolumeClaims, { ...claim, spec });
    const status = { phase: 'Bound', capacity: { storage: '1Gi' } };
    await client.updateStatus(PersistentVolumeClaims, { ...latest, status });
    await until(async () => (await client.get(PersistentVolumeClaims, ref)).status.capacity?.['storage'] === '3Gi');
    assert.equal((await client.get(PersistentVolumes, { name })).spec.capacity?.['storage'], '3Gi');
  });
});

test('runLocalPath() leaves claims of other nodes alone, and says what it cannot do', async () => {
  await provision(async (client, folder, until) => {
    await askFor(client, 'there');
    await client.create(PersistentVolumeClaims, {
      metadata: {
        namespace: 'default',
        name: 'shared',
        annotations: {
          'volume.kubernetes.io/storage-provisioner': 'slipway.dev/local-path',
          'volume.kubernetes.io/selected-node': 'here',
        },
      },
      spec: { accessModes: ['ReadWriteMany'], storageClassName: 'standard' },
    });
    await until(async () => (await client.list(Events)).items.length > 0);
    const [event] = (await client.list(Events)).items;
    assert.equal(event?.reason, 'ProvisioningFailed');
    assert.match(event?.message ?? '', /not ReadWriteMany$/);
    assert.equal((await client.list(PersistentVolumes)).items.length, 0);
    await assert.rejects(stat(folder), { code: 'ENOENT' });
  });
});
