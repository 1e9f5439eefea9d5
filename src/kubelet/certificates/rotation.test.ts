import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCertificate } from '../../base/certificate.ts';
import { rotationAtMs } from './rotation.ts';

test('rotationAtMs() comes when 70 to 90 % of the life are over', () => {
  const validity = { notBeforeMs: 0, notAfterMs: 1_000_000 };
  const { certificate } = createCertificate({ commonName: 'a', usage: 'client', ...validity });
  assert.deepEqual(
    [0, 0.5, 1].map((chance) => Math.round(rotationAtMs(certificate, chance))),
    [700_000, 800_000, 900_000],
  );
});
