import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metadata, namespace } from '../testing/objects.ts';
import { planRootCa } from './plan.ts';

test('planRootCa() makes the certificate in a namespace, keeps it as it is, and corrects it', () => {
  const created = planRootCa(namespace('a'), undefined, 'PEM');
  assert.ok(created !== 'none' && 'create' in created);
  assert.equal(created.create.metadata.name, 'kube-root-ca.crt');
  assert.equal(created.create.metadata.namespace, 'a');
  assert.deepEqual(created.create.data, { 'ca.crt': 'PEM' });

  const existing = { ...created.create, metadata: metadata('kube-root-ca.crt', created.create.metadata) };
  assert.equal(planRootCa(namespace('a'), existing, 'PEM'), 'none');
  for (const data of [{}, { 'ca.crt': 'OTHER' }, { 'ca.crt': 'PEM', more: 'x' }]) {
    const plan = planRootCa(namespace('a'), { ...existing, data }, 'PEM');
    assert.ok(plan !== 'none' && 'update' in plan);
    assert.deepEqual(plan.update.data, { 'ca.crt': 'PEM' });
  }
});

test('planRootCa() leaves namespaces alone that are being deleted or gone', () => {
  assert.equal(planRootCa(namespace('a', { phase: 'Terminating' }), undefined, 'PEM'), 'none');
  assert.equal(planRootCa(undefined, undefined, 'PEM'), 'none');
});
