import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, WriteContext } from '../descriptor.ts';
import type { Deployment } from '../groups/apps.v1.ts';
import type { FlowSchema } from '../groups/flowcontrol.v1.ts';
import { Deployments, FlowSchemas } from '../resources.ts';
import { prepareWithStatus } from './prepare.ts';

const prepared = prepareWithStatus<Deployment>(Deployments, { statusKeeps: 'labels', annotationsCount: true });
const context = (subresource: string): WriteContext => ({ nowMs: 0, user: 'u', groups: [], subresource });

function deployment(more: object = {}): Deployment {
  return {
    metadata: { name: 'd', generation: 3 },
    spec: { replicas: 1 },
    status: { replicas: 1 },
    ...more,
  } as unknown as Deployment;
}

function updated(change: object, subresource = ''): Deployment {
  const draft = structuredClone(deployment(change)) as Draft<Deployment>;
  prepared.prepareForUpdate(draft, deployment(), context(subresource));
  return draft as Deployment;
}

test('prepareWithStatus() starts without a status at generation one', () => {
  const draft = structuredClone(deployment()) as Draft<Deployment>;
  prepared.prepareForCreate(draft, context(''));
  assert.deepEqual(draft.status, {});
  assert.equal(draft.metadata.generation, 1);
});

test('prepareWithStatus() counts changes of the spec and keeps the status', () => {
  const same = updated({ status: { replicas: 9 } });
  assert.deepEqual([same.metadata.generation, same.status.replicas], [3, 1]);
  assert.equal(updated({ spec: { replicas: 2 } }).metadata.generation, 4);
  const annotated = updated({ metadata: { name: 'd', generation: 3, annotations: { a: 'b' } } });
  assert.equal(annotated.metadata.generation, 4);
});

test('prepareWithStatus() lets the status endpoint change nothing but the status', () => {
  const after = updated(
    { spec: { replicas: 7 }, status: { replicas: 7 }, metadata: { name: 'd', generation: 3, labels: { a: 'b' } } },
    'status',
  );
  assert.equal(after.spec.replicas, 1);
  assert.equal(after.status.replicas, 7);
  assert.equal(after.metadata.labels, undefined);
});

test('prepareWithStatus() can keep all that clients say in the metadata when the status is written', () => {
  const keeping = prepareWithStatus<FlowSchema>(FlowSchemas, { statusKeeps: 'metadata' });
  const said = { labels: { a: 'b' }, annotations: { a: 'b' }, finalizers: ['a/b'], ownerReferences: [] };
  const draft = structuredClone(deployment({ metadata: { name: 'd', ...said } })) as unknown as Draft<FlowSchema>;
  const old = deployment({ metadata: { name: 'd', labels: { old: 'x' } } }) as unknown as FlowSchema;
  keeping.prepareForUpdate(draft, old, context('status'));
  assert.deepEqual(draft.metadata, { name: 'd', labels: { old: 'x' } });
  assert.deepEqual(keeping.resetFields['status'], [['spec'], ['metadata']]);
});
