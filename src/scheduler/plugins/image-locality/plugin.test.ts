import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podInfo } from '../../pod-info.ts';
import { testCluster, testNode, testPod } from '../../test-objects.ts';
import { imageLocality } from './plugin.ts';

const mebibyte = 1024 * 1024;

test('preScore() prefers nodes with the image, less so when few nodes have it', () => {
  const withImage = (name: string, sizeBytes: number) => {
    const node = testNode(name);
    return { ...node, status: { ...node.status, images: [{ names: ['registry/app:latest'], sizeBytes }] } };
  };
  const { table } = testCluster([withImage('a', 1000 * mebibyte), testNode('b')]);
  const pod = testPod('pod', { containers: [{ name: 'main', image: 'registry/app', resources: {} }] });
  const scorer = imageLocality.preScore?.(podInfo(pod), table, new Int32Array());
  const score = (name: string): number | undefined => scorer?.score(table.row(name) ?? -1);
  assert.equal(score('a'), Math.trunc((100 * (500 - 23)) / (1000 - 23)));
  assert.equal(score('b'), 0);
});

test('preScore() has nothing to say about images that no node has', () => {
  const { table } = testCluster([testNode('a')]);
  assert.equal(imageLocality.preScore?.(podInfo(testPod('pod')), table, new Int32Array()), undefined);
});
