import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAuthenticationConfiguration } from './configuration.ts';

const head = { apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration' };
const issuer = { url: 'https://issuer', audiences: ['us'] };
const username = { claim: 'sub', prefix: '' };
const read = (more: object) => readAuthenticationConfiguration({ ...head, ...more }, ['https://own']);
const jwt = (more: object) => read({ jwt: [{ issuer, claimMappings: { username }, ...more }] });

test('readAuthenticationConfiguration() reads issuers and what anonymous requests may do', () => {
  const { jwt: read1, anonymous } = read({
    jwt: [{ issuer, claimMappings: { username } }],
    anonymous: { enabled: true, conditions: [{ path: '/livez' }] },
  });
  assert.equal(read1.length, 1);
  assert.deepEqual(anonymous, { enabled: true, paths: ['/livez'] });
  assert.equal(read({}).anonymous, undefined);
});

test('readAuthenticationConfiguration() refuses what is wrong, in the words of kube-apiserver', () => {
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => read({ kind: 'Other' }), /no kind "Other" is registered/],
    [() => read({ jwts: [] }), /strict decoding error: unknown field "jwts"/],
    [() => jwt({ issuer: { ...issuer, urll: '' } }), /unknown field "jwt\[0\].issuer.urll"/],
    [() => jwt({ issuer: { ...issuer, url: 'http://x' } }), /jwt\[0\].issuer.url: .*URL scheme must be https/],
    [
      () => jwt({ issuer: { ...issuer, url: 'https://own' } }),
      /must not overlap with disallowed issuers: \[https:\/\/own\]/,
    ],
    [() => jwt({ issuer: { url: 'https://x', audiences: [] } }), /at least one jwt\[0\].issuer.audiences is required/],
    [() => jwt({ issuer: { ...issuer, audiences: ['a', 'b'] } }), /must be MatchAny for multiple audiences/],
    [() => jwt({ issuer: { ...issuer, certificateAuthority: 'x' } }), /<omitted>/],
    [() => jwt({ claimMappings: {} }), /claim or expression is required/],
    [() => jwt({ claimMappings: { username: { claim: 'sub' } } }), /prefix is required when claim is set/],
    [() => jwt({ claimMappings: { username: { expression: 'claims.' } } }), /compilation failed: ERROR/],
    [() => jwt({ claimMappings: { username: { expression: 'claims.email' } } }), /claims.email_verified must be used/],
    [
      () => jwt({ claimMappings: { username, extra: [{ key: 'x.k8s.io/a', valueExpression: '"b"' }] } }),
      /reserved for Kubernetes use/,
    ],
    [() => jwt({ claimValidationRules: [{ expression: '"text"' }] }), /must evaluate to bool/],
    [() => jwt({ userValidationRules: [{ expression: 'user.nam == ""' }] }), /undefined field 'nam'/],
    [() => read({ anonymous: { enabled: false, conditions: [{ path: '/' }] } }), /enabled should be set to true/],
    [
      () =>
        read({
          jwt: [
            { issuer, claimMappings: { username } },
            { issuer, claimMappings: { username } },
          ],
        }),
      /Duplicate value/,
    ],
  ];
  for (const [reading, text] of wrong) assert.throws(reading, text);
});
