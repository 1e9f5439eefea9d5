import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integer, objectIdentifier, sequence, setOf, utf8String } from '../../base/der.ts';
import { subjectOf } from './certificates.ts';

test('subjectOf() reads the name and the groups that a request asks for', () => {
  const attribute = (type: string, value: string): Buffer => setOf(sequence(objectIdentifier(type), utf8String(value)));
  const subject = sequence(
    attribute('2.5.4.10', 'devs'),
    attribute('2.5.4.10', 'system:masters'),
    attribute('2.5.4.3', 'ann'),
  );
  const der = sequence(sequence(integer(Buffer.of(0)), subject));
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  const expected = { organizations: ['devs', 'system:masters'], commonName: 'ann' };
  assert.deepEqual(subjectOf(Buffer.from(pem).toString('base64')), expected);
});

test('subjectOf() has no answer for what is no request', () => {
  const broken = '-----BEGIN CERTIFICATE REQUEST-----\nMIIF\n-----END CERTIFICATE REQUEST-----\n';
  for (const text of ['', 'x', broken]) assert.equal(subjectOf(Buffer.from(text).toString('base64')), undefined);
});
