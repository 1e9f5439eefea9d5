import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientTools } from './client-tool.ts';

test('clientTools() runs the kubectl and Helm of the development dependencies', async () => {
  const tools = clientTools('/nonexistent/kubeconfig');
  assert.match(await tools.kubectl(['version', '--client']), /^Client Version: v1\.35\./);
  assert.match(await tools.helm(['version', '--short']), /^v4\./);
  const { status, stderr } = await tools.tryKubectl(['frobnicate']);
  assert.equal(status, 1);
  assert.match(stderr, /unknown command/);
});
