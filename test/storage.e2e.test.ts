/** Claims on real containers: what a pod writes the next one reads; what nobody claims any more is gone from the disk. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startTestCluster, type TestCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { busyboxImage, loadBusybox } from './test-images.ts';

let cluster: TestCluster;

before(async () => {
  cluster = await startTestCluster({ runtime: 'containerd' });
  await loadBusybox(cluster);
});
after(() => cluster.remove());

const claimManifest = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`;

function podManifest(name: string, command: string, { more = '', readOnly = false } = {}): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  ${more}
  containers:
    - name: main
      image: ${busyboxImage}
      command: [/bin/sh, -c, '${command}']
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data, readOnly: ${readOnly} } }]
`;
}

async function runPod(manifest: string, name: string): Promise<string> {
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  await cluster.kubectl(['wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=60s']);
  const logs = await cluster.kubectl(['logs', name]);
  await cluster.kubectl(['delete', 'pod', name]);
  return logs;
}

const folders = (): readonly string[] => globSync(`${cluster.dataDirectory}/nodes/*/volumes/*`);

test('what a pod writes into its claim another pod reads, and the folder goes with the claim', async () => {
  await cluster.kubectl(['apply', '-f', '-'], { input: claimManifest });
  const pending = await cluster.kubectl(['get', 'pvc', 'data', '-o', 'jsonpath={.status.phase}']);
  assert.equal(pending, 'Pending');
  await runPod(podManifest('writer', 'echo kept > /data/file'), 'writer');
  const [folder = ''] = folders();
  assert.match(folder, /pvc-[0-9a-f-]+_default_data$/);
  assert.equal(await readFile(`${folder}/file`, 'utf8'), 'kept\n');
  assert.equal(await runPod(podManifest('reader', 'cat /data/file'), 'reader'), 'kept\n');
  const refused = podManifest('refused', 'touch /data/other 2>&1 || true', { readOnly: true });
  assert.match(await runPod(refused, 'refused'), /Read-only file system/);
  const more = 'securityContext: { runAsUser: 1000, fsGroup: 2000 }';
  const owned = podManifest('owned', 'stat -c %g /data/file; echo more >> /data/file; cat /data/file', { more });
  assert.equal(await runPod(owned, 'owned'), '2000\nkept\nmore\n');
  await cluster.kubectl(['delete', 'pvc', 'data']);
  await eventually(async () => {
    assert.deepEqual(folders(), []);
    assert.equal(await cluster.kubectl(['get', 'pv', '-o', 'name']), '');
  });
});

test('a claim grows where its class lets it, and an ephemeral volume lives as long as its pod', async () => {
  const manifest = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: growing }
provisioner: slipway.dev/local-path
volumeBindingMode: WaitForFirstConsumer
allowVolumeExpansion: true
---
apiVersion: v1
kind: Pod
metadata: { name: scratch }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: ${busyboxImage}
      command: [/bin/sh, -c, 'echo mine > /data/file; exec sleep 10000']
      volumeMounts: [{ name: data, mountPath: /data }]
  volumes:
    - name: data
      ephemeral:
        volumeClaimTemplate:
          spec: { accessModes: [ReadWriteOnce], storageClassName: growing, resources: { requests: { storage: 1Mi } } }
`;
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest });
  await cluster.kubectl(['wait', 'pod/scratch', '--for=condition=Ready', '--timeout=60s']);
  const grow = '{"spec":{"resources":{"requests":{"storage":"2Mi"}}}}';
  await cluster.kubectl(['patch', 'pvc', 'scratch-data', '-p', grow]);
  const size = ['get', 'pvc', 'scratch-data', '-o', 'jsonpath={.status.capacity.storage}'];
  await eventually(async () => assert.equal(await cluster.kubectl(size), '2Mi'));
  await cluster.kubectl(['delete', 'pod', 'scratch', '--cascade=foreground']);
  await eventually(async () => {
    assert.equal(await cluster.kubectl(['get', 'pvc', '-o', 'name']), '');
    assert.deepEqual(folders(), []);
  });
});

test('each pod of a StatefulSet keeps its claim, until its place is given up', async () => {
  const manifest = (replicas: number): string => `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: ${replicas}
  serviceName: db
  selector: { matchLabels: { app: db } }
  persistentVolumeClaimRetentionPolicy: { whenScaled: Delete, whenDeleted: Retain }
  template:
    metadata: { labels: { app: db } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: db
          image: ${busyboxImage}
          command: [/bin/sh, -c, 'hostname >> /data/names; exec sleep 10000']
          volumeMounts: [{ name: data, mountPath: /data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
`;
  const claims = (): Promise<string> =>
    cluster.kubectl(['get', 'pvc', '-o', 'jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}']);
  await cluster.kubectl(['apply', '-f', '-'], { input: manifest(2) });
  await cluster.kubectl(['rollout', 'status', 'statefulset/db', '--timeout=60s']);
  assert.equal(await claims(), 'data-db-0=Bound data-db-1=Bound ');
  await cluster.kubectl(['delete', 'pod', 'db-0']);
  await cluster.kubectl(['rollout', 'status', 'statefulset/db', '--timeout=60s']);
  assert.equal(await cluster.kubectl(['exec', 'db-0', '--', 'cat', '/data/names']), 'db-0\ndb-0\n');
  await cluster.kubectl(['scale', 'statefulset/db', '--replicas=1']);
  await eventually(async () => {
    assert.equal(await claims(), 'data-db-0=Bound ');
    assert.equal(folders().length, 1);
  });
  await cluster.kubectl(['delete', 'statefulset', 'db']);
  await eventually(async () => assert.equal(await cluster.kubectl(['get', 'pods', '-o', 'name']), ''));
  assert.equal(await claims(), 'data-db-0=Bound ');
});
