import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isApiError } from '../../api/api-error.ts';
import { checkAccepts, negotiate, negotiateError } from './negotiate.ts';

const plain = { pretty: false };

test('negotiate() takes the dearest wish that it can grant', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['', 'application/json', 'object'],
    ['*/*', 'application/json', 'object'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'application/json', 'object'],
    ['application/yaml;q=0.2,application/json;q=0.9', 'application/json', 'object'],
    ['application/vnd.kubernetes.protobuf,application/json', 'application/vnd.kubernetes.protobuf', 'object'],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/json', 'table'],
    ['application/json;as=Table;v=v9;g=meta.k8s.io,application/yaml', 'application/yaml', 'object'],
  ];
  for (const [accept, mediaType, form] of cases) {
    const negotiated = negotiate(accept, plain);
    assert.deepEqual([negotiated.mediaType, negotiated.form], [mediaType, form], accept);
  }
});

test('negotiate() refuses what it cannot make, and YAML for streams', () => {
  for (const accept of ['text/plain', 'application/*', 'application/json;as=Table;v=v9;g=meta.k8s.io']) {
    assert.throws(
      () => negotiate(accept, plain),
      (error) => isApiError(error, 'NotAcceptable'),
      accept,
    );
  }
  const watch = { pretty: false, watch: true };
  assert.throws(() => negotiate('application/yaml', watch), /accepted: application\/json;stream=watch, /);
  assert.throws(() => negotiate('application/yaml;stream=watch', watch), /accepted: application\/json, /);
  assert.equal(negotiate('application/json;stream=watch', watch).mediaType, 'application/json');
});

test('negotiate() knows what has no protobuf: tables, and custom resources but for their metadata', () => {
  const metadata = 'application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
  const custom = { pretty: false, custom: true };
  assert.equal(negotiate(metadata, custom).form, 'metadata');
  assert.equal(negotiate('application/vnd.kubernetes.protobuf, */*', custom).mediaType, 'application/json');
  assert.throws(() => negotiate('application/vnd.kubernetes.protobuf', custom));
  assert.throws(() => negotiate('application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io', plain));
  assert.throws(() => negotiate('application/json;g=meta.k8s.io;v=v1', plain));
});

test('negotiate() makes JSON pretty when the header says so', () => {
  assert.equal(negotiate('application/json;pretty=1', plain).pretty, true);
  assert.equal(negotiate('application/json;pretty=true', plain).pretty, false);
});

test('negotiateError() answers in YAML to who wants that, and in readable JSON to who wants what there is not', () => {
  assert.equal(negotiateError('application/yaml', false).mediaType, 'application/yaml');
  assert.equal(
    negotiateError('application/json;as=Table;v=v1;g=meta.k8s.io,application/yaml', false).mediaType,
    'application/yaml',
  );
  const fallback = negotiateError('image/png', false);
  assert.deepEqual([fallback.mediaType, fallback.pretty], ['application/json', true]);
});

test('checkAccepts() refuses other media types than the one there is', () => {
  checkAccepts('application/json', ['application/json']);
  checkAccepts('*/*', ['application/json']);
  assert.throws(() => checkAccepts('application/yaml', ['application/json']), /406: Not Acceptable/);
});
