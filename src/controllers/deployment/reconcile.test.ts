import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '../../api/groups/apps.v1.ts';
import { Deployments, Pods, ReplicaSets } from '../../api/resources.ts';
import { replicaSetController } from '../replicaset/reconcile.ts';
import { templateHash } from '../template-hash.ts';
import type { MemoryApi } from '../testing/memory-api.ts';
import { deployment, replicaSet, template } from '../testing/objects.ts';
import { readyPods } from '../testing/ready-pods.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { deploymentController } from './reconcile.ts';

const controllers = [deploymentController, replicaSetController, readyPods];
const ref = { namespace: 'default', name: 'web' };

function newDeployment(spec: Partial<Deployment['spec']> = {}) {
  return { metadata: { ...ref }, spec: { ...deployment().spec, ...spec } };
}

async function change(api: MemoryApi, spec: Partial<Deployment['spec']>): Promise<void> {
  const current = await api.get(Deployments, ref);
  await api.update(Deployments, { ...current, spec: { ...current.spec, ...spec } });
}

const images = (api: MemoryApi) => api.all(Pods).map(({ spec }) => spec.containers[0]?.image);
const progressReason = async (api: MemoryApi) =>
  (await api.get(Deployments, ref)).status.conditions?.find(({ type }) => type === 'Progressing')?.reason;

test('deploymentController goes back to the revision that an annotation names', async () => {
  await runCluster(controllers, async ({ api, quiet, events }) => {
    const ask = async (revision: string): Promise<Deployment> => {
      const current = await api.get(Deployments, ref);
      const annotations = { ...current.metadata.annotations, 'deprecated.deployment.rollback.to': revision };
      await api.update(Deployments, { ...current, metadata: { ...current.metadata, annotations } });
      await quiet();
      const after = await api.get(Deployments, ref);
      assert.equal(after.metadata.annotations?.['deprecated.deployment.rollback.to'], undefined);
      return after;
    };
    await api.create(Deployments, newDeployment());
    await quiet();
    await ask('0');
    assert.ok(events.includes('DeploymentRollbackRevisionNotFound Unable to find last revision.'));
    await change(api, { template: template('v2') });
    await quiet();
    const back = await ask('0');
    assert.deepEqual(back.spec.template, template('v1'));
    assert.equal(back.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
    assert.deepEqual(new Set(images(api)), new Set(['v1']));
    await ask('3');
    await ask('7');
    assert.deepEqual(
      events.filter((event) => event.startsWith('DeploymentRollback')),
      [
        'DeploymentRollbackRevisionNotFound Unable to find last revision.',
        'DeploymentRollback Rolled back deployment "web" to revision 1',
        'DeploymentRollbackTemplateUnchanged The rollback revision contains the same template as current deployment "web"',
        'DeploymentRollbackRevisionNotFound Unable to find the revision to rollback to.',
      ],
    );
  });
});

test('deploymentController rolls out, updates, scales and goes back', async () => {
  await runCluster(controllers, async ({ api, quiet, events }) => {
    await api.create(Deployments, newDeployment());
    await quiet();
    assert.deepEqual(images(api), ['v1', 'v1', 'v1']);
    assert.equal(await progressReason(api), 'NewReplicaSetAvailable');
    const [first] = api.all(ReplicaSets);
    assert.ok(first);
    assert.ok(events.includes(`ScalingReplicaSet Scaled up replica set ${first.metadata.name} from 0 to 3`));

    await change(api, { template: template('v2') });
    await quiet();
    assert.deepEqual(images(api), ['v2', 'v2', 'v2']);
    assert.equal(api.all(ReplicaSets).length, 2);
    assert.ok(events.includes(`ScalingReplicaSet Scaled down replica set ${first.metadata.name} from 1 to 0`));

    await change(api, { replicas: 5 });
    await quiet();
    assert.equal(api.all(Pods).length, 5);

    await change(api, { template: template('v1') });
    await quiet();
    assert.deepEqual(new Set(images(api)), new Set(['v1']));
    const after = await api.get(Deployments, ref);
    assert.equal(after.metadata.annotations?.['deployment.kubernetes.io/revision'], '3');
    const again = await api.get(ReplicaSets, first.metadata);
    assert.equal(again.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
    assert.equal(after.status.availableReplicas, 5);
    assert.equal(await progressReason(api), 'NewReplicaSetAvailable');
  });
});

test('deploymentController leaves enough old pods when the new ones do not start, and gives up in time', async () => {
  await runCluster(controllers, async ({ api, clock, quiet }) => {
    await api.create(Deployments, newDeployment({ replicas: 4, progressDeadlineSeconds: 60 }));
    await quiet();
    await change(api, { template: template('broken') });
    await quiet();
    assert.equal(images(api).filter((image) => image === 'v1').length, 3);
    assert.equal(await progressReason(api), 'ReplicaSetUpdated');
    clock.advance(62_000);
    await quiet();
    assert.equal(await progressReason(api), 'ProgressDeadlineExceeded');
  });
});

test('deploymentController recreates: no new pod before the last old one is gone', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    await api.create(Deployments, newDeployment({ strategy: { type: 'Recreate' } }));
    await quiet();
    await change(api, { template: template('v2') });
    await quiet();
    assert.deepEqual(images(api), ['v2', 'v2', 'v2']);
  });
});

test('deploymentController counts a collision when the name is taken by a stranger', async () => {
  await runCluster(controllers, async ({ api, quiet }) => {
    const name = `web-${templateHash(template('v1'), undefined)}`;
    await api.create(ReplicaSets, replicaSet(name, { replicas: 0 }, {}, { labels: {} }));
    await api.create(Deployments, newDeployment());
    await quiet();
    assert.equal((await api.get(Deployments, ref)).status.collisionCount, 1);
    assert.equal(api.all(ReplicaSets).length, 2);
    assert.equal(api.all(Pods).length, 3);
  });
});
