import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Secret } from '../../api/groups/core.v1.ts';
import { createBootstrapTokens } from './bootstrap-tokens.ts';

const nowMs = Date.parse('2026-01-02T03:04:05Z');
const token = 'abcdef.0123456789abcdef';
const good = {
  'token-id': 'abcdef',
  'token-secret': '0123456789abcdef',
  'usage-bootstrap-authentication': 'true',
  'auth-extra-groups': 'system:bootstrappers:workers,system:bootstrappers:a',
  expiration: '2026-01-02T04:00:00Z',
};

function ask(data: Readonly<Record<string, string>>, type = 'bootstrap.kubernetes.io/token', metadata: object = {}) {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const secret = { type, data: Object.fromEntries(encoded), metadata } as unknown as Secret;
  return createBootstrapTokens(
    async (name) => (name === 'bootstrap-token-abcdef' ? secret : undefined),
    () => nowMs,
  );
}

test('a bootstrap token is a bootstrapper, with the groups of its Secret', async () => {
  assert.deepEqual(await ask(good)(token), {
    name: 'system:bootstrap:abcdef',
    groups: ['system:bootstrappers', 'system:bootstrappers:a', 'system:bootstrappers:workers'],
  });
});

test('a token that its Secret does not bear out is nobody', async () => {
  const wrong: readonly ((token: string) => Promise<unknown>)[] = [
    ask({ ...good, 'token-secret': 'other56789abcdef' }),
    ask({ ...good, 'token-id': 'abcdeg' }),
    ask({ ...good, expiration: '2026-01-02T03:04:05Z' }),
    ask({ ...good, expiration: 'tomorrow' }),
    ask({ ...good, 'usage-bootstrap-authentication': 'yes' }),
    ask({ ...good, 'auth-extra-groups': 'system:masters' }),
    ask(good, 'Opaque'),
    ask(good, undefined, { deletionTimestamp: '2026-01-02T00:00:00Z' }),
  ];
  for (const [index, one] of wrong.entries()) assert.equal(await one(token), undefined, String(index));
  for (const other of ['abcdef.0123', 'ABCDEF.0123456789abcdef', `x${token}`, 'zzzzzz.0123456789abcdef']) {
    assert.equal(await ask(good)(other), undefined, other);
  }
});
