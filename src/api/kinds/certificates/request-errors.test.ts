import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateSigningRequest } from '../../groups/certificates.v1.ts';
import { certificateSigningRequestDescriptor } from './certificate-signing-request.ts';
import { requestErrors, requestUpdateErrors } from './request-errors.ts';

const encode = (text: string): string => Buffer.from(text).toString('base64');
const block = (type: string, body = 'AAAA'): string =>
  encode(`-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`);

const request = (spec: object, status: object = {}): CertificateSigningRequest => {
  const whole = { request: block('CERTIFICATE REQUEST'), signerName: 'a.b/c', usages: ['any'], ...spec };
  return { metadata: { name: 'r' }, spec: whole, status } as unknown as CertificateSigningRequest;
};

const texts = (errors: ReturnType<typeof requestErrors>): readonly string[] =>
  errors.map(({ field, message }) => `${field}: ${message}`);

test('requestErrors() names unknown usages before those that are named twice', () => {
  assert.deepEqual(
    requestErrors(request({ usages: ['any', 'any', 'nothing'] })).map(({ type, field }) => `${type} ${field}`),
    ['FieldValueNotSupported spec.usages[2]', 'FieldValueDuplicate spec.usages[1]'],
  );
});

test('requestUpdateErrors() wants certificates where it is told of some', () => {
  const cases: readonly (readonly [string, string])[] = [
    [encode('none'), 'must contain at least one CERTIFICATE PEM block'],
    [block('PRIVATE KEY'), 'only CERTIFICATE PEM blocks are allowed, found "PRIVATE KEY"'],
    [block('CERTIFICATE', 'A: b\n\nAAAA'), 'no PEM block headers are permitted'],
    [block('CERTIFICATE'), 'x509: malformed certificate'],
  ];
  for (const [certificate, why] of cases) {
    assert.deepEqual(texts(requestUpdateErrors(request({}, { certificate }), request({}), { subresource: 'status' })), [
      `status.certificate: Invalid value: "<certificate data>": ${why}`,
    ]);
  }
  const bad = { certificate: encode('none') };
  assert.deepEqual(requestUpdateErrors(request({}, bad), request({}, bad), { subresource: 'status' }), []);
});

test('certificateSigningRequestDescriptor leaves verdicts alone when the status is written', () => {
  const verdict = { type: 'Approved', status: 'True', message: 'yes', lastUpdateTime: 'a', lastTransitionTime: 'a' };
  const old = request({}, { conditions: [verdict] });
  const draft = structuredClone(request({}, { conditions: [{ ...verdict, message: 'no' }] }));
  const context = { nowMs: 0, user: '', groups: [], subresource: 'status' };
  certificateSigningRequestDescriptor.prepareForUpdate?.(draft as never, old, context);
  assert.deepEqual(draft.status.conditions, [verdict]);
});
