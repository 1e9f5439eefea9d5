import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Nodes } from '../../api/resources.ts';
import { node } from '../testing/objects.ts';
import { runCluster } from '../testing/run-cluster.ts';
import { ttlAnnotation } from './plan.ts';
import { nodeTtlController } from './reconcile.ts';

test('nodeTtlController writes every node when the size of the cluster asks for it', async () => {
  await runCluster([nodeTtlController], async ({ api, clock, quiet }) => {
    const ttls = () => [...new Set(api.all(Nodes).map(({ metadata }) => metadata.annotations?.[ttlAnnotation]))];
    const settle = async () => {
      await quiet();
      clock.advance(1100);
      await quiet();
    };
    for (let i = 0; i < 100; i++) await api.create(Nodes, node(`n${i}`));
    await settle();
    assert.deepEqual(ttls(), ['0']);
    await api.create(Nodes, node('n100'));
    await settle();
    assert.deepEqual(ttls(), ['15']);
    for (let i = 90; i <= 100; i++) await api.delete(Nodes, { name: `n${i}` });
    await settle();
    assert.deepEqual(ttls(), ['15'], '90 nodes are not yet fewer');
    await api.delete(Nodes, { name: 'n0' });
    await settle();
    assert.deepEqual(ttls(), ['0']);
    const changed = await api.get(Nodes, { name: 'n5' });
    await api.update(Nodes, { ...changed, metadata: { ...changed.metadata, annotations: { [ttlAnnotation]: 'x' } } });
    await settle();
    assert.deepEqual(ttls(), ['0']);
  });
});
