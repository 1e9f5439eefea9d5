import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { schedulerConfiguration } from '../../src/cli/scheduler-configuration.ts';
import { testCluster, testNode, testPod } from '../../src/scheduler/test-objects.ts';

const cost = (perHour: string) => ({ labels: { 'example.com/hourly-cost': perHour } });

test('scheduler.yaml makes a scheduler that keeps to what pods will pay and prefers cheap nodes', async () => {
  const { profiles } = await schedulerConfiguration(join(import.meta.dirname, 'scheduler.yaml'));
  const thrifty = profiles.find(({ schedulerName }) => schedulerName === 'thrifty');
  assert(thrifty !== undefined);
  const nodes = [testNode('dear', cost('0.9')), testNode('fair', cost('0.4')), testNode('cheap', cost('0.1'))];
  const { decide } = testCluster(nodes, thrifty.plugins);
  const anywhere = decide(testPod('any'));
  assert.equal(anywhere.type === 'fits' ? anywhere.nodeName : '', 'cheap');
  const paying = testPod('poor');
  const annotations = { 'example.com/max-hourly-cost': '0.05' };
  const poor = decide({ ...paying, metadata: { ...paying.metadata, annotations } });
  assert.match(
    poor.type === 'refused' ? poor.message : '',
    /^0\/3 nodes are available: 3 node\(s\) cost more than the pod will pay\./,
  );
});
