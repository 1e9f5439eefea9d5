import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../testing/test-server.ts';

test('readListOptions() takes limits below one for none, and refuses what is no number', async () => {
  const server = await startTestServer();
  try {
    for (const limit of ['-5', '0', '+2', '-9223372036854775808']) {
      const { status, body } = await server.call('GET', `/api/v1/namespaces?limit=${encodeURIComponent(limit)}`);
      assert.equal(status, 200, limit);
      const count = (body['items'] as readonly unknown[]).length;
      assert.equal(count, limit === '+2' ? 2 : 4, limit);
    }
    const wrong = {
      '': 'strconv.ParseInt: parsing "": invalid syntax',
      '1.5': 'strconv.ParseInt: parsing "1.5": invalid syntax',
      '9223372036854775808': 'strconv.ParseInt: parsing "9223372036854775808": value out of range',
    };
    for (const [limit, message] of Object.entries(wrong)) {
      for (const name of ['limit', 'timeoutSeconds']) {
        const { body } = await server.call('GET', `/api/v1/namespaces?${name}=${limit}`);
        assert.deepEqual([body['code'], body['message']], [400, message]);
      }
    }
  } finally {
    await server.close();
  }
});

test('readListOptions() minds "continue" for a watch where a match of versions or no version is asked for', async () => {
  const server = await startTestServer();
  try {
    const path = '/api/v1/namespaces?watch=true&timeoutSeconds=1&continue=x';
    const { status, body } = await server.call('GET', `${path}&resourceVersionMatch=Exact&resourceVersion=1`);
    assert.equal(status, 422);
    assert.deepEqual(
      (body['details'] as { readonly causes: readonly { readonly message: string }[] }).causes.map(
        ({ message }) => message,
      ),
      [
        'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        'Unsupported value: "Exact": supported values: "NotOlderThan"',
        'Forbidden: resourceVersionMatch is forbidden when continue is provided',
      ],
    );
    for (const version of ['', '0']) {
      const refused = await server.call('GET', `${path}&resourceVersion=${version}`);
      assert.match(refused.text, /resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue/);
    }
    const list = await server.ok('GET', '/api/v1/namespaces');
    const { resourceVersion } = list['metadata'] as { readonly resourceVersion: string };
    await (await server.watch(`${path}&resourceVersion=${resourceVersion}`)).stop();
  } finally {
    await server.close();
  }
});
