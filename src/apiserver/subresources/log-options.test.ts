import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const pod = '/api/v1/namespaces/default/pods/none';

let server: TestServer;
before(async () => void (server = await startTestServer()));
after(() => server.close());

const said = async (method: string, path: string, body?: string): Promise<string> => {
  const answer = await server.call(method, path, body === undefined ? {} : { body });
  return `${answer.status} ${String(answer.body['message'])}`;
};

test('checkLogOptions() complains before the pod is looked for', async () => {
  const time = 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"';
  const cases: Readonly<Record<string, string>> = {
    'tailLines=a': '400 strconv.ParseInt: parsing "a": invalid syntax',
    'sinceTime=x': `400 ${time}`,
    'tailLines=-1':
      '422 PodLogOptions "none" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    'limitBytes=0': '422 PodLogOptions "none" is invalid: limitBytes: Invalid value: 0: must be greater than 0',
    'sinceSeconds=0': '422 PodLogOptions "none" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0',
    'sinceSeconds=1&sinceTime=2020-01-01T00:00:00Z':
      '422 PodLogOptions "none" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    'follow=1': '404 pods "none" not found',
  };
  for (const [query, message] of Object.entries(cases)) assert.equal(await said('GET', `${pod}/log?${query}`), message);
});

test('readPorts() takes numbers, repeated and parted by commas', async () => {
  const refused = '400 cannot convert to []int32: strconv.ParseUint: parsing';
  assert.equal(await said('POST', `${pod}/portforward?ports=a`), `${refused} "a": invalid syntax`);
  assert.equal(await said('POST', `${pod}/portforward?ports=80,65536`), `${refused} "65536": value out of range`);
  assert.equal(await said('POST', `${pod}/portforward?ports=80,81&ports=82`), '404 pods "none" not found');
});

test('checkSaidNamespace() refuses bodies that are about another namespace', async () => {
  const metadata = { name: 'none', namespace: 'other' };
  const refusal = '400 the namespace of the provided object does not match the namespace sent on the request';
  for (const [path, body] of [
    [`${pod}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata }],
    [`${pod}/binding`, { metadata, target: { name: 'n' } }],
    ['/api/v1/namespaces/default/serviceaccounts/none/token', { metadata }],
    ['/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews', { metadata, spec: {} }],
  ] as const) {
    assert.equal(await said('POST', path, JSON.stringify(body)), refusal, path);
  }
});
