import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../api/groups/core.v1.ts';
import { node, pod, startTime } from '../testing/objects.ts';
import { planGarbage } from './plan.ts';

const deleting = { deletionTimestamp: startTime };
const broken = node('broken', { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] });
const nodes = new Map([node('well'), broken].map((one) => [one.metadata.name, one]));

const names = (pods: readonly Pod[]) =>
  planGarbage({ pods, nodes, gone: new Set(['gone']) }).map(
    (one) => one.pod.metadata.name + (one.disruption === undefined ? '' : ' failed'),
  );

test('planGarbage() finds pods of lost nodes, deleted before they were bound, or on nodes out of service', () => {
  const pods = [
    pod('fine', { node: 'well' }),
    pod('lost', { node: 'gone' }),
    pod('unsure', { node: 'just-missing' }),
    pod('unbound', { meta: deleting }),
    pod('stuck', { node: 'broken', meta: deleting }),
    pod('stopping', { node: 'well', meta: deleting }),
  ];
  assert.deepEqual(names(pods), ['lost failed', 'unbound', 'stuck']);
});

test('planGarbage() removes the oldest finished pods beyond the limit', () => {
  const finished = Array.from({ length: 12_502 }, (_, i) =>
    pod(`p${i}`, {
      phase: 'Succeeded',
      node: 'well',
      meta: { creationTimestamp: i === 7 || i === 9 ? '2020-01-01T00:00:00Z' : startTime },
    }),
  );
  assert.deepEqual(names(finished), ['p7', 'p9']);
});
