import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindText } from '../api/apply/apply-patch.ts';
import { AnsweredReview } from './admission/webhooks/review.ts';
import { readReview } from './webhook-review.ts';

const sent = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' };
const struct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
const unknownKind = "couldn't get version/kind; json parse error: ";

test("readReview() tells in Go's words why an answer is no review", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{bad', `${unknownKind}invalid character 'b' looking for beginning of object key string`],
    ['{"kind":', `${unknownKind}unexpected end of JSON input`],
    ['hello', `${unknownKind}json: cannot unmarshal string into Go value of type ${struct}`],
    ['[1]', `${unknownKind}json: cannot unmarshal array into Go value of type ${struct}`],
    ['{"kind":5}', `${unknownKind}json: cannot unmarshal number into Go struct field .kind of type string`],
    ['{"apiVersion":"a/b/c"}', 'unexpected GroupVersion string: a/b/c'],
    [
      '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1"}',
      'converting (v1beta1.AdmissionReview) to (v1.AdmissionReview): unknown conversion',
    ],
    ['{"kind":"Status","apiVersion":"v1"}', 'converting (v1.Status) to (v1.AdmissionReview): unknown conversion'],
    ['{"response":{"patch":"*"}}', 'illegal base64 data at input byte 0'],
    [
      '{"response":{"warnings":"x"}}',
      'json: cannot unmarshal string into Go struct field AdmissionResponse.response.warnings of type []string',
    ],
  ];
  for (const [body, message] of cases) {
    await assert.rejects(readReview(body, sent, AnsweredReview), { name: 'UnreadableReviewError', message }, body);
  }
  const unheard = readReview('{"kind":"Foo"}', sent, AnsweredReview);
  await assert.rejects(
    unheard,
    /^UnreadableReviewError: no kind "Foo" is registered for version "admission\.k8s\.io\/v1" in scheme /,
  );
});

test('readReview() takes an answer that does not say what it is, in JSON and in YAML', async () => {
  for (const body of ['{"response":{"uid":"a","allowed":true}}', 'response:\n  uid: a\n  allowed: true\n']) {
    const review = await readReview(body, sent, AnsweredReview);
    assert.deepEqual([review.response?.uid, review.response?.allowed, kindText(review)], ['a', true, '/, Kind=']);
  }
  assert.equal((await readReview('null', sent, AnsweredReview)).response, undefined);
});
