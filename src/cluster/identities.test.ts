import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optionalResources } from '../api/resources.ts';
import { optionalRoles } from '../apiserver/bootstrap/optional.ts';
import { clusterRoles, roles } from '../apiserver/bootstrap/roles.ts';
import { accountOf } from '../controllers/accounts.ts';
import { knownControllers } from '../controllers/run-controllers.ts';

test('accountOf() names an account that has a bootstrap role, for every controller', () => {
  const optional = optionalRoles(optionalResources.map(({ resource }) => resource));
  const known = new Set([...clusterRoles, ...roles, ...optional].map(({ metadata }) => metadata.name));
  const names = knownControllers().map(({ name }) => name);
  assert.ok(names.length > 20);
  for (const name of names) {
    const account = accountOf(name);
    assert.ok(account === undefined || known.has(`system:controller:${account}`), `${name}: ${account}`);
  }
});
