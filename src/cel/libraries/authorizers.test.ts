import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile.ts';
import { environmentOf } from '../environment.ts';
import {
  authorizerType,
  authorizerValue,
  requestResourceValue,
  resourceCheckType,
  type AccessCheck,
} from './authorizers.ts';

const environment = environmentOf({ authorizer: authorizerType, 'authorizer.requestResource': resourceCheckType });

function asked(expression: string): { readonly checks: readonly AccessCheck[]; readonly value: unknown } {
  const checks: AccessCheck[] = [];
  const ask = (check: AccessCheck): { allowed: boolean; reason: string } => {
    checks.push(check);
    return { allowed: check.verb === 'get', reason: 'because' };
  };
  const resource = { group: '', resource: 'pods', subresource: '', namespace: 'a', name: 'b' };
  const compiled = compile(expression, environment);
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.text);
  const outcome = compiled.program.evaluate({
    authorizer: authorizerValue(ask),
    'authorizer.requestResource': requestResourceValue(ask, resource),
  });
  return { checks, value: outcome.ok ? outcome.value : outcome.message };
}

test('check() asks about resources, as another user where one is named', () => {
  const { checks, value } = asked(
    "authorizer.serviceAccount('ns', 'sa').group('apps').resource('deployments').subresource('scale')" +
      ".namespace('x').name('y').labelSelector('a=b').check('get').allowed()",
  );
  assert.equal(value, true);
  const resource = {
    group: 'apps',
    resource: 'deployments',
    subresource: 'scale',
    namespace: 'x',
    name: 'y',
    labelSelector: 'a=b',
  };
  assert.deepEqual(checks, [{ verb: 'get', serviceAccount: { namespace: 'ns', name: 'sa' }, resource }]);
});

test('check() asks about paths, and about the resource of the request', () => {
  assert.deepEqual(asked("authorizer.path('/healthz').check('post').reason()"), {
    checks: [{ verb: 'post', path: '/healthz' }],
    value: 'because',
  });
  assert.equal(asked("authorizer.requestResource.check('get').errored()").checks[0]?.resource?.name, 'b');
});

test('serviceAccount() refuses names that cannot be', () => {
  assert.equal(
    asked("authorizer.serviceAccount('ns', 'A B').path('/a').check('get').allowed()").value,
    'Invalid service account name',
  );
});

test('check() may be asked twice in one expression, and not three times', () => {
  const once = "authorizer.path('/a').check('put').allowed()";
  assert.equal(asked([once, once].join(' || ')).value, false);
  assert.equal(asked([once, once, once].join(' || ')).value, 'operation cancelled: actual cost limit exceeded');
});
