import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicy, standardText } from './policy.ts';

const prefix = 'pod-security.kubernetes.io/';

test('readPolicy() warns of what is enforced unless the labels say otherwise', () => {
  const policy = readPolicy({ [`${prefix}enforce`]: 'restricted', [`${prefix}enforce-version`]: 'v1.30' });
  assert.deepEqual([policy.enforce, policy.warn, policy.audit].map(standardText), [
    'restricted:v1.30',
    'restricted:v1.30',
    'privileged:latest',
  ]);
  const own = readPolicy({ [`${prefix}enforce`]: 'restricted', [`${prefix}warn`]: 'baseline' });
  assert.deepEqual([own.enforce, own.warn].map(standardText), ['restricted:latest', 'baseline:latest']);
});

test('readPolicy() enforces the strictest level when the label names none', () => {
  for (const labels of [{ [`${prefix}enforce`]: 'strict' }, { [`${prefix}enforce`]: '' }]) {
    const policy = readPolicy(labels);
    assert.equal(standardText(policy.enforce), 'restricted:latest');
    assert.deepEqual(
      policy.errors.map(({ field }) => field),
      [`metadata.labels[${prefix}enforce]`],
    );
  }
  for (const version of ['1.30', 'v2.0', 'v1.030']) {
    assert.equal(readPolicy({ [`${prefix}warn-version`]: version }).errors.length, 1, version);
  }
});
